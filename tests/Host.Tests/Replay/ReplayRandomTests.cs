namespace StreamRecorder.Host.Tests.Replay;

/// <summary>The engine against the naive program on lines out of seeds: the same positions, digit for digit.</summary>
public sealed class ReplayRandomTests
{
    private const int SeedsPerMode = 25;
    private const int RowsPerFile = 400;
    private const int SignalCount = 150;

    [Theory]
    [InlineData("Auto")]
    [InlineData("Close")]
    [InlineData("Reverse")]
    [InlineData("Net")]
    public void Replay_RandomLines_EqualsNaive(string mode)
    {
        var compared = 0;
        for (var seed = 1; seed <= SeedsPerMode; seed++)
        {
            using var replay = CaseOf(seed + mode.Length * 1000);
            compared += PositionsAssert.Same(replay.RunNaive(mode), replay.RunEngine(mode), $"mode {mode}, seed {seed + mode.Length * 1000}");
        }
        // A comparison of nothing proves nothing.
        Assert.True(compared > SeedsPerMode * 10, $"only {compared} positions were compared");
    }

    [Fact]
    public void Replay_Twice_IsEqualByteForByte()
    {
        using var replay = CaseOf(4711);
        Assert.Equal(replay.RunEngine("Net"), replay.RunEngine("Net"));
    }

    private static ReplayCase CaseOf(int seed)
    {
        var market = new RandomMarket(seed);
        var replay = new ReplayCase().Instruments("AAPL,NASDAQ,Apple,0.01,0.01,USD,spot", "EURUSD,FX,Euro,0.00001,0.00003,EUR,spot");
        for (var file = 0; file <= seed % 3; file++) replay.Ticks(market.NextFile(RowsPerFile));
        return replay.RandomSignals(market.SignalSymbols, recorders: 3, SignalCount, seed);
    }
}
