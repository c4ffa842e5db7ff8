using StreamRecorder.Engine.Signals;

namespace StreamRecorder.Ingest.Webhooks;

/// <summary>What an owner sets for webhooks, and who listens.</summary>
public sealed record WebhookSettings
{
    public int SignalsPerSecond { get; init; } = IngestLimits.SignalsPerSecond;
    public TimeSpan AnswerTime { get; init; } = IngestLimits.AnswerTime;

    /// <summary>From where webhooks are taken; null: from anywhere.</summary>
    public WebhookSources? Sources { get; init; }

    /// <summary>Called when an answer has been handed to its connection whole. Must be quick and may not throw.</summary>
    public Action<WrittenAnswer>? Answered { get; init; }

    /// <summary>
    /// Called when an answer was ready and its sender gone. One that was given up because the commit
    /// was too slow is known to the engine, and one under which the journal failed to the next start.
    /// </summary>
    public Action<long, Signal, SignalAnswer>? LeftInDoubt { get; init; }
}

/// <summary>
/// An answer on its way to the sender. <paramref name="EntryId"/> is the body's own number in the ledger (0: not
/// kept), <paramref name="Sequence"/> the one that the answer names: a repeat's is the first one's; 0: refused.
/// </summary>
public readonly record struct WrittenAnswer(long EntryId, long Sequence, long At);
