using System.Text.Json;
using StreamRecorder.Host.Tests.Support;

namespace StreamRecorder.Host.Tests.Api;

/// <summary>The ledger through the API.</summary>
public sealed class SignalTests
{
    private const string Buy = """
        {"action":"buy","symbol":"MNQ1!","price":25600.25,"quantity":"2","time":"2025-12-04T15:00:00Z","comment":"first","password":"hunter2",
        "takeProfit":{"limitPrice":25700},"stopLoss":{"type":"stop","stopPrice":25590.125}}
        """;

    [Fact]
    public async Task List_AfterEachAnswer_ShowsTheBodyWithItsDecision()
    {
        await using var service = await TestService.StartAsync();
        var hook = await service.RecorderAsync("a");
        await service.HookAsync(hook, Buy);
        await service.HookAsync(hook, """{"action":"close","symbol":"ESZ2025"}""");
        await service.HookAsync(hook, """{"action":"dance"}""");
        await service.HookAsync(hook, """{"action":"add","symbol":"ESZ2025","price":1}""");
        var signals = await ListAsync(service);
        Assert.Equal(
            ["rejected position_missing", "rejected action_unknown", "ignored flat", "accepted "],
            signals.Select(s => $"{s.GetProperty("status").GetString()} {s.GetProperty("reason").GetString()}"));
        Assert.Equal(signals[1].GetProperty("id").GetInt64() + 1, signals[0].GetProperty("id").GetInt64());
        Assert.DoesNotContain("hunter2", signals[3].GetRawText(), StringComparison.Ordinal);
        await service.RestartAsync();
        Assert.Equal(signals.Select(Untimed), (await ListAsync(service)).Select(Untimed));
    }

    /// <summary>It concerns working orders of any symbol: one that names none is known again all the same.</summary>
    [Fact]
    public async Task Cancel_WithoutASymbol_IsIgnoredOnceAndKeptAcrossRestarts()
    {
        const string Cancel = """{"action":"cancel","id":"once"}""";
        await using var service = await TestService.StartAsync();
        var hook = await service.RecorderAsync("a");
        await service.FillAsync(hook, "buy", 25600);
        var tried = (await service.HookAsync(hook + "/test", Cancel)).Json;
        Assert.Equal((200, JsonValueKind.Null), (tried.GetProperty("would_answer").GetInt32(), tried.GetProperty("signal").GetProperty("symbol").ValueKind));
        var first = await service.HookAsync(hook, Cancel);
        Assert.Equal((200, "cancel"), (first.Status, first.Json.GetProperty("reason").GetString()));
        var kept = (await ListAsync(service))[0];
        Assert.Equal("ignored cancel ", Gist(kept));
        await service.StopAsync();
        foreach (var file in Directory.GetFiles(service.Directory, "stream_recorder.db*")) File.Delete(file);
        await using var again = await TestService.StartInAsync(service.Directory);
        Assert.Equal("ignored cancel ", Gist((await ListAsync(again))[0]));
        var second = (await again.HookAsync(hook, Cancel)).Json;
        Assert.Equal(
            ("duplicate", "cancel", first.Json.GetProperty("sequence").GetInt64()),
            (second.GetProperty("status").GetString(), second.GetProperty("reason").GetString(), second.GetProperty("sequence").GetInt64()));
        Assert.Single(await again.PositionsAsync());
        static string Gist(JsonElement entry) => $"{entry.GetProperty("status")} {entry.GetProperty("reason")} {entry.GetProperty("symbol")}";
    }

    [Fact]
    public async Task Signal_Shown_HasEveryField()
    {
        await using var service = await TestService.StartAsync();
        var hook = await service.RecorderAsync("a");
        var answer = (await service.HookAsync(hook, Buy)).Json;
        var shown = await AnsweredAsync(service, answer.GetProperty("sequence").GetInt64());
        Assert.Equal(
            "id recorder_id recorder status reason detail field effect action symbol price quantity position_id closed_position_id flags key label "
            + "brackets first_id retry_of retried_as "
            + "body body_cut signal_at received_at decided_at committed_at answered_at",
            string.Join(' ', shown.EnumerateObject().Select(p => p.Name)));
        Assert.Equal(
            ("a", "opened", "buy", "MNQ1!", "25600.25", "2", "first"),
            (Text("recorder"), Text("effect"), Text("action"), Text("symbol"), Text("price"), Text("quantity"), Text("label")));
        Assert.Equal(("2025-12-04T15:00:00.000000Z", answer.GetProperty("position_id").ToString()), (Text("signal_at"), Text("position_id")));
        Assert.Equal("""{"take_profit_price":25700,"stop_loss_price":25590.125}""", shown.GetProperty("brackets").GetRawText());
        string?[] hops = [Text("received_at"), Text("decided_at"), Text("committed_at"), Text("answered_at")];
        Assert.Equal(hops.Order(StringComparer.Ordinal), hops);
        Assert.All(hops, Assert.NotNull);
        Assert.Equal(404, (await service.GetAsync("/api/signals/1")).Status);
        string? Text(string name) => shown.GetProperty(name) is { ValueKind: not JsonValueKind.Null } value ? value.ToString() : null;
    }

