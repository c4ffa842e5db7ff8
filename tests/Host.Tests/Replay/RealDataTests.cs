namespace StreamRecorder.Host.Tests.Replay;

/// <summary>The engine against the naive program on days of real ticks, where they are there (they are not part of the project).</summary>
public sealed class RealDataTests
{
    private const string Gold = "GCZ13_20131007_trade.csv.gz";
    private const string AllGold = "GC_all_20131007_trade.csv.gz";
    private const string Stock = "BAC_20131007_trade.csv.gz";
    private const string StockRow = "BAC,NYSE,Bank of America,0.01,0.01,USD,spot";
    private const string Currency = "OANDA_EURUSD_20140509_quote.csv.gz";

    [Theory]
    [InlineData("Auto", 1)]
    [InlineData("Close", 2)]
    [InlineData("Reverse", 3)]
    [InlineData("Net", 4)]
    public void Replay_GoldUnderItsAliases_EqualsNaive(string mode, int seed)
    {
        using var replay = new ReplayCase().TicksAt(RealData.Find(Gold)).RandomSignals(["GC1!", "GCZ13"], recorders: 4, count: 300, seed);
        AssertEqualsNaive(replay, mode, positionsMin: 40);
    }

    [Fact]
    public void Replay_Stock_EqualsNaive()
    {
        using var replay =
            new ReplayCase().TicksAt(RealData.Find(Stock)).Instruments(StockRow).RandomSignals(["BAC"], recorders: 3, count: 150, seed: 5);
        AssertEqualsNaive(replay, "Auto", positionsMin: 20);
    }

    [Fact]
    public void Replay_QuotesWithoutPrice_EqualsNaive()
    {
        using var replay = new ReplayCase().TicksAt(RealData.Find(Currency)).Instruments("EURUSD,OANDA,Euro,0.00001,1,USD,spot");
        replay.RandomSignals(["EURUSD"], recorders: 3, count: 200, seed: 6);
        AssertEqualsNaive(replay, "Net", positionsMin: 30);
    }

    [Fact]
    public void Replay_TenExpiriesInOneStream_EachPositionHasItsOwnContractsTicks()
    {
        using var replay = new ReplayCase().TicksAt(RealData.Find(AllGold));
        replay.RandomSignals(["GCZ13", "GCG14", "GCV13", "GCX13", "GC1!"], recorders: 3, count: 300, seed: 7);
        AssertEqualsNaive(replay, "Reverse", positionsMin: 50);
    }

    [Fact]
    public void Replay_ContinuousPositionWhileOtherExpiriesBegin_KeepsTheContractItOpenedWith()
    {
        // Gold of December ticks alone for the first half hour of the file; nine others come during the day.
        using var replay = new ReplayCase().TicksAt(RealData.Find(AllGold)).Signals(
            """{"time":1381104001000000,"recorder":"a","action":"buy","symbol":"GC1!","quantity":1,"price":1313.7}""",
            """{"time":1381150000000000,"recorder":"a","action":"buy","symbol":"GC1!","quantity":1}""",
            """{"time":1381150000000000,"recorder":"b","action":"buy","symbol":"GC1!","quantity":1}""",
            """{"time":1381170000000000,"recorder":"a","action":"sell","symbol":"GC1!","quantity":2}""");
        var engine = replay.RunEngine();
        PositionsAssert.Same(replay.RunNaive(), engine, "expiries");
        var position = PositionsAssert.Single(engine);
        Assert.Equal("GCZ2013", position.GetProperty("contract").GetString());
        Assert.Equal("closed", position.GetProperty("status").GetString());
    }

    [Fact]
    public void Replay_SeveralFilesAtOnce_EqualsNaive()
    {
        using var replay = new ReplayCase().TicksAt(RealData.Find(AllGold)).TicksAt(RealData.Find(Stock)).Instruments(StockRow);
        replay.RandomSignals(["BAC", "GCZ13", "GCG14"], recorders: 2, count: 120, seed: 8);
        AssertEqualsNaive(replay, "Auto", positionsMin: 15);
    }

    private static void AssertEqualsNaive(ReplayCase replay, string mode, int positionsMin)
    {
        var compared = PositionsAssert.Same(replay.RunNaive(mode), replay.RunEngine(mode), mode);
        Assert.True(compared >= positionsMin, $"only {compared} positions were compared");
    }
}
