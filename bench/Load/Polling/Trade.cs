namespace StreamRecorder.Load.Polling;

/// <summary>
/// One contract bought or sold at a tick's price and closed at a later one's; times µs, prices E9. Nothing ticks at the very moments of its fills.
/// </summary>
internal sealed record Trade(int Number, bool IsLong, long EnteredAt, long EntryPrice, long ExitedAt, long ExitPrice)
{
    /// <summary>Half a millisecond after a tick: recorded times are whole milliseconds.</summary>
    private const long AfterTick = 500;
    private const long Millisecond = 1000;
    private const double HoldSecondsMean = 120;
    private const double HoldSecondsMin = 2;

    public int Side => IsLong ? 1 : -1;

    /// <summary>Seeded: entries anywhere in the day, held for 2 s to some minutes.</summary>
    public static IReadOnlyList<Trade> Draw(IReadOnlyList<(long At, long Price)> ticks, int count)
    {
        var random = new Random(7);
        var trades = new List<Trade>();
        while (trades.Count < count)
        {
            var enteredAt = ticks[random.Next(ticks.Count)].At;
            var exitedAt = enteredAt + (long)((HoldSecondsMin - HoldSecondsMean * Math.Log(1 - random.NextDouble())) * 1000) * Millisecond;
            if (exitedAt > ticks[^1].At) continue;
            trades.Add(new Trade(
                trades.Count + 1, random.Next(2) == 0, enteredAt + AfterTick, LastPrice(ticks, enteredAt), exitedAt + AfterTick,
                LastPrice(ticks, exitedAt)));
        }
        return trades;
    }

    /// <summary>Of the last tick at or before a time.</summary>
    public static long LastPrice(IReadOnlyList<(long At, long Price)> ticks, long at) => ticks[IndexAfter(ticks, at) - 1].Price;

    /// <summary>Worst and best unrealized result in price (E9, of one contract), tick by tick: what is true.</summary>
    public Extremes Truth(IReadOnlyList<(long At, long Price)> ticks)
    {
        var extremes = new Extremes(0, 0).With(Side * (ExitPrice - EntryPrice));
        for (var i = IndexAfter(ticks, EnteredAt); i < ticks.Count && ticks[i].At <= ExitedAt; i++)
            extremes = extremes.With(Side * (ticks[i].Price - EntryPrice));
        return extremes;
    }

    /// <summary>The index of the first tick after a time.</summary>
    private static int IndexAfter(IReadOnlyList<(long At, long Price)> ticks, long at)
    {
        var (low, high) = (0, ticks.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (ticks[middle].At <= at) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}

/// <summary>Worst and best so far, both from 0; E9.</summary>
internal readonly record struct Extremes(long Worst, long Best)
{
    public Extremes With(long result) => new(Math.Min(Worst, result), Math.Max(Best, result));
}
