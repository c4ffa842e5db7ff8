using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Prices;

namespace StreamRecorder.Engine.Tests.Prices;

/// <summary>What a list of ticks amounts to, figure by figure, each with a loop of its own.</summary>
internal static class NaivePath
{
    public static readonly long[] Extremes = [-Fixed9.PriceMax, -Fixed9.PriceMax + 1, -1, 0, 1, Fixed9.PriceMax - 1, Fixed9.PriceMax];

    public static Excursion Of(IReadOnlyList<(long Price, long At)> ticks)
    {
        if (ticks.Count == 0) return default;
        var (minimum, maximum) = (ticks[0], ticks[0]);
        var newest = ticks[0].At;
        foreach (var tick in ticks)
        {
            if (tick.Price < minimum.Price) minimum = tick;
            if (tick.Price > maximum.Price) maximum = tick;
            if (tick.At > newest) newest = tick.At;
        }
        return new Excursion
        {
            Count = ticks.Count,
            First = ticks[0].Price,
            FirstAt = ticks[0].At,
            Last = ticks[^1].Price,
            LastAt = ticks[^1].At,
            Min = minimum.Price,
            MinAt = minimum.At,
            Max = maximum.Price,
            MaxAt = maximum.At,
            NewestAt = newest,
            Drop = GreatestFall(ticks, 1),
            Rise = GreatestFall(ticks, -1),
        };
    }

    /// <summary>The definition: every pair of an earlier and a later tick. For short lists only.</summary>
    public static long GreatestFallOfAllPairs(IReadOnlyList<(long Price, long At)> ticks, int sign)
    {
        long greatest = 0;
        for (var earlier = 0; earlier < ticks.Count; earlier++)
            for (var later = earlier; later < ticks.Count; later++)
                greatest = Math.Max(greatest, sign * (ticks[earlier].Price - ticks[later].Price));
        return greatest;
    }

    /// <summary>One line to read in a failure.</summary>
    public static string Text(in Excursion e) =>
        $"{e.Count}: {e.First}@{e.FirstAt} {e.Last}@{e.LastAt} {e.Min}@{e.MinAt} {e.Max}@{e.MaxAt} -{e.Drop} +{e.Rise} {e.NewestAt}";

    private static long GreatestFall(IReadOnlyList<(long Price, long At)> ticks, int sign)
    {
        long greatest = 0;
        var highest = sign * ticks[0].Price;
        foreach (var (price, _) in ticks)
        {
            highest = Math.Max(highest, sign * price);
            greatest = Math.Max(greatest, highest - sign * price);
        }
        return greatest;
    }
}
