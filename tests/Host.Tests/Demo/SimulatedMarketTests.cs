using System.Globalization;
using StreamRecorder.Host.Demo;

namespace StreamRecorder.Host.Tests.Demo;

public sealed class SimulatedMarketTests
{
    private const int Ticks = 50_000;

    [Fact]
    public void Market_SameSeed_GivesTheSameTicks() => Assert.Equal(Play(7), Play(7));

    [Fact]
    public void Market_OtherSeed_GivesOtherPrices() => Assert.NotEqual(Play(7).Select(t => t.Price), Play(8).Select(t => t.Price));

    [Fact]
    public void Market_OfSeedOne_IsTheOneItAlwaysWas()
    {
        // Every machine and runtime must give this market: a change of it is a change that users see.
        var hash = 14695981039346656037UL;
        foreach (var tick in Play(1))
            foreach (var part in (long[])[tick.Contract, tick.Price, tick.Size, tick.At]) hash = (hash ^ (ulong)part) * 1099511628211UL;
        Assert.Equal("5527d5826ae1c8ac", hash.ToString("x16", CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Ticks_OfAnyContract_AreOnItsGridAndInOrder()
    {
        var ticks = Play(3);
        Assert.Equal(ticks.Select(t => t.At).Order(), ticks.Select(t => t.At));
        foreach (var tick in ticks)
        {
            var plan = SimulatedMarket.Plans[tick.Contract];
            Assert.Equal(0, tick.Price % plan.TickSize);
            Assert.InRange(tick.Price, plan.Start - 3000 * plan.TickSize, plan.Start + 3000 * plan.TickSize);
            Assert.InRange(tick.Size, 1, 20);
        }
    }

    [Fact]
    public void Ticks_OverMinutes_ComeCalmlyAndInBursts()
    {
        var perSecond = Play(3).Where(t => t.Contract == 0).GroupBy(t => t.At / 1_000_000).Select(g => g.Count()).ToList();
        Assert.Contains(perSecond, count => count > 300);
        Assert.Contains(perSecond, count => count is > 20 and < 200);
    }

    [Theory]
    [InlineData("MNQ", "2025-12-04", "MNQZ2025")]
    [InlineData("MNQ", "2026-01-01", "MNQH2026")]
    [InlineData("GC", "2025-12-31", "GCZ2025")]
    [InlineData("GC", "2026-01-01", "GCG2026")]
    [InlineData("ES", "2025-12-04", "ES1!")]
    public void TickSymbol_OnAnyDay_IsTheContractThatExpiresNext(string root, string day, string symbol) =>
        Assert.Equal(symbol, SimulatedMarket.Plans.Single(p => p.Root == root).TickSymbol(DateTime.Parse(day, CultureInfo.InvariantCulture)));

    private static List<SimulatedTick> Play(ulong seed)
    {
        var market = new SimulatedMarket(seed);
        return [.. Enumerable.Range(0, Ticks).Select(_ => market.Next())];
    }
}