    [Fact]
    public async Task List_FilteredAndPaged_GivesEachOnce()
    {
        await using var service = await TestService.StartAsync();
        var hooks = new[] { await service.RecorderAsync("a"), await service.RecorderAsync("b") };
        for (var i = 0; i < 12; i++) await service.HookAsync(hooks[i % 2], i % 3 == 0 ? "{}" : Buy);
        var all = await ListAsync(service);
        Assert.Equal(12, all.Count);
        Assert.Equal(6, (await ListAsync(service, "recorder=b")).Count);
        Assert.Equal(2, (await ListAsync(service, "recorder=b&status=rejected")).Count);
        Assert.Equal(4, (await ListAsync(service, "status=rejected")).Count);
        Assert.Equal(all.Skip(5), await ListAsync(service, $"to={all[4].GetProperty("received_at").GetString()}"), EqualText);
        Assert.Empty(await ListAsync(service, "recorder=nobody"));
        var paged = new List<JsonElement>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = (await service.GetAsync($"/api/signals?limit=5&cursor={cursor}")).Json;
            paged.AddRange(page.GetProperty("signals").EnumerateArray());
            cursor = page.GetProperty("next_cursor").GetString();
        }
        Assert.Equal(all, paged, EqualText);
    }

    [Theory]
    [InlineData("status=refused", "status")]
    [InlineData("limit=0", "limit")]
    [InlineData("cursor=x", "cursor")]
    [InlineData("from=yesterday", "from")]
    [InlineData("symbol=MNQ1!", "query")]
    public async Task List_WrongParameter_IsRefusedNamingIt(string query, string field)
    {
        await using var service = await TestService.StartAsync();
        var answer = await service.GetAsync("/api/signals?" + query);
        Assert.Equal((400, field), (answer.Status, answer.Json.GetProperty("field").GetString()));
    }

    [Fact]
    public async Task Body_OverTheLimit_IsKeptByItsBeginning()
    {
        await using var service = await TestService.StartAsync();
        var hook = await service.RecorderAsync("a");
        Assert.Equal(413, (await service.HookAsync(hook, string.Concat(Enumerable.Repeat("a=1;", 20_000)))).Status);
        var kept = Assert.Single(await ListAsync(service));
        Assert.Equal(
            ("body_too_large", 4096, true),
            (kept.GetProperty("reason").GetString(), kept.GetProperty("body").GetString()!.Length, kept.GetProperty("body_cut").GetBoolean()));
        Assert.Equal(200, (await service.HookAsync(hook, Buy)).Status);
    }

    /// <summary>The signal once the time of its answer is noted, which happens in the moment after it left.</summary>
    private static async Task<JsonElement> AnsweredAsync(TestService service, long id)
    {
        for (var tries = 0; ; tries++)
        {
            var shown = (await service.GetAsync($"/api/signals/{id}")).Json;
            if (shown.GetProperty("answered_at").ValueKind != JsonValueKind.Null) return shown;
            Assert.InRange(tries, 0, 1000);
        }
    }

    private static async Task<IReadOnlyList<JsonElement>> ListAsync(TestService service, string query = "")
    {
        var answer = await service.GetAsync("/api/signals?" + query);
        Assert.True(answer.Status == 200, answer.Text);
        return [.. answer.Json.GetProperty("signals").EnumerateArray()];
    }

    private static bool EqualText(JsonElement one, JsonElement other) => Untimed(one) == Untimed(other);

    /// <summary>Without the time of the answer, which is known only after it.</summary>
    private static string Untimed(JsonElement signal) => string.Join(',', signal.EnumerateObject().Where(p => p.Name != "answered_at"));
}
