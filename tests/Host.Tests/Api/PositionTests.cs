using System.Text.Json;
using StreamRecorder.Host.Tests.Support;

namespace StreamRecorder.Host.Tests.Api;

public sealed class PositionTests
{
    [Fact]
    public async Task Read_AfterEachAnswer_SeesItsEffect()
    {
        await using var service = await TestService.StartAsync();
        var hook = await service.RecorderAsync("a");
        for (var round = 0; round < 40; round++)
        {
            var opened = (await service.FillAsync(hook, "buy", 25600)).Json.GetProperty("position_id").GetInt64();
            var open = Assert.Single(await service.PositionsAsync("status=open"));
            Assert.Equal(opened, open.GetProperty("id").GetInt64());
            await service.TickAsync(25598);
            Assert.Equal("4", (await service.GetAsync($"/api/positions/{opened}")).Json.GetProperty("drawdown").GetRawText());
            await service.FillAsync(hook, "close", 25602);
            Assert.Empty(await service.PositionsAsync("status=open"));
            Assert.Equal(round + 1, (await service.PositionsAsync("status=closed")).Count);
            var trade = (await service.GetAsync("/api/dashboard/trade-history?limit=1")).Json.GetProperty("trades")[0];
            Assert.Equal("4", trade.GetProperty("profit").GetRawText());
            var whole = (await service.GetAsync($"/api/positions/{opened}")).Json;
            Assert.Equal(1, whole.GetProperty("entries").GetArrayLength());
            Assert.Equal(1, whole.GetProperty("exits").GetArrayLength());
        }
    }

    [Fact]
    public async Task Pages_WhilePositionsClose_ShowEachOnceInOrder()
    {
        await using var service = await TestService.StartAsync();
        var hooks = new List<string>();
        for (var i = 0; i < 9; i++) hooks.Add(await service.RecorderAsync($"r{i}"));
        foreach (var hook in hooks) await service.FillAsync(hook, "buy", 100);
        var seen = new List<long>();
        var cursor = "";
        for (var page = 0; cursor is not null; page++)
        {
            var json = (await service.GetAsync($"/api/positions?status=all&limit=2{cursor}")).Json;
            seen.AddRange(json.GetProperty("positions").EnumerateArray().Select(p => p.GetProperty("id").GetInt64()));
            cursor = json.GetProperty("next_cursor").GetString() is { } next ? "&cursor=" + next : null;
            await service.FillAsync(hooks[page], "close", 101);
        }
        Assert.Equal(9, seen.Count);
        Assert.Equal(seen.OrderDescending(), seen);
        Assert.Equal(9, seen.Distinct().Count());
    }

    [Fact]
    public async Task List_Filtered_GivesOnlyWhatFits()
    {
        await using var service = await TestService.StartAsync();
        var (a, b) = (await service.RecorderAsync("a"), await service.RecorderAsync("b"));
        await service.FillAsync(a, "buy", 25600);
        await service.FillAsync(a, "sell", 25601);
        await service.FillAsync(a, "sell", 5000, symbol: "ES1!");
        await service.FillAsync(b, "buy", 25600);
        Assert.Equal(2, (await service.PositionsAsync("recorder=a")).Count);
        Assert.Equal(2, (await service.PositionsAsync("recorder=1")).Count);
        Assert.Equal(2, (await service.PositionsAsync("symbol=CME_MINI:MNQ1!")).Count);
        Assert.Equal("ES1!", Assert.Single(await service.PositionsAsync("symbol=ES&recorder=a&status=open")).GetProperty("symbol").GetString());
        Assert.Empty(await service.PositionsAsync("recorder=nobody"));
        var closed = Assert.Single(await service.PositionsAsync("status=closed"));
        var at = closed.GetProperty("closed_at").GetString();
        Assert.Single(await service.PositionsAsync($"status=closed&from={at}"));
        Assert.Empty(await service.PositionsAsync($"status=closed&to={at}"));
        Assert.Empty(await service.PositionsAsync("from=2100-01-01"));
    }

