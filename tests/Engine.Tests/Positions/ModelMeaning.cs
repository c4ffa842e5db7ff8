using System.Numerics;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Engine.Signals;

namespace StreamRecorder.Engine.Tests.Positions;

/// <summary>
/// Where a signal takes a position: a signed target, or why not. <paramref name="Anew"/>: what is held is closed first, whatever the target.
/// </summary>
internal readonly record struct ModelDecision(
    BigInteger Target, CloseReason Reason, bool Anew = false, IgnoreReason Ignored = IgnoreReason.None, bool IsRefused = false);

/// <summary>The contract's section 2 once more, as a target for every rule.</summary>
internal static class ModelMeaning
{
    private static readonly ModelDecision Refused = new(0, CloseReason.None, IsRefused: true);

    public static ModelDecision Decide(Signal signal, BigInteger held, long? newestAlert, OnOpposite mode, long defaultQuantity)
    {
        if (signal.Action == SignalAction.Cancel) return Ignored(IgnoreReason.Cancel);
        if (signal.TargetPosition is { } target) return Target(signal, target, held, newestAlert);
        if (signal.TargetSide == Side.Flat || signal.Action == SignalAction.CloseAll)
            return held.IsZero ? Ignored(IgnoreReason.Flat) : new(0, CloseReason.Signal);
        var quantity = signal.Quantity ?? defaultQuantity;
        if (signal.TargetSide is { } side && signal.Action is not (SignalAction.Exit or SignalAction.CloseLong or SignalAction.CloseShort))
            return Toward(signal, (int)side, quantity, held);
        switch (signal.Action)
        {
            case SignalAction.Exit or SignalAction.CloseLong or SignalAction.CloseShort:
                return Exit(signal, held);
            case SignalAction.Add:
                return held.IsZero ? Refused : new(held + held.Sign * quantity, CloseReason.None);
            case SignalAction.Reverse:
                return held.IsZero ? Refused : new(-held.Sign * (signal.Quantity ?? BigInteger.Abs(held)), CloseReason.Signal);
        }
        var direction = signal.Action == SignalAction.Buy ? 1 : -1;
        if (held.Sign == -direction) return Opposite(signal, held, direction, mode, quantity);
        if (held.IsZero || signal.MayAdd != false) return new(held + direction * quantity, CloseReason.None);
        return signal.ClosesOpposite == true ? new(direction * (BigInteger)quantity, CloseReason.Signal, Anew: true) : Ignored(IgnoreReason.Held);
    }

    /// <summary>Whether the order leads from the position before to the one after, as far as the alert names them.</summary>
    public static bool AddsUp(Signal signal)
    {
        var direction = signal.Action switch { SignalAction.Buy => 1, SignalAction.Sell => -1, _ => 0 };
        return direction == 0 || signal.TargetPosition - signal.PreviousPosition is not { } difference || signal.Quantity is not { } quantity
            || difference == direction * quantity;
    }

    /// <summary>Whether what is held is what a target's alert says was held, unless it says flat.</summary>
    public static bool Follows(Signal signal, BigInteger held) =>
        signal.TargetPosition is null || signal.PreviousPosition is null or 0 || signal.PreviousPosition == held;

    private static ModelDecision Target(Signal signal, BigInteger target, BigInteger held, long? newestAlert)
    {
        if (signal.At is { } at && newestAlert is { } newest)
        {
            if (at < newest) return Ignored(IgnoreReason.Stale);
            var long0 = BigInteger.Max(held, 0);
            var short0 = BigInteger.Min(held, 0);
            var undoes = (signal.Action == SignalAction.Sell && target > long0) || (signal.Action == SignalAction.Buy && target < short0);
            if (at == newest && undoes) return Ignored(IgnoreReason.SameTime);
        }
        var saysFlat = signal.WasFlat || signal.PreviousPosition == 0;
        if (saysFlat && !held.IsZero) return new(target, CloseReason.Sync, Anew: true);
        return target == held ? Ignored(IgnoreReason.AtTarget) : new(target, CloseReason.Target);
    }

    private static ModelDecision Exit(Signal signal, BigInteger held)
    {
        if (held.IsZero) return Ignored(IgnoreReason.Flat);
        if (signal.Action == SignalAction.CloseLong && held.Sign < 0) return Ignored(IgnoreReason.OtherSide);
        if (signal.Action == SignalAction.CloseShort && held.Sign > 0) return Ignored(IgnoreReason.OtherSide);
        return new(TowardsZero(held, signal.Quantity ?? BigInteger.Abs(held)), CloseReason.Signal);
    }

    private static ModelDecision Toward(Signal signal, int side, long quantity, BigInteger held)
    {
        var direction = signal.Action switch { SignalAction.Buy => 1, SignalAction.Sell => -1, _ => side };
        if (signal.Action == SignalAction.Reverse && !held.IsZero)
            return held.Sign == side ? Ignored(IgnoreReason.AtTarget) : new(side * (signal.Quantity ?? BigInteger.Abs(held)), CloseReason.Signal);
        if (held.Sign == -direction) return new(TowardsZero(held, quantity), CloseReason.Opposite);
        if (direction == side) return new(held + direction * quantity, CloseReason.None);
        return Ignored(held.IsZero ? IgnoreReason.Flat : IgnoreReason.OtherSide);
    }

    private static ModelDecision Opposite(Signal signal, BigInteger held, int direction, OnOpposite mode, long quantity) => mode switch
    {
        _ when signal.ClosesOpposite == true => new(direction * (BigInteger)quantity, CloseReason.Opposite),
        _ when signal.ClosesOpposite == false => new(held + direction * quantity, CloseReason.Opposite),
        OnOpposite.Close => new(0, CloseReason.Opposite),
        OnOpposite.Auto when signal.Quantity is null => new(0, CloseReason.Opposite),
        OnOpposite.Reverse => new(direction * (BigInteger)quantity, CloseReason.Opposite),
        _ => new(held + direction * quantity, CloseReason.Opposite),
    };

    private static BigInteger TowardsZero(BigInteger held, BigInteger quantity) => held.Sign * BigInteger.Max(BigInteger.Abs(held) - quantity, 0);

    private static ModelDecision Ignored(IgnoreReason reason) => new(0, CloseReason.None, Ignored: reason);
}
