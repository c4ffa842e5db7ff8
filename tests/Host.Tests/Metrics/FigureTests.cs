using StreamRecorder.Host.Tests.Support;

namespace StreamRecorder.Host.Tests.Metrics;

/// <summary>What a scrape says is what happened, to the last digit.</summary>
public sealed class FigureTests
{
    private const string Currency = "currency=\"USD\"";
    private const string Mine = "recorder=\"mine\"";

    [Fact]
    public async Task Scrape_TradesBetweenTwoScrapes_AreAllSeenExactly()
    {
        await using var service = await TestService.StartAsync();
        var hook = await service.RecorderAsync("mine");
        var first = await Scrape.TakeAsync(service);
        Assert.Equal(0, first["streamrecorder_positions_closed_total", Mine, "outcome=\"WIN\"", "reason=\"opposite\""]);

        // Lives about 200 ms: no gauge sees it.
        await service.FillAsync(hook, "buy", 25600);
        await service.TickAsync(25598.25m);
        await Task.Delay(200, TestContext.Current.CancellationToken);
        await service.FillAsync(hook, "sell", 25602);
        // A loss of 21 under a drawdown of 31.5, short and scaled in.
        await service.FillAsync(hook, "sell", 25600);
        await service.FillAsync(hook, "sell", 25610);
        await service.TickAsync(25612.875m);
        await service.FillAsync(hook, "close", 25610.25m);

        // One rendering answers for 300 ms.
        var scrape = await Scrape.WaitAsync(service, s => s.Of("streamrecorder_positions_closed_total").Sum(c => c.Value) == 2);
        Assert.Equal(1, scrape["streamrecorder_positions_closed_total", Mine, "outcome=\"WIN\"", "reason=\"opposite\""]);
        Assert.Equal(1, scrape["streamrecorder_positions_closed_total", Mine, "outcome=\"LOSS\"", "reason=\"signal\""]);
        Assert.Equal(3.5 + 31.5, scrape["streamrecorder_closed_drawdown_sum", Mine, Currency]);
        Assert.Equal(2, scrape["streamrecorder_closed_drawdown_count", Mine, Currency]);
        Assert.Equal([0, 0, 0, 1, 1, 1, 2], Buckets(scrape, "closed_drawdown", "0", "1", "2", "5", "10", "20", "50"));
        Assert.Equal(4 - 21, scrape["streamrecorder_closed_pnl_sum", Mine, Currency]);
        Assert.Equal([0, 1, 1, 1, 2, 2], Buckets(scrape, "closed_pnl", "-50", "-20", "-10", "2", "5", "+Inf"));
        Assert.Equal(4, scrape["streamrecorder_closed_profit_total", Mine, Currency]);
        Assert.Equal(21, scrape["streamrecorder_closed_loss_total", Mine, Currency]);
        Assert.Equal(2, scrape["streamrecorder_closed_duration_seconds_count", Mine]);
        var closed = await service.PositionsAsync("status=closed");
        var seconds = closed.Sum(p => (p.GetProperty("closed_at").GetDateTimeOffset() - p.GetProperty("opened_at").GetDateTimeOffset()).TotalSeconds);
        Assert.Equal(seconds, scrape["streamrecorder_closed_duration_seconds_sum", Mine], 1e-9);

        Assert.Equal(2, scrape["streamrecorder_ticks_total", "feed=\"http\""]);
        Assert.Equal(0, scrape["streamrecorder_ticks_total", "feed=\"socket\""]);
        Assert.Equal(2, scrape["streamrecorder_tick_apply_seconds_count"]);
        Assert.Equal(5, scrape["streamrecorder_webhook_requests_total", "outcome=\"accepted\""]);
        Assert.Equal(5, scrape["streamrecorder_webhook_ack_seconds_count"]);
    }

    [Fact]
    public async Task Scrape_IgnoredAlerts_AreCountedByReason()
    {
        await using var service = await TestService.StartAsync();
        var hook = await service.RecorderAsync("mine");
        await service.SendAsync("POST", hook, """{"action":"exit","symbol":"MNQ1!"}""", key: "");
        foreach (var second in (int[])[2, 1])
            await service.SendAsync(
                "POST", hook,
                $$"""
                {"symbol":"MNQ1!","price":1,"market_position":"long","market_position_size":{{second}},"timenow":"2025-12-04T15:00:0{{second}}Z"}
                """,
                key: "");
        var scrape = await Scrape.TakeAsync(service);
        string[] reasons = ["flat", "stale", "same_time", "at_target", "other_side", "held", "paused", "cancel"];
        Assert.Equal(
            [1, 1, 0, 0, 0, 0, 0, 0], reasons.Select(r => (int)scrape["streamrecorder_webhook_ignored_total", $"reason=\"{r}\""]));
        Assert.Equal(2, scrape["streamrecorder_webhook_requests_total", "outcome=\"ignored\""]);
    }

    [Fact]
    public async Task Scrape_OpenPosition_ShowsItsFiguresAndZeroAfterIt()
    {
        await using var service = await TestService.StartAsync();
        var hook = await service.RecorderAsync("mine");
        string[] pair = [Mine, "symbol=\"MNQ1!\"", Currency];
        await service.FillAsync(hook, "buy", 25600);
        await service.TickAsync(25594.5m);
        await service.TickAsync(25600.25m);
        var open = await Scrape.WaitAsync(service, s => s["streamrecorder_open_worst_pnl", pair] == -11);
        Assert.Equal(0.5, open["streamrecorder_open_unrealized_pnl", pair]);
        Assert.Equal(1, open["streamrecorder_positions_open", Mine]);
        Assert.InRange(open["streamrecorder_held_price_timestamp_seconds", "root=\"MNQ\""], 1, double.MaxValue);

        await service.FillAsync(hook, "close", 25600);
        var flat = await Scrape.WaitAsync(service, s => s["streamrecorder_open_worst_pnl", pair] == 0);
        Assert.Equal(0, flat["streamrecorder_open_unrealized_pnl", pair]);
        Assert.Equal(0, flat["streamrecorder_positions_open", Mine]);
        Assert.Equal(0, flat["streamrecorder_held_price_timestamp_seconds", "root=\"MNQ\""]);
    }

