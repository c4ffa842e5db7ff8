using System.Text.Json;
using StreamRecorder.Host.Replay;

namespace StreamRecorder.Host.Tests.Replay;

/// <summary>What a replay promises about order, contracts, repeats and bad lines, each by the smallest files that show it.</summary>
public sealed class ReplayRulesTests
{
    private const string Buy = """{"time":"2025-12-04T15:00:10Z","recorder":"a","action":"buy","symbol":"MNQ1!","quantity":1,"price":25600}""";
    private const string Close = """{"time":"2025-12-04T15:00:20Z","recorder":"a","action":"close","symbol":"MNQ1!","price":25602}""";

    [Fact]
    public void Position_KnownAnswer_HasItsFigures()
    {
        using var replay = new ReplayCase()
            .TickRows("2025-12-04T15:00:05Z,MNQZ5,25000", "2025-12-04T15:00:15Z,MNQZ5,25598", "2025-12-04T15:00:25Z,MNQZ5,1").Signals(Buy, Close);
        var position = PositionsAssert.Single(replay.RunEngine());
        AssertField(position, "worst_unrealized_pnl", "-4");
        AssertField(position, "realized_pnl", "4");
        AssertField(position, "drawdown", "4");
        AssertField(position, "tick_count", "1");
        AssertField(position, "contract", "\"MNQZ2025\"");
        AssertField(position, "opened_at", "\"2025-12-04T15:00:10.000000Z\"");
        AssertField(position.GetProperty("entries")[0], "price", "25600");
        AssertField(position.GetProperty("exits")[0], "signal_time", "\"2025-12-04T15:00:20.000000Z\"");
    }

    [Fact]
    public void Tick_AtTheTimeOfASignal_ComesBeforeIt()
    {
        using var replay = new ReplayCase().TickRows("2025-12-04T15:00:10Z,MNQ1!,1", "2025-12-04T15:00:20Z,MNQ1!,25590").Signals(Buy, Close);
        var position = PositionsAssert.Single(replay.RunEngine());
        AssertField(position, "tick_count", "1");
        AssertField(position, "worst_unrealized_pnl", "-20");
    }

    [Fact]
    public void Files_EqualTimes_FollowTheCommandLine()
    {
        using var replay = new ReplayCase().TickRows("2025-12-04T15:00:15Z,MNQ1!,25598").TickRows("2025-12-04T15:00:15Z,MNQ1!,25597").Signals(Buy);
        AssertField(PositionsAssert.Single(replay.RunEngine()), "current_price", "25597");
    }

    [Fact]
    public void Row_OlderThanTheRowBefore_ArrivesWithIt()
    {
        // Its own time is before the entry, but it came after: it counts, with its own time.
        using var replay = new ReplayCase()
            .TickRows("2025-12-04T15:00:12Z,MNQ1!,25599", "2025-12-04T15:00:09Z,MNQ1!,25590", "2025-12-04T15:00:06Z,MNQ1!,1").Signals(Buy);
        var report = new ReplayReport();
        var position = PositionsAssert.Single(replay.RunEngine(report: report));
        AssertField(position, "worst_at", "\"2025-12-04T15:00:09.000000Z\"");
        AssertField(position, "tick_count", "2");
        Assert.Equal(1, report.TicksLate);
    }

    [Fact]
    public void Contract_OtherExpiryTakesOver_PositionKeepsItsOwnAndIsFlagged()
    {
        using var replay = Rolled("""{"time":"2025-12-08T15:00:05Z","recorder":"a","action":"buy","symbol":"GC1!","quantity":1,"price":4101}""");
        var position = PositionsAssert.Single(replay.RunEngine());
        AssertField(position, "contract", "\"GCZ2025\"");
        AssertField(position, "tick_count", "1");
        AssertField(position, "flags", """["contract_changed"]""");
        AssertField(position.GetProperty("entries")[0], "flags", "[]");
        AssertField(position.GetProperty("entries")[1], "flags", """["contract_changed"]""");
    }

    [Fact]
    public void Contract_ReversalAfterTheRoll_OpensOnTheNewOneUnflagged()
    {
        using var replay = Rolled("""{"time":"2025-12-08T15:00:05Z","recorder":"a","action":"reverse","symbol":"GC1!","price":4101}""");
        using var document = JsonDocument.Parse(replay.RunEngine());
        var positions = document.RootElement.GetProperty("positions");
        AssertField(positions[0], "contract", "\"GCG2026\"");
        AssertField(positions[0], "flags", "[]");
        AssertField(positions[0].GetProperty("entries")[0], "flags", "[]");
        AssertField(positions[1], "contract", "\"GCZ2025\"");
        AssertField(positions[1], "flags", """["contract_changed"]""");
        AssertField(positions[1].GetProperty("exits")[0], "flags", """["contract_changed"]""");
    }

    [Fact]
    public void Signal_KeyOfAnEarlierOne_IsARepeatOnlyWhenAskedFor()
    {
        const string First =
            """{"time":"2025-12-04T15:00:10Z","recorder":"a","id":"x1","action":"buy","symbol":"MNQ1!","quantity":1,"price":25600}""";
        using var replay =
            new ReplayCase().TickRows("2025-12-04T15:00:05Z,MNQ1!,25600").Signals(First, First.Replace(":10Z", ":11Z", StringComparison.Ordinal));
        AssertField(PositionsAssert.Single(replay.RunEngine()), "total_quantity", "2");
        AssertField(PositionsAssert.Single(replay.RunEngine(duplicateWindow: 0)), "total_quantity", "1");
    }

    [Fact]
    public void BadLines_OfEveryKind_AreCountedAndTheRestIsTaken()
    {
        using var replay = new ReplayCase()
            .TickRows("2025-12-04T15:00:05Z,MNQ1!,25600", "2025-12-04T15:00:06Z,NOPE,1", "never,MNQ1!,1", "2025-12-04T15:00:15Z,MNQ1!,25598")
            .Signals(Buy, "no json", """{"recorder":"a","action":"buy"}""", """{"time":1,"action":"buy"}""",
                Buy.Replace("buy", "fly", StringComparison.Ordinal), Close, Close);
        var report = new ReplayReport();
        AssertField(PositionsAssert.Single(replay.RunEngine(report: report)), "tick_count", "1");
        Assert.Equal((2, 2, 3), (report.TicksApplied, report.RowsRejected, report.LinesRejected));
        Assert.Equal((2, 1, 1), (report.SignalsApplied, report.SignalsIgnored, report.SignalsRefused));
        var told = new StringWriter();
        report.Write(told);
        Assert.Contains("ticks0.csv, line 3: \"NOPE\"", told.ToString(), StringComparison.Ordinal);
        Assert.Contains("signals0.ndjson, line 5: action_unknown", told.ToString(), StringComparison.Ordinal);
        Assert.Contains("1 ignored (flat 1), 1 refused (action_unknown 1)", told.ToString(), StringComparison.Ordinal);
    }

    /// <summary>Long one GC1! on GCZ2025; four days later only GCG2026 ticks.</summary>
    private static ReplayCase Rolled(string signal) => new ReplayCase()
        .TickRows("2025-12-04T15:00:00Z,GCZ5,4200", "2025-12-04T15:00:02Z,GCZ5,4199", "2025-12-08T15:00:00Z,GCG6,4100")
        .Signals("""{"time":"2025-12-04T15:00:01Z","recorder":"a","action":"buy","symbol":"GC1!","quantity":1,"price":4200}""", signal);

    private static void AssertField(JsonElement element, string name, string raw) => Assert.Equal(raw, element.GetProperty(name).GetRawText());
}
