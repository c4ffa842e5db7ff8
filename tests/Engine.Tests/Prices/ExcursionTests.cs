using FsCheck;
using FsCheck.Fluent;
using StreamRecorder.Engine.Prices;
using StreamRecorder.Engine.Tests.Support;
using Xunit;

namespace StreamRecorder.Engine.Tests.Prices;

public sealed class ExcursionTests
{
    /// <summary>Few distinct prices, so that ties are common, and the ends of the range; times in any order and often equal.</summary>
    private static readonly Gen<(long Price, long At)> AnyTick =
        from price in Gen.OneOf(Gen.Choose(-3, 3).Select(p => (long)p), Gen.Elements(NaivePath.Extremes))
        from at in Gen.Choose(0, 5)
        select (price, (long)at);

    [Fact]
    public void Combine_WithTheIdentity_ChangesNothing() => Properties.ForAll(AnyTick, ticks =>
    {
        var path = Observed(ticks);
        Same(path, Excursion.Combine(path, default));
        Same(path, Excursion.Combine(default, path));
    });

    [Fact]
    public void Combine_OfThree_IsAssociative() => Properties.ForAll(AnyTick, ticks =>
    {
        var (first, second) = (ticks.Length / 3, ticks.Length / 2);
        var (a, b, c) = (Observed(ticks.AsSpan(0, first)), Observed(ticks.AsSpan(first, second - first)), Observed(ticks.AsSpan(second)));
        Same(Excursion.Combine(Excursion.Combine(a, b), c), Excursion.Combine(a, Excursion.Combine(b, c)));
    });

    [Fact]
    public void Observe_OneTick_IsCombiningWithOf() => Properties.ForAll(AnyTick, ticks =>
    {
        var path = default(Excursion);
        foreach (var (price, at) in ticks)
        {
            var combined = Excursion.Combine(path, Excursion.Of(price, at));
            path.Observe(price, at);
            Same(combined, path);
        }
    });

    [Fact]
    public void Observe_ManyTicks_EqualsTheNaiveLoops() => Properties.ForAll(AnyTick, ticks => Same(NaivePath.Of(ticks), Observed(ticks)));

    [Fact]
    public void Combine_CutAnywhere_EqualsTheNaiveLoops() => Properties.ForAll(
        AnyTick,
        ticks =>
        {
            var expected = NaivePath.Of(ticks);
            for (var cut = 0; cut <= ticks.Length; cut++)
                Same(expected, Excursion.Combine(Observed(ticks.AsSpan(0, cut)), Observed(ticks.AsSpan(cut))));
        },
        stepsMax: 30);

    [Fact]
    public void DropAndRise_ShortLists_AreThoseOfAllPairs() => Properties.ForAll(
        AnyTick,
        ticks =>
        {
            var path = Observed(ticks);
            Assert.Equal(NaivePath.GreatestFallOfAllPairs(ticks, 1), path.Drop);
            Assert.Equal(NaivePath.GreatestFallOfAllPairs(ticks, -1), path.Rise);
        },
        stepsMax: 30);

    [Fact]
    public void MinAndMax_EqualPrices_KeepTheTimeOfFirstReaching()
    {
        var path = Observed([(5, 10), (3, 11), (3, 12), (7, 13), (7, 9)]);
        Assert.Equal((3, 11, 7, 13), (path.Min, path.MinAt, path.Max, path.MaxAt));
        Assert.Equal(13, path.NewestAt);
    }

    private static Excursion Observed(ReadOnlySpan<(long Price, long At)> ticks)
    {
        var path = default(Excursion);
        foreach (var (price, at) in ticks) path.Observe(price, at);
        return path;
    }

    private static void Same(in Excursion expected, in Excursion actual) => Assert.Equal(NaivePath.Text(expected), NaivePath.Text(actual));
}
