namespace StreamRecorder.Host.Tests.Day;

/// <summary>A day of three strategies through an alert channel that delays, drops and sends again: their positions are those of an undisturbed day.</summary>
public sealed class DayTests
{
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
        Assert.NotEqual(Run(ticks, null).Positions, Run(ticks, null, resendsAll: true).Positions);
    }

    private static void AssertUndisturbed(List<(long At, long Price)> ticks, int seed)
    {
        var (expected, _) = Run(ticks, null);
        Assert.InRange(expected.Count, 100, int.MaxValue);
        var (positions, channel) = Run(ticks, seed);
        Assert.Equal(expected, positions);
        // The channel did what it is for.
        Assert.InRange(channel.Resent, 100, int.MaxValue);
        Assert.InRange(channel.Duplicates, 50, int.MaxValue);
    }

    private static (List<string> Positions, AlertChannel Channel) Run(List<(long At, long Price)> ticks, int? seed, bool resendsAll = false)
    {
        var strategies = DayStrategy.All().ToList();
        using var engine = new DayEngine(strategies.Select(s => s.Name));
        var channel = new AlertChannel(engine, seed) { ResendsAll = resendsAll };
        foreach (var (at, price) in ticks)
        {
            channel.AdvanceTo(at);
            engine.Tick(at, price);
            foreach (var strategy in strategies)
                if (strategy.Next(at, price) is { } body) channel.Send(strategy, body, at);
        }
        channel.AdvanceTo(long.MaxValue);
        return (engine.Positions(), channel);
    }
}
