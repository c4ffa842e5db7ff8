using FsCheck;
using FsCheck.Fluent;
using StreamRecorder.Engine.Prices;
using StreamRecorder.Engine.Tests.Support;
using Xunit;

namespace StreamRecorder.Engine.Tests.Positions;

/// <summary>The engine against the naive design that loops over every position on every tick.</summary>
public sealed class PositionPropertyTests
{
    private static readonly Gen<TradeStep> AnyStep =
        from kind in Gen.Choose(0, 99)
        from recorder in Gen.Choose(0, 1 << 20)
        from symbol in Gen.Choose(0, 1)
        from price in Gen.Choose(0, 1 << 20)
        from quantity in Gen.Choose(0, 1 << 20)
        from form in Gen.Choose(0, 1 << 20)
        select new TradeStep(kind, recorder, symbol, price, quantity, form);

    [Fact]
    public void Views_AnyShortHistory_EqualTheModel() => Properties.ForAll(AnyStep, steps => Run(steps, 4, TradeScale.Ordinary), runs: 300);

    [Fact]
    public void Views_AnyShortHistoryOfExtremes_EqualTheModel() =>
        Properties.ForAll(AnyStep, steps => Run(steps, 2, TradeScale.Extreme), runs: 300, stepsMax: 150);

    [Fact]
    public void Views_LongHistoryOfFewRecorders_EqualTheModel() => Seeds.Run(4, random => Run(Random(random, 2500), 5, TradeScale.Ordinary));

    [Fact]
    public void Views_LongHistoryOfManyRecorders_EqualTheModel() => Seeds.Run(2, random => Run(Random(random, 6000), 300, TradeScale.Ordinary));

    [Fact]
    public void Views_LongHistoryOfExtremes_EqualTheModel() => Seeds.Run(5, random => Run(Random(random, 2000), 4, TradeScale.Extreme));

    [Fact]
    public void LongHistory_AllModes_ReachesEveryOutcome()
    {
        using var trades = new TradeSteps(8, TradeScale.Ordinary);
        using var extremes = new TradeSteps(4, TradeScale.Extreme);
        foreach (var step in Random(new Random(1), 8000)) trades.Take(step);
        foreach (var step in Random(new Random(2), 3000)) extremes.Take(step);
        string[] expected =
            ["opened", "added", "reduced", "closed", "reversed", "flat", "stale", "same_time", "at_target", "other_side", "held", "position_missing",
                "price_unknown"];
        Assert.Empty(expected.Except(trades.Reached));
        Assert.Contains("position_too_large", extremes.Reached);
    }

    [Fact]
    public void Views_TicksSampledOnTheWay_AreCaught() => Caught(ticks => ticks[^1..]);

    [Fact]
    public void Views_OneTickOfThousandLost_IsCaught()
    {
        var seen = 0;
        Caught(ticks => [.. ticks.Where(_ => ++seen % 1000 != 0)]);
    }

    [Fact]
    public void Views_TwoTicksSwapped_AreCaught() => Caught(ticks => [.. ticks.Reverse()]);

    private static void Caught(Func<Tick[], Tick[]> spoil)
    {
        using var trades = new TradeSteps(5, TradeScale.Ordinary, spoil);
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() =>
        {
            foreach (var step in Random(new Random(3), 6000)) trades.Take(step);
            trades.CheckAll();
        });
    }

    private static void Run(IEnumerable<TradeStep> steps, int recorders, TradeScale scale)
    {
        using var trades = new TradeSteps(recorders, scale);
        foreach (var step in steps) trades.Take(step);
        trades.CheckAll();
    }

    private static IEnumerable<TradeStep> Random(Random random, int count) => Enumerable.Range(0, count).Select(_ => TradeSteps.Any(random));
}
