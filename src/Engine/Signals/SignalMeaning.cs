using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Recorders;

namespace StreamRecorder.Engine.Signals;

/// <summary>
/// What a signal does to a position, in fills at one price: first <see cref="ExitQuantity"/> leaves (all of it closes the position), then
/// <see cref="EnterQuantity"/> enters on <see cref="EnterSide"/>. Both 0 with <see cref="Ignored"/> or <see cref="Refusal"/> set.
/// </summary>
public readonly record struct Decision
{
    public long ExitQuantity { get; init; }
    public CloseReason ExitReason { get; init; }
    public long EnterQuantity { get; init; }
    public Side EnterSide { get; init; }
    public Flags Flags { get; init; }
    public IgnoreReason Ignored { get; init; }
    public Refusal? Refusal { get; init; }

    /// <summary>What it does to a position, as it is before; none when ignored or refused.</summary>
    public Effect EffectOn(in Position before)
    {
        if (ExitQuantity == 0 && EnterQuantity == 0) return Effect.None;
        if (!before.IsOpen) return Effect.Opened;
        if (ExitQuantity < before.Held) return EnterQuantity > 0 ? Effect.Added : Effect.Reduced;
        if (EnterQuantity == 0) return Effect.Closed;
        return EnterSide == before.Side ? Effect.Opened : Effect.Reversed;
    }

    /// <summary>The signed quantity held afterwards.</summary>
    public long HeldAfter(in Position before) => before.Quantity - (int)before.Side * ExitQuantity + (int)EnterSide * EnterQuantity;
}

/// <summary>
/// The meaning of signals, in the contract's order of precedence: target with size, close all, target side alone, action. Pure: position
/// and signal in, decision out. No price is needed to decide, so that an exit while flat is ignored even when no price is known.
/// </summary>
public static class SignalMeaning
{
    public static Decision Decide(in Position position, Signal signal, OnOpposite onOpposite, long defaultQuantity)
    {
        if (signal.Action == SignalAction.Cancel) return Ignore(IgnoreReason.Cancel);
        if (signal.TargetPosition is { } target) return ReachTarget(position, signal, target);
        if (signal.TargetSide == Side.Flat || IsClosing(signal.Action)) return Close(position, signal);
        if (signal.TargetSide is { } side) return Toward(position, signal, side, signal.Quantity ?? defaultQuantity);
        return signal.Action switch
        {
            SignalAction.Buy => Trade(position, Side.Long, signal, onOpposite, defaultQuantity),
            SignalAction.Sell => Trade(position, Side.Short, signal, onOpposite, defaultQuantity),
            SignalAction.Add => Add(position, signal.Quantity ?? defaultQuantity),
            SignalAction.Reverse => Reverse(position, signal.Quantity),
            _ => Refuse(Rejection.ActionMissing.Because("Give an action such as buy, sell or close, or a target position.", "action")),
        };
    }

    /// <summary>
    /// What is unusual about a signal: by itself, and beside what is held when it comes. A target whose alert names another position before it than
    /// ours follows one that was lost or is late; one that was flat before is told by <see cref="Decision.Flags"/> instead.
    /// </summary>
    public static Flags FlagsOf(Signal signal, in Position position) =>
        (AddsUp(signal) && Follows(signal, position.Quantity) ? Flags.None : Flags.Inconsistent)
        | (signal.HasUnreadBrackets ? Flags.BracketsUnread : Flags.None);

    private static bool Follows(Signal signal, long held) =>
        signal is not { TargetPosition: not null, PreviousPosition: { } previous } || previous == held || previous == 0;

    /// <summary>
    /// Position before + order = position after, where the alert names all three. Where it does not add up, the position after is trusted.
    /// </summary>
    private static bool AddsUp(Signal signal)
    {
        if (signal is not { TargetPosition: { } target, PreviousPosition: { } previous, Quantity: { } quantity }) return true;
        return signal.Action switch
        {
            SignalAction.Buy => previous + quantity == target,
            SignalAction.Sell => previous - quantity == target,
            _ => true
        };
    }

    private static bool IsClosing(SignalAction action) =>
        action is SignalAction.CloseAll or SignalAction.Exit or SignalAction.CloseLong or SignalAction.CloseShort;

    /// <summary>Rule 1: a fill of the difference; crossing zero closes one position and opens the next.</summary>
    private static Decision ReachTarget(in Position position, Signal signal, long target)
    {
        if (!signal.IsForced && signal.At is { } at && at < position.AlertAt) return Ignore(IgnoreReason.Stale);
        var held = position.Quantity;
        if (!signal.IsForced && signal.At is { } same && same == position.AlertAt && Undoes(signal.Action, held, target))
            return new Decision { Ignored = IgnoreReason.SameTime, Flags = Flags.SameTime };
        if (held != 0 && (signal.WasFlat || signal.PreviousPosition == 0)) return Resync(position, target);
        if (target == held) return Ignore(IgnoreReason.AtTarget);
        if (Math.Sign(target) == -Math.Sign(held) || target == 0 || held == 0) return Cross(position, target, CloseReason.Target);
        return Math.Abs(target) > Math.Abs(held)
            ? new Decision { EnterQuantity = Math.Abs(target) - position.Held, EnterSide = position.Side }
            : new Decision { ExitQuantity = position.Held - Math.Abs(target), ExitReason = CloseReason.Target };
    }

