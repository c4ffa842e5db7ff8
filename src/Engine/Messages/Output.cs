using StreamRecorder.Engine.Feeds;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Prices;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Engine.Signals;

namespace StreamRecorder.Engine.Messages;

/// <summary>What an applied input leaves for the sink. Released in journal order, after the input's commit.</summary>
public abstract record Output;

/// <summary>One fill of a position; an entry or an exit.</summary>
public sealed record FillOutput(
    long PositionId, bool IsEntry, long Price, long Quantity, long At, long? SignalAt, PriceSource PriceSource, Flags Flags, string? Label) : Output;

/// <summary>The record of a key after an input changed it, with all ticks up to that input folded in. Flat keys too.</summary>
public sealed record PositionChanged(Position Position, PositionNames Names) : Output
{
    // Copies of two fields: reading the record copies all of its 400 bytes.
    public bool IsOpen { get; } = Position.IsOpen;
    public long Currency { get; } = Position.Currency;
}

/// <summary>The figures of a position as they were at its last exit.</summary>
public sealed record PositionClosed(Position Position, PositionNames Names, CloseReason Reason, long ClosedAt) : Output
{
    public PositionView View() => PositionView.Of(Position, Names, Reason, ClosedAt);
}

/// <summary>Ticks of one symbol that the sequence added.</summary>
public sealed record FoldApplied(Symbol Symbol, Excursion Ticks) : Output;

/// <summary>A feed was heard of: a new name, or one whose batches are journalled further.</summary>
public sealed record FeedSeen(Feed Feed) : Output;

/// <summary>A feed was silent for so long that its name is free again.</summary>
public sealed record FeedForgotten(string Name) : Output;

/// <summary>
/// A signal and what became of it. A repeat is given the same answer until
/// <paramref name="RememberUntil"/> (µs; 0: it has nothing to be known again by).
/// </summary>
public sealed record SignalApplied(SignalInput Input, SignalAnswer Answer, long RememberUntil, string Recorder) : Output;

/// <summary>
/// A body that is only kept. <paramref name="RememberUntil"/>: how long the delivery
/// that it repeats is remembered now (µs; 0: it repeats none that is known by its body).
/// </summary>
public sealed record BodyNoted(SignalNoted Input, long RememberUntil, string Recorder) : Output;

/// <summary>The total of all gaps (µs) as a start left it.</summary>
public sealed record GapCounted(long TotalGap) : Output;

/// <summary>
/// A contract's outages after one began, ended or was interrupted by a start: the sum of those that ended (µs), and since when one lasts (0: none).
/// </summary>
public sealed record OutageChanged(Symbol Contract, long Total, long Since) : Output;

public sealed record RecorderChanged(Recorder Recorder) : Output;

public sealed record RecorderDeleted(long RecorderId) : Output;

public sealed record ApiKeyChanged(ApiKey Key) : Output;

public sealed record ApiKeyDeleted(string HashHex) : Output;

public sealed record InstrumentsChanged(IReadOnlyList<Instrument> Rows, bool FromFiles) : Output;

public sealed record FrontContractsChanged(IReadOnlyList<FrontContract> Rows, bool FromFile) : Output;

/// <summary>All outputs of one sequence; never torn apart. <paramref name="At"/> is the input's engine time.</summary>
public sealed record OutputGroup(long Sequence, long At, IReadOnlyList<Output> Outputs)
{
    /// <summary>When a body was decided upon and when its commit was done, by the clock, µs; null where nobody asks, and after a restart.</summary>
    public long? DecidedAt { get; init; }
    public long? CommittedAt { get; internal set; }

    /// <summary>Of its input's record in the journal; covers all records before it. 0: there is none.</summary>
    public uint Checksum { get; init; }
}
