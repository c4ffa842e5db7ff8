using StreamRecorder.Engine.Positions;

namespace StreamRecorder.Engine.Signals;

public enum SignalStatus : byte
{
    Accepted,
    Duplicate,
    Ignored,
    Refused,
}

public enum Effect : byte
{
    None,
    Opened,
    Added,
    Reduced,
    Closed,
    Reversed,
}

/// <summary>Why a well-formed signal had nothing to do. Journalled; the word in the answer is <see cref="Words.Of(IgnoreReason)"/>.</summary>
public enum IgnoreReason : byte
{
    None,
    Flat,
    Paused,
    Cancel,
    Stale,
    SameTime,
    AtTarget,
    OtherSide,

    /// <summary>The side is held, and the alert wants no more of it.</summary>
    Held,
}

public enum PriceSource : byte
{
    Signal,
    Tick,
}

/// <summary>What became of a signal. <see cref="Sequence"/> is 0 when refused.</summary>
public sealed record SignalAnswer
{
    public required SignalStatus Status { get; init; }
    public long Sequence { get; init; }
    public Effect Effect { get; init; }

    /// <summary>The position that the signal opened or changed; for a plain closing the closed one. 0: none.</summary>
    public long PositionId { get; init; }
    public bool PositionIsOpen { get; init; }

    /// <summary>0: none was closed.</summary>
    public long ClosedPositionId { get; init; }
    public Flags Flags { get; init; }
    public IgnoreReason Reason { get; init; }
    public Refusal? Refusal { get; init; }

    public static SignalAnswer Refused(Refusal refusal) => new() { Status = SignalStatus.Refused, Refusal = refusal };
}
