using StreamRecorder.Host.Tests.Replay;

namespace StreamRecorder.Host.Tests.Day;

/// <summary>
/// A day of three strategies through an alert channel that delays, drops and sends again: its positions are those of an undisturbed day. What
/// a delay may change, and nothing else does, is which ticks lie between two fills, for ticks count as they were applied: so every figure is
/// compared with the naive program's over the actual order of arrival, and with the undisturbed day's wherever the same ticks lie between.
/// </summary>
public sealed class DayTests(ITestOutputHelper output)
{
    private const int SameWindowsMin = 20;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Day_OfGeneratedTicks_IsThatOfAnUndisturbedOne(int seed) => AssertUndisturbed(DayTicks.Generated(seed), seed);

    [Fact]
    public void Day_OfRealTicks_IsThatOfAnUndisturbedOne() => AssertUndisturbed(DayTicks.Real(), 4);

    [Fact]
    public void Day_WhoseChannelSendsTwiceWithoutReason_IsSeen()
    {
        // A comparison proves nothing until it has caught a planted fault.
        var ticks = DayTicks.Generated(1);
        var (once, twice) = (DayRun.Of(ticks, null), DayRun.Of(ticks, null, resendsAll: true));
        Assert.NotEqual(once.Positions.Select(p => p.Trade), twice.Positions.Select(p => p.Trade));
    }

    private void AssertUndisturbed(List<(long At, long Price)> ticks, int seed)
    {
        var expected = DayRun.Of(ticks, null);
        var run = DayRun.Of(ticks, seed);
        Assert.InRange(expected.Positions.Count, 100, int.MaxValue);
        Assert.Equal(expected.Positions.Select(p => p.Trade), run.Positions.Select(p => p.Trade));
        PositionsAssert.Same(expected.Naive, expected.Engine, "undisturbed");
        PositionsAssert.Same(run.Naive, run.Engine, $"disturbed, seed {seed}");
        var same = expected.Positions.Zip(run.Positions).Where(pair => pair.First.Window == pair.Second.Window).ToList();
        Assert.All(same, pair => Assert.Equal(pair.First.Figures, pair.Second.Figures));
        output.WriteLine(
            $"{run.Positions.Count} positions, of {same.Count} every figure, drawdown too, as undisturbed; " +
            $"{run.Channel.Resent} alerts sent again, {run.Channel.Duplicates} repeats");
        // Both kinds were there, and the channel did what it is for.
        Assert.InRange(same.Count, SameWindowsMin, run.Positions.Count - 1);
        Assert.InRange(run.Channel.Resent, 100, int.MaxValue);
        Assert.InRange(run.Channel.Duplicates, 50, int.MaxValue);
    }
}