    [Fact]
    public async Task Close_ByHand_TakesPriceOrLastTick()
    {
        await using var service = await TestService.StartAsync();
        var hook = await service.RecorderAsync("a");
        var first = (await service.FillAsync(hook, "buy", 25600)).Json.GetProperty("position_id").GetInt64();
        Assert.Equal(422, (await service.SendAsync("POST", $"/api/positions/{first}/close")).Status);
        Assert.Equal(400, (await service.SendAsync("POST", $"/api/positions/{first}/close", """{"price":"x"}""")).Status);
        var closed = await service.SendAsync("POST", $"/api/positions/{first}/close", """{"price":25610.25}""");
        Assert.True(closed.Status == 200, closed.Text);
        Assert.Equal("20.5", closed.Json.GetProperty("realized_pnl").GetRawText());
        Assert.Equal("manual", closed.Json.GetProperty("close_reason").GetString());
        Assert.Equal(409, (await service.SendAsync("POST", $"/api/positions/{first}/close", "{}")).Status);

        await service.TickAsync(25620);
        var second = (await service.FillAsync(hook, "sell", 25625)).Json.GetProperty("position_id").GetInt64();
        await service.TickAsync(25621);
        var byTick = (await service.SendAsync("POST", $"/api/positions/{second}/close")).Json;
        Assert.Equal("25621", byTick.GetProperty("exit_price").GetRawText());
        Assert.Equal("tick", byTick.GetProperty("exits")[0].GetProperty("price_source").GetString());
    }

    [Fact]
    public async Task History_WithOpen_ShowsThemFirstWithTheirTotal()
    {
        await using var service = await TestService.StartAsync();
        var (a, b) = (await service.RecorderAsync("a"), await service.RecorderAsync("b"));
        await service.FillAsync(a, "buy", 25600);
        await service.FillAsync(a, "close", 25590);
        await service.FillAsync(b, "buy", 25600, 2);
        await service.FillAsync(b, "sell", 25610);
        await service.TickAsync(25620);
        var trades = (await service.GetAsync("/api/dashboard/trade-history?include_open=true")).Json.GetProperty("trades");
        Assert.Equal(["OPEN", "LOSS"], trades.EnumerateArray().Select(t => t.GetProperty("status").GetString()));
        Assert.Equal(
            ["open_time", "closed_time", "strategy", "symbol", "side", "size", "entry_price", "exit_price", "profit", "drawdown", "status", "source"],
            trades[0].EnumerateObject().Select(f => f.Name));
        Assert.Equal("60", trades[0].GetProperty("profit").GetRawText());
        Assert.Equal(JsonValueKind.Null, trades[0].GetProperty("closed_time").ValueKind);
        Assert.Equal("-20", trades[1].GetProperty("profit").GetRawText());
        Assert.Equal(1, (await service.GetAsync("/api/dashboard/trade-history")).Json.GetProperty("trades").GetArrayLength());
    }

    [Fact]
    public async Task Figures_ManyDigits_AreWrittenExactly()
    {
        await using var service = await TestService.StartAsync();
        var hook = await service.RecorderAsync("a");
        await service.HookAsync(hook, """{"action":"buy","symbol":"MNQ1!","price":25600.123456789,"quantity":0.000000001}""");
        var text = (await service.GetAsync("/api/positions")).Text;
        Assert.Contains("\"avg_entry_price\":25600.123456789,", text, StringComparison.Ordinal);
        Assert.Contains("\"total_quantity\":0.000000001,", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_OfPositions_SaysFiguresAndNoSecret()
    {
        await using var service = await TestService.StartAsync();
        var hook = await service.RecorderAsync("a");
        await service.FillAsync(hook, "buy", 25600, 2);
        await service.FillAsync(hook, "buy", 25602);
        await service.FillAsync(hook, "sell", 25604);
        await service.FillAsync(hook, "close", 25606);
        await service.HookAsync(hook, "nonsense");
        await service.GetAsync(hook);
        await service.StopAsync();
        var lines = service.Log.All;
        foreach (var word in new[] { "opened", "grew", "shrank", "closed" })
            Assert.Single(lines, line => line.Contains(" " + word + ": a LONG", StringComparison.Ordinal));
        Assert.DoesNotContain(
            lines, line => line.Contains(hook["/webhook/".Length..], StringComparison.Ordinal)
                || line.Contains(service.AdminKey, StringComparison.Ordinal));
    }
}
