namespace StreamRecorder.Naive;

public enum OnOpposite
{
    Auto,
    Close,
    Reverse,
    Net,
}

/// <summary>
/// Where a signal takes the position. FromFlat: what is held is closed first, even if the new target is on
/// the same side. IsThere: the target is held already; the signal is ignored, but it makes older ones stale.
/// </summary>
public sealed record Decision(Fraction Target, string CloseReason, bool FromFlat = false, bool IsThere = false);

/// <summary>The contract's four rules, in their order of precedence. Every rule comes down to a signed target; null means "ignored".</summary>
public static class SignalRules
{
    /// <param name="held">Signed quantity held now.</param>
    /// <param name="newestApplied">Own time of the newest signal applied to this recorder and symbol, or that found its target held.</param>
    public static Decision? Decide(Signal signal, Fraction held, long? newestApplied, OnOpposite mode)
    {
        if (signal.Action == SignalAction.Cancel) return null;
        if (signal.Target is { } target) return TargetWithSize(signal, target, held, newestApplied);
        if (IsClosing(signal)) return Closing(signal, held);
        return signal.TargetSide is { } side ? TargetSideAlone(signal, side, held) : Acting(signal, held, mode);
    }

    // Rule 1.
    private static Decision? TargetWithSize(Signal signal, Fraction target, Fraction held, long? newestApplied)
    {
        if (signal.OwnTime < newestApplied) return null;
        if (signal.OwnTime == newestApplied && OpensAgainstItsAction(signal.Action, target, held)) return null;
        if (signal.SaysFlatBefore && held.Sign != 0) return new Decision(target, "sync", FromFlat: true);
        return new Decision(target, "target", IsThere: target == held);
    }

    // Two alerts of one second may arrive the wrong way round; the exit then looks like an entry.
    private static bool OpensAgainstItsAction(SignalAction action, Fraction target, Fraction held) =>
        (action == SignalAction.Sell && target > Fraction.Max(held, 0)) || (action == SignalAction.Buy && target < Fraction.Min(held, 0));

    private static bool IsClosing(Signal signal) =>
        signal.TargetSide == 0 || signal.Action is SignalAction.Close or SignalAction.Exit or SignalAction.CloseLong or SignalAction.CloseShort;

    // Rule 2.
    private static Decision? Closing(Signal signal, Fraction held)
    {
        if (held.Sign == 0) return null;
        if (signal.TargetSide == 0 || signal.Action == SignalAction.Close) return new Decision(0, "signal");
        if (signal.Action == SignalAction.CloseLong && held.Sign < 0) return null;
        if (signal.Action == SignalAction.CloseShort && held.Sign > 0) return null;
        return new Decision(Towards(held, signal.ToLeave(Fraction.Abs(held))), "signal");
    }

    // Rule 3: never crosses zero, unless it is asked to reverse.
    private static Decision? TargetSideAlone(Signal signal, int side, Fraction held)
    {
        if (signal.Action == SignalAction.Reverse && held.Sign != 0)
            return held.Sign == side ? new Decision(held, "", IsThere: true) : Reversing(signal, held);
        var direction = signal.Action switch { SignalAction.Buy => 1, SignalAction.Sell => -1, _ => side };
        if (held.Sign != 0 && direction != held.Sign) return new Decision(Towards(held, signal.Quantity), "opposite");
        var wanted = held.Sign == 0 ? direction : held.Sign;
        return wanted == side ? new Decision(held + direction * signal.Quantity, "") : null;
    }

    // Rule 4.
    private static Decision? Acting(Signal signal, Fraction held, OnOpposite mode)
    {
        if (signal.Action == SignalAction.Add) return new Decision(held + NeedsPosition(held) * signal.Quantity, "");
        if (signal.Action == SignalAction.Reverse) return Reversing(signal, held);
        var direction = signal.Action == SignalAction.Buy ? 1 : -1;
        if (held.Sign == -direction) return Opposite(signal, held, direction, signal.ClosesOpposite is { } closes ? OnClosing(closes) : mode);
        var isWanted = held.Sign == 0 || signal.MayAdd != false;
        if (isWanted) return new Decision(held + direction * signal.Quantity, "");
        return signal.ClosesOpposite == true ? new Decision(direction * signal.Quantity, "signal", FromFlat: true) : null;
    }

    private static OnOpposite OnClosing(bool closes) => closes ? OnOpposite.Reverse : OnOpposite.Net;

    private static Decision Reversing(Signal signal, Fraction held) =>
        new(-NeedsPosition(held) * (signal.PositiveQuantity ?? Fraction.Abs(held)), "signal");

    private static Decision Opposite(Signal signal, Fraction held, int direction, OnOpposite mode)
    {
        var effective = mode != OnOpposite.Auto ? mode : signal.QuantityGiven is null ? OnOpposite.Close : OnOpposite.Net;
        return effective switch
        {
            OnOpposite.Close => new Decision(0, "opposite"),
            OnOpposite.Reverse => new Decision(direction * signal.Quantity, "opposite"),
            _ => new Decision(held + direction * signal.Quantity, "opposite"),
        };
    }

    private static int NeedsPosition(Fraction held) => held.Sign != 0 ? held.Sign : throw new RefusedException("nothing is held");

    private static Fraction Towards(Fraction held, Fraction quantity) => held.Sign * Fraction.Max(Fraction.Abs(held) - quantity, 0);
}
