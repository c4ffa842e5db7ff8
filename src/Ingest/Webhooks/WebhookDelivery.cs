using StreamRecorder.Engine;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Engine.Signals;

namespace StreamRecorder.Ingest.Webhooks;

/// <summary>
/// One request under a valid token and how it ended, for the ledger. Given to <see cref="WebhookSettings.Delivered"/> on the request's thread before
/// the answer is written; <see cref="Body"/> is valid only during that call and may hold secrets of its sender.
/// </summary>
public readonly struct WebhookDelivery
{
    public required Recorder Recorder { get; init; }
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Arrival of the request and of its decision, µs.</summary>
    public required long ReceivedAt { get; init; }
    public required long DecidedAt { get; init; }

    /// <summary>Null when the body could not be understood.</summary>
    public Signal? Signal { get; init; }

    /// <summary>Null when refused or when no decision came in time.</summary>
    public SignalAnswer? Answer { get; init; }
    public Refusal? Refusal { get; init; }

    /// <summary>Not known to be stored: the journal failed under it. A commit that was only too slow is known to the engine.</summary>
    public bool IsInDoubt { get; init; }
}

/// <summary>What an owner sets for webhooks, and who listens.</summary>
public sealed record WebhookSettings
{
    public int SignalsPerSecond { get; init; } = IngestLimits.SignalsPerSecond;
    public TimeSpan AnswerTime { get; init; } = IngestLimits.AnswerTime;

    /// <summary>Gets every body that a valid token sent, with its decision. Must be quick and may not throw.</summary>
    public Action<WebhookDelivery>? Delivered { get; init; }

    /// <summary>Called with an answer's sequence when the answer has been handed to the connection whole.</summary>
    public Action<long>? Answered { get; init; }

    /// <summary>
    /// Gets signals whose sender may not know their end: the journal failed under them, or the answer was not fully written. One that was given up because
    /// the commit was too slow is known to the engine.
    /// </summary>
    public Action<Recorder, Signal>? LeftInDoubt { get; init; }
}
