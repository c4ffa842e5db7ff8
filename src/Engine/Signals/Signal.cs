using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Positions;

namespace StreamRecorder.Engine.Signals;

public enum SignalAction : byte
{
    /// <summary>The signal speaks by its target alone.</summary>
    None,
    Buy,
    Sell,

    /// <summary>More of the side held.</summary>
    Add,
    Reverse,

    /// <summary>close, flat, flatten: everything, whatever the quantity.</summary>
    CloseAll,

    /// <summary>exit: at most the quantity given, all without one.</summary>
    Exit,
    CloseLong,
    CloseShort,
    Cancel,
}

/// <summary>
/// One alert in canonical form, whatever dialect it came in. Made by the parsers, checked for form (ranges, contradictions); its
/// meaning depends on the position and is <see cref="SignalMeaning"/>'s. Prices and quantities E9, times µs, null: not said.
/// </summary>
public sealed record Signal
{
    public required Symbol Symbol { get; init; }

    public SignalAction Action { get; init; }

    /// <summary>The signed position wanted afterwards (rule 1): market_position with its size, or position_size.</summary>
    public long? TargetPosition { get; init; }

    /// <summary>The side wanted afterwards, without a size (rules 2 and 3). Not set when <see cref="TargetPosition"/> is.</summary>
    public Side? TargetSide { get; init; }

    /// <summary>The signed position that the alert says there was before; only with <see cref="TargetPosition"/>. 0: it was flat.</summary>
    public long? PreviousPosition { get; init; }

    /// <summary>The alert says it was flat before, though it may name no size.</summary>
    public bool WasFlat { get; init; }

    /// <summary>Above 0 where it matters; parsers refuse others.</summary>
    public long? Quantity { get; init; }

    /// <summary>Instead of a quantity, of an exit: per cent of what is held, above 0.</summary>
    public long? ExitPercent { get; init; }

    /// <summary>
    /// Of a buy or sell: true closes an opposite position and opens the quantity,
    /// false takes the quantity alone off it, null leaves it to the recorder.
    /// </summary>
    public bool? ClosesOpposite { get; init; }

    /// <summary>
    /// False: a buy or sell never adds to a position of its side; with <see cref="ClosesOpposite"/> it closes that one, too, and opens anew.
    /// </summary>
    public bool? MayAdd { get; init; }

    public long? Price { get; init; }

    /// <summary>The alert's own time.</summary>
    public long? At { get; init; }

    /// <summary>Applied by hand although later ones were: its own time is not compared with theirs.</summary>
    public bool IsForced { get; init; }

    /// <summary>Whether <see cref="At"/> is the time of firing (timenow, date, alertTimestamp), which tells two equal orders apart.</summary>
    public bool HasFiringTime { get; init; }

    /// <summary>Repeat key: the <c>id</c> field or the Idempotency-Key header; nothing else.</summary>
    public string? Key { get; init; }

    /// <summary>Order id or comment: shown, never a key.</summary>
    public string? Label { get; init; }

    /// <summary>Take-profit and stop-loss levels; null: none.</summary>
    public Brackets? Brackets { get; init; }

    /// <summary>The alert has a take-profit or stop-loss that is no number.</summary>
    public bool HasUnreadBrackets { get; init; }

    /// <summary>The alert itself says how old it may be when it arrives (3Commas' max_lag), µs; null: it does not.</summary>
    public long? MaxAge { get; init; }

    /// <summary>What two deliveries of the same body share; the parser makes it. 0: there was no body.</summary>
    public UInt128 BodyHash { get; init; }
}
