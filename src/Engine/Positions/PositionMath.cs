using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Prices;

namespace StreamRecorder.Engine.Positions;

/// <summary>
/// The arithmetic of one position: observations, entries, exits, and folding a stretch of ticks in. Pure integer arithmetic on the record; the
/// bounds of <see cref="EngineLimits"/>, checked by <see cref="FitsEntry"/> and <see cref="FitsExit"/> before a fill, keep it inside 128 bits.
/// </summary>
public static class PositionMath
{
    /// <summary>One observed price (a tick or a fill of the position itself) at its time.</summary>
    public static void Observe(ref Position p, long price, long at)
    {
        p.LastPrice = price;
        p.LastAt = at;
        var unrealized = (Int128)price * p.Quantity - p.Cost;
        Reach(ref p, unrealized, price, at);
        var total = p.Realized + unrealized;
        if (total < p.WorstTotal) p.WorstTotal = total;
        if (total > p.BestTotal) p.BestTotal = total;
        if (total > p.Peak) p.Peak = total;
        else if (p.Peak - total > p.MaxDrawdown) p.MaxDrawdown = p.Peak - total;
    }

    /// <summary>
    /// A stretch of ticks during which the position did not change. On the straight line of a long the worst is at the least price, the best at the
    /// greatest, and the greatest fall of the total is the greatest fall of the price; a short mirrors it.
    /// </summary>
    public static void Fold(ref Position p, in Excursion ticks)
    {
        if (ticks.IsEmpty) return;
        var isLong = p.Quantity > 0;
        var (low, lowAt) = isLong ? (ticks.Min, ticks.MinAt) : (ticks.Max, ticks.MaxAt);
        var (high, highAt) = isLong ? (ticks.Max, ticks.MaxAt) : (ticks.Min, ticks.MinAt);
        var lowUnrealized = (Int128)low * p.Quantity - p.Cost;
        var highUnrealized = (Int128)high * p.Quantity - p.Cost;
        Reach(ref p, lowUnrealized, low, lowAt);
        Reach(ref p, highUnrealized, high, highAt);
        var lowTotal = p.Realized + lowUnrealized;
        var highTotal = p.Realized + highUnrealized;
        if (lowTotal < p.WorstTotal) p.WorstTotal = lowTotal;
        if (highTotal > p.BestTotal) p.BestTotal = highTotal;
        // The fall either begins at the peak before this stretch and ends at its lowest, or lies within it.
        var fall = Int128.Max(p.Peak - lowTotal, (Int128)(isLong ? ticks.Drop : ticks.Rise) * p.Held);
        if (fall > p.MaxDrawdown) p.MaxDrawdown = fall;
        if (highTotal > p.Peak) p.Peak = highTotal;
        p.LastPrice = ticks.Last;
        p.LastAt = ticks.LastAt;
        p.TickCount += ticks.Count;
        p.Flags &= ~Flags.Unpriced;
    }

    /// <summary>Whether <paramref name="quantity"/> more at <paramref name="price"/> can be recorded exactly.</summary>
    public static bool FitsEntry(in Position p, long price, long quantity)
    {
        if (p.Held > EngineLimits.HeldMax - quantity) return false;
        var value = p.IsOpen ? p.EntryValue + (Int128)price * quantity : (Int128)price * quantity;
        return Fits(value) && FitsCommission(p, quantity);
    }

    /// <summary>Whether an exit of <paramref name="quantity"/> at <paramref name="price"/> can be recorded exactly.</summary>
    public static bool FitsExit(in Position p, long price, long quantity)
    {
        var value = (Int128)price * quantity;
        var cost = HalfEven.Share(p.Cost, quantity, p.Held);
        return Fits(p.ExitValue + value) && Fits(p.Realized + value * (int)p.Side - cost) && FitsCommission(p, quantity);
    }

    /// <summary>Opens or adds. <paramref name="quantity"/> is positive; the side is the record's.</summary>
    public static void Enter(ref Position p, long price, long quantity, long commission, long at)
    {
        if (p.Quantity != 0) Observe(ref p, price, at);
        var signed = (int)p.Side * quantity;
        p.Quantity += signed;
        p.Cost += (Int128)price * signed;
        p.EntryQuantity += quantity;
        p.EntryValue += (Int128)price * quantity;
        p.MaxQuantity = Math.Max(p.MaxQuantity, p.Held);
        p.Commission += (Int128)commission * quantity;
        Observe(ref p, price, at);
    }

    /// <summary>
    /// Reduces or closes. The cost removed is its share, half-even in 10⁻¹⁸; what stays is the rest, so nothing is created or lost.
    /// </summary>
    public static void Exit(ref Position p, long price, long quantity, long commission, long at)
    {
        Observe(ref p, price, at);
        var signed = (int)p.Side * quantity;
        var cost = HalfEven.Share(p.Cost, quantity, p.Held);
        p.Realized += (Int128)price * signed - cost;
        p.Cost -= cost;
        p.Quantity -= signed;
        p.ExitQuantity += quantity;
        p.ExitValue += (Int128)price * quantity;
        p.Commission += (Int128)commission * quantity;
        Observe(ref p, price, at);
    }

    private static void Reach(ref Position p, Int128 unrealized, long price, long at)
    {
        if (unrealized < p.WorstUnrealized)
        {
            p.WorstUnrealized = unrealized;
            p.WorstPrice = price;
            p.WorstAt = at;
        }
        else if (unrealized > p.BestUnrealized)
        {
            p.BestUnrealized = unrealized;
            p.BestPrice = price;
            p.BestAt = at;
        }
    }

    private static bool Fits(Int128 value) => value <= EngineLimits.RealizedMax && value >= -EngineLimits.RealizedMax;

    private static bool FitsCommission(in Position p, long quantity) => Fits(p.Commission + (Int128)Fixed9.PriceMax * quantity);
}