    /// <summary>Two alerts of one second may arrive in reverse: then a sell would open or increase a long, or a buy a short.</summary>
    private static bool Undoes(SignalAction action, long held, long target) => action switch
    {
        SignalAction.Sell => target > Math.Max(held, 0),
        SignalAction.Buy => target < Math.Min(held, 0),
        _ => false,
    };

    private static Decision Resync(in Position position, long target) =>
        Cross(position, target, CloseReason.Sync) with { Flags = Flags.Sync };

    private static Decision Cross(in Position position, long target, CloseReason reason) => new()
    {
        ExitQuantity = position.Held,
        ExitReason = reason,
        EnterQuantity = Math.Abs(target),
        EnterSide = (Side)Math.Sign(target),
    };

    /// <summary>Rule 2: close, flat and a flat target take everything; the others at most their quantity.</summary>
    private static Decision Close(in Position position, Signal signal)
    {
        if (!position.IsOpen) return Ignore(IgnoreReason.Flat);
        var everything = signal.TargetSide == Side.Flat || signal.Action == SignalAction.CloseAll;
        if (!everything && signal.Action == SignalAction.CloseLong && position.Side != Side.Long) return Ignore(IgnoreReason.OtherSide);
        if (!everything && signal.Action == SignalAction.CloseShort && position.Side != Side.Short) return Ignore(IgnoreReason.OtherSide);
        if (everything) return Exit(position, position.Held, CloseReason.Signal);
        if (signal.ExitPercent is not { } percent) return Exit(position, signal.Quantity ?? position.Held, CloseReason.Signal);
        return ShareOf(position, percent, signal.Symbol) is var share and > 0
            ? Exit(position, share, CloseReason.Signal)
            : Refuse(Rejection.QuantityTooSmall.Because($"{Fixed9.Format(percent)} % of {Fixed9.Format(position.Held)} is too little.", "quantity"));
    }

    /// <summary>Rounded down: of futures to whole contracts, else to the last decimal that is kept.</summary>
    private static long ShareOf(in Position position, long percent, Symbol symbol)
    {
        if (percent >= 100 * Fixed9.One) return position.Held;
        var share = (long)((Int128)position.Held * percent / (100 * Fixed9.One));
        return symbol.Kind == SymbolKind.Spot ? share : share / Fixed9.One * Fixed9.One;
    }

    /// <summary>
    /// Rule 3: a buy or sell towards a side, which never crosses zero and never leads away from that side. Only reverse is meant to cross it, and
    /// has nothing to do where that side is held already.
    /// </summary>
    private static Decision Toward(in Position position, Signal signal, Side target, long quantity)
    {
        if (signal.Action == SignalAction.Reverse && position.IsOpen)
            return position.Side == target ? Ignore(IgnoreReason.AtTarget) : Reverse(position, signal.Quantity);
        var side = signal.Action switch { SignalAction.Buy => Side.Long, SignalAction.Sell => Side.Short, _ => target };
        if (position.IsOpen && side != position.Side) return Exit(position, quantity, CloseReason.Opposite);
        if (side != target) return Ignore(position.IsOpen ? IgnoreReason.OtherSide : IgnoreReason.Flat);
        return new Decision { EnterQuantity = quantity, EnterSide = side };
    }

    /// <summary>Rule 4: buy or sell, the opposite side as the alert wants it, else by the recorder's mode.</summary>
    private static Decision Trade(in Position position, Side side, Signal signal, OnOpposite onOpposite, long defaultQuantity)
    {
        var size = signal.Quantity ?? defaultQuantity;
        if (position.IsOpen && position.Side == side && signal.MayAdd == false)
            return signal.ClosesOpposite == true ? Cross(position, (int)side * size, CloseReason.Signal) : Ignore(IgnoreReason.Held);
        if (!position.IsOpen || position.Side == side) return new Decision { EnterQuantity = size, EnterSide = side };
        if (signal.ClosesOpposite is { } closes) onOpposite = closes ? OnOpposite.Reverse : OnOpposite.Net;
        if (onOpposite == OnOpposite.Auto) onOpposite = signal.Quantity is null ? OnOpposite.Close : OnOpposite.Net;
        return onOpposite switch
        {
            OnOpposite.Close => Exit(position, position.Held, CloseReason.Opposite),
            OnOpposite.Reverse => Cross(position, (int)side * size, CloseReason.Opposite),
            _ => size <= position.Held
                ? Exit(position, size, CloseReason.Opposite)
                : Cross(position, (int)side * (size - position.Held), CloseReason.Opposite),
        };
    }

    private static Decision Add(in Position position, long quantity) => position.IsOpen
        ? new Decision { EnterQuantity = quantity, EnterSide = position.Side }
        : Refuse(Rejection.PositionMissing.Because("add needs an open position; send buy or sell to open one.", "action"));

    private static Decision Reverse(in Position position, long? quantity) => position.IsOpen
        ? Cross(position, -(int)position.Side * (quantity ?? position.Held), CloseReason.Signal)
        : Refuse(Rejection.PositionMissing.Because("reverse needs an open position; send buy or sell to open one.", "action"));

    private static Decision Exit(in Position position, long quantity, CloseReason reason) =>
        new() { ExitQuantity = Math.Min(quantity, position.Held), ExitReason = reason };

    private static Decision Ignore(IgnoreReason reason) => new() { Ignored = reason };

    private static Decision Refuse(Refusal refusal) => new() { Refusal = refusal };
}