    [Fact]
    public async Task Scrape_RecorderRenamedWhileOpen_ShowsThePositionUnderItsNewNameOnly()
    {
        await using var service = await TestService.StartAsync();
        var hook = await service.RecorderAsync("mine");
        await service.FillAsync(hook, "buy", 25600);
        await service.TickAsync(25599);
        await Scrape.WaitAsync(service, s => s["streamrecorder_open_worst_pnl", Mine, "symbol=\"MNQ1!\"", Currency] == -2);
        Assert.Equal(200, (await service.SendAsync("PATCH", "/api/recorders/1", """{"name":"renamed"}""")).Status);
        var scrape =
            await Scrape.WaitAsync(service, s => s["streamrecorder_open_worst_pnl", "recorder=\"renamed\"", "symbol=\"MNQ1!\"", Currency] == -2);
        Assert.Equal(0, scrape["streamrecorder_open_worst_pnl", Mine, "symbol=\"MNQ1!\"", Currency]);
        Assert.Equal(0, scrape["streamrecorder_positions_open", Mine]);
        Assert.Equal(1, scrape["streamrecorder_positions_open", "recorder=\"renamed\""]);
    }

    [Fact]
    public async Task Scrape_BeyondTheLimits_CountsTheRest()
    {
        await using var service = await TestService.StartAsync(o => o with { MetricRecorders = 1, MetricPairs = 2 });
        var mine = await service.RecorderAsync("mine");
        var other = await service.RecorderAsync("other");
        foreach (var hook in new[] { mine, other })
            foreach (var symbol in new[] { "MNQ1!", "MES1!" }) await service.FillAsync(hook, "buy", 100, symbol: symbol);
        await service.FillAsync(other, "close", 101, symbol: "MES1!");
        var scrape = await Scrape.WaitAsync(service, s => s["streamrecorder_open_pairs_beyond_limit"] == 1);
        Assert.Equal(2, scrape["streamrecorder_positions_open", Mine]);
        Assert.Equal(1, scrape["streamrecorder_positions_open", "recorder=\"(others)\""]);
        Assert.Equal(2, scrape.Of("streamrecorder_open_worst_pnl").Count);
        Assert.Equal(1, scrape["streamrecorder_positions_closed_total", "recorder=\"(others)\"", "outcome=\"WIN\"", "reason=\"signal\""]);
    }

    [Fact]
    public async Task Scrape_AfterARestart_ShowsOpenPositionsAndCountsNoClosingTwice()
    {
        await using var service = await TestService.StartAsync();
        var hook = await service.RecorderAsync("mine");
        await service.FillAsync(hook, "buy", 25600);
        await service.FillAsync(hook, "close", 25601);
        await service.FillAsync(hook, "sell", 25600);
        await service.TickAsync(25602);
        await service.RestartAsync();
        var scrape = await Scrape.WaitAsync(service, s => s["streamrecorder_open_worst_pnl", Mine, "symbol=\"MNQ1!\"", Currency] == -4);
        Assert.Equal(0, scrape.Of("streamrecorder_positions_closed_total").Sum(s => s.Value));
        Assert.InRange(scrape["streamrecorder_gap_seconds_total"], 1e-6, double.MaxValue);
    }

    [Fact]
    public async Task Scrape_DrawdownAboveTheLimit_IsCountedAtTheClosing()
    {
        await using var service = await TestService.StartAsync();
        var hook = await service.RecorderAsync("mine", ""","drawdown_limit":4""");
        Assert.Equal(4, (await Scrape.TakeAsync(service))["streamrecorder_drawdown_limit", Mine]);
        foreach (var worst in new[] { 25598.01m, 25598m, 25597.99m })
        {
            await service.FillAsync(hook, "buy", 25600);
            await service.TickAsync(worst);
            await service.FillAsync(hook, "close", 25600);
        }
        // At the limit is within it.
        await Scrape.WaitAsync(service, s => s["streamrecorder_closed_drawdown_count", Mine, Currency] == 3);
        Assert.Equal(1, (await Scrape.TakeAsync(service))["streamrecorder_closed_over_limit_total", Mine]);
        await service.SendAsync("PATCH", "/api/recorders/1", """{"drawdown_limit":null}""");
        await Scrape.WaitAsync(service, s => s["streamrecorder_drawdown_limit", Mine] == 0);
    }

    [Fact]
    public async Task Scrape_UnpricedPosition_IsCountedUntilItsSymbolTicks()
    {
        await using var service = await TestService.StartAsync();
        var hook = await service.RecorderAsync("mine");
        await service.FillAsync(hook, "buy", 25600);
        await Scrape.WaitAsync(service, s => s["streamrecorder_unpriced_positions"] == 1);
        await service.TickAsync(25602);
        await Scrape.WaitAsync(service, s => s["streamrecorder_unpriced_positions"] == 0);
    }

    private static double[] Buckets(Scrape scrape, string name, params string[] bounds) =>
        [.. bounds.Select(le => scrape[$"streamrecorder_{name}_bucket", Mine, Currency, $"le=\"{le}\""])];
}
