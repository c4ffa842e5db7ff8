using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Positions;

namespace StreamRecorder.Engine.Signals;

/// <summary>
/// One row of the ledger: a body that a valid token sent, and what became of it. Prices and quantities E9, times µs; null: unknown, or not said.
/// <see cref="Id"/> is the sequence of its input.
/// </summary>
public sealed record LedgerEntry
{
    public required long Id { get; init; }

    /// <summary>Engine time, which never goes back as ids rise.</summary>
    public required long At { get; init; }
    public required long RecorderId { get; init; }

    /// <summary>The recorder's name at that moment.</summary>
    public required string Recorder { get; init; }
    public required SignalStatus Status { get; init; }

    /// <summary>Why it was ignored or refused, as a word.</summary>
    public string? Reason { get; init; }
    public string? Detail { get; init; }
    public string? Field { get; init; }
    public Effect Effect { get; init; }
    public required SignalGist Gist { get; init; }
    public long? PositionId { get; init; }
    public long? ClosedPositionId { get; init; }
    public Flags Flags { get; init; }

    /// <summary>Of a repeat: the entry that it repeats.</summary>
    public long? FirstId { get; init; }

    /// <summary>Of one applied later by hand: the rejected entry. Of that one: what it was applied as.</summary>
    public long? RetryOf { get; init; }
    public long? RetriedAs { get; init; }

    /// <summary>What two deliveries of the body share; 0: not kept, because a repeat is looked for elsewhere.</summary>
    public UInt128 BodyHash { get; init; }
    public required Receipt Receipt { get; init; }
    public long? DecidedAt { get; init; }
    public long? CommittedAt { get; init; }
    public long? AnsweredAt { get; init; }

    /// <summary>Null when the output is not of a body, or of one that nobody keeps.</summary>
    public static LedgerEntry? Of(OutputGroup group, Output output) => output switch
    {
        SignalApplied { Input.Receipt: { } receipt } applied => Of(group, applied, receipt),
        BodyNoted { Input.Receipt: { } receipt } noted => Of(group, noted, receipt),
        _ => null,
    };

    private static LedgerEntry Of(OutputGroup group, SignalApplied applied, Receipt receipt)
    {
        var input = applied.Input;
        return Of(
            group, input.RecorderId, applied.Recorder, applied.Answer, SignalGist.Of(input.Signal), receipt,
            retryOf: input.RetryOf == 0 ? null : input.RetryOf);
    }

    private static LedgerEntry Of(OutputGroup group, BodyNoted noted, Receipt receipt)
    {
        var (input, answer) = (noted.Input, noted.Input.Answer);
        return Of(
            group, input.RecorderId, noted.Recorder, answer, input.Gist, receipt,
            firstId: answer.Status == SignalStatus.Duplicate ? answer.Sequence : null,
            bodyHash: answer.Status == SignalStatus.Refused ? input.BodyHash : 0);
    }

    private static LedgerEntry Of(
        OutputGroup group, long recorderId, string recorder, SignalAnswer answer, SignalGist gist, Receipt receipt, long? firstId = null,
        long? retryOf = null, UInt128 bodyHash = default) => new()
        {
            Id = group.Sequence,
            At = group.At,
            RecorderId = recorderId,
            Recorder = recorder,
            Status = answer.Status,
            Reason = answer.Refusal?.Kind.Label ?? (answer.Reason == IgnoreReason.None ? null : Words.Of(answer.Reason)),
            Detail = answer.Refusal?.Detail,
            Field = answer.Refusal?.Field,
            Effect = answer.Effect,
            Gist = gist,
            PositionId = answer.PositionId == 0 ? null : answer.PositionId,
            ClosedPositionId = answer.ClosedPositionId == 0 ? null : answer.ClosedPositionId,
            Flags = answer.Flags,
            FirstId = firstId,
            RetryOf = retryOf,
            BodyHash = bodyHash,
            Receipt = receipt,
            DecidedAt = group.DecidedAt,
            CommittedAt = group.CommittedAt,
        };
}
