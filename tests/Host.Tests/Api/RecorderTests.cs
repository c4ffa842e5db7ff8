using System.Text.Json;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Host.Tests.Support;

namespace StreamRecorder.Host.Tests.Api;

public sealed class RecorderTests
{
    [Fact]
    public async Task Recorder_Made_HasSettingsAndTokenThatWorks()
    {
        await using var service = await TestService.StartAsync();
        var made = await service.SendAsync(
            "POST", "/api/recorders",
            """{"name":"Täglich 5 min","on_opposite":"NET","default_quantity":"2.5","duplicate_window":"1.5","price_max_age":30,"fill_price":"signal","commission":0.000000001,"drawdown_limit":"250.5","enabled":true}""");
        Assert.Equal(201, made.Status);
        Assert.Equal("/api/recorders/1", made.Message.Headers.Location?.ToString());
        var json = made.Json;
        Assert.Equal("net", json.GetProperty("on_opposite").GetString());
        Assert.Equal("2.5", json.GetProperty("default_quantity").GetRawText());
        Assert.Equal("1.5", json.GetProperty("duplicate_window").GetRawText());
        Assert.Equal("0.000000001", json.GetProperty("commission").GetRawText());
        Assert.Equal("250.5", json.GetProperty("drawdown_limit").GetRawText());
        Assert.Equal("/webhook/" + json.GetProperty("token").GetString(), json.GetProperty("webhook_path").GetString());

        await service.HookAsync(json.GetProperty("webhook_path").GetString()!, """{"action":"buy","symbol":"MNQ1!","price":25600}""");
        var position = Assert.Single(await service.PositionsAsync("recorder=" + Uri.EscapeDataString("Täglich 5 min")));
        Assert.Equal("2.5", position.GetProperty("total_quantity").GetRawText());
    }

    [Fact]
    public async Task Recorder_Listed_ShowsNoToken()
    {
        await using var service = await TestService.StartAsync();
        var hook = await service.RecorderAsync("a");
        var list = (await service.GetAsync("/api/recorders")).Text;
        Assert.DoesNotContain(hook["/webhook/".Length..], list, StringComparison.Ordinal);
        Assert.Contains("\"label\":\"default\"", list, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Recorder_Patched_ChangesWhatIsGivenOnly()
    {
        await using var service = await TestService.StartAsync();
        await service.RecorderAsync("a", ""","commission":1.25,"on_opposite":"close" """);
        var changed = await service.SendAsync("PATCH", "/api/recorders/1", """{"name":"b","enabled":false}""");
        Assert.Equal(200, changed.Status);
        Assert.Equal((await service.GetAsync("/api/recorders/1")).Text, changed.Text);
        Assert.Equal("b", changed.Json.GetProperty("name").GetString());
        Assert.Equal("close", changed.Json.GetProperty("on_opposite").GetString());
        Assert.Equal("1.25", changed.Json.GetProperty("commission").GetRawText());
        Assert.False(changed.Json.GetProperty("enabled").GetBoolean());
    }

    [Fact]
    public async Task Recorder_DrawdownLimit_StaysUntilItIsSetToNull()
    {
        await using var service = await TestService.StartAsync();
        await service.RecorderAsync("a");
        Assert.Equal("null", await LimitAfterAsync("""{"enabled":true}"""));
        Assert.Equal("100.25", await LimitAfterAsync("""{"drawdown_limit":100.25}"""));
        Assert.Equal("100.25", await LimitAfterAsync("""{"commission":1}"""));
        await service.RestartAsync();
        Assert.Equal("100.25", (await service.GetAsync("/api/recorders/1")).Json.GetProperty("drawdown_limit").GetRawText());
        Assert.Equal("null", await LimitAfterAsync("""{"drawdown_limit":null}"""));
        await service.RestartAsync();
        Assert.Equal("null", (await service.GetAsync("/api/recorders/1")).Json.GetProperty("drawdown_limit").GetRawText());

        async Task<string> LimitAfterAsync(string change) =>
            (await service.SendAsync("PATCH", "/api/recorders/1", change)).Json.GetProperty("drawdown_limit").GetRawText();
    }

    [Fact]
    public async Task Recorder_MaxAge_RefusesWhatWasHeldUpUntilItIsSwitchedOff()
    {
        await using var service = await TestService.StartAsync();
        var hook = await service.RecorderAsync("a", ""","max_age":60""");
        var start = Timestamp.From(TimeProvider.System.GetUtcNow());
        Assert.Equal((422, "signal_too_old"), await SendAsync(Alert(minutesOld: 2)));
        var row = (await service.GetAsync("/api/signals")).Json.GetProperty("signals")[0];
        Assert.Equal(
            ("rejected", "signal_too_old", "time", Alert(minutesOld: 2)),
            (Text(row, "status"), Text(row, "reason"), Text(row, "field"), Text(row, "body")));
        Assert.Equal((200, "accepted"), await SendAsync(Alert(minutesOld: 0)));
        Assert.Equal((200, "accepted"), await SendAsync("""{"action":"buy","symbol":"MNQ1!","price":1}"""));

        Assert.Equal("600.5", await MaxAgeAfterAsync("""{"max_age":600.5}"""));
        Assert.Equal((200, "accepted"), await SendAsync(Alert(minutesOld: 2)));
        Assert.Equal("30", await MaxAgeAfterAsync("""{"max_age":"30"}"""));
        await service.RestartAsync();
        Assert.Equal((422, "signal_too_old"), await SendAsync(Alert(minutesOld: 3)));
        Assert.Equal("0", await MaxAgeAfterAsync("""{"max_age":0}"""));
        Assert.Equal((200, "accepted"), await SendAsync(Alert(minutesOld: 600)));

        string Alert(int minutesOld) =>
            $$"""{"action":"buy","symbol":"MNQ1!","price":1,"timenow":"{{Timestamp.Format(start - minutesOld * 60 * Timestamp.Second)}}"}""";
        async Task<(int, string?)> SendAsync(string body)
        {
            var answer = await service.HookAsync(hook, body);
            return (answer.Status, Text(answer.Json, answer.Status == 200 ? "status" : "reason"));
        }
        async Task<string> MaxAgeAfterAsync(string change) =>
            (await service.SendAsync("PATCH", "/api/recorders/1", change)).Json.GetProperty("max_age").GetRawText();
    }

    [Fact]
    public async Task Recorder_Paused_KeepsSignalsAsIgnored()
    {
        await using var service = await TestService.StartAsync();
        var hook = await service.RecorderAsync("a", ""","enabled":false""");
        var answer = await service.HookAsync(hook, """{"action":"buy","symbol":"MNQ1!","price":1}""");
        Assert.Equal(200, answer.Status);
        Assert.Equal("ignored", answer.Json.GetProperty("status").GetString());
        Assert.Empty(await service.PositionsAsync());
    }

    [Fact]
    public async Task Token_AddedAndRevoked_OpensAndClosesItsPath()
    {
        await using var service = await TestService.StartAsync();
        var first = await service.RecorderAsync("a");
        var added = await service.SendAsync("POST", "/api/recorders/1/tokens", """{"label":"second phone"}""");
        Assert.Equal(201, added.Status);
        var second = added.Json.GetProperty("webhook_path").GetString()!;
        await service.FillAsync(second, "buy", 25600);
        Assert.Equal(204, (await service.SendAsync("DELETE", "/api/recorders/1/tokens/second%20phone")).Status);
        Assert.Equal(404, (await service.HookAsync(second, """{"action":"buy","symbol":"MNQ1!","price":1}""")).Status);
        await service.FillAsync(first, "buy", 25601);
    }

    [Fact]
    public async Task Recorder_Removed_LeavesItsClosedPositionsUnderItsName()
    {
        await using var service = await TestService.StartAsync();
        var hook = await service.RecorderAsync("gone");
        await service.FillAsync(hook, "buy", 25600);
        Assert.Equal(409, (await service.SendAsync("DELETE", "/api/recorders/1")).Status);
        await service.FillAsync(hook, "close", 25610);
        Assert.Equal(204, (await service.SendAsync("DELETE", "/api/recorders/1")).Status);
        Assert.Equal(404, (await service.HookAsync(hook, """{"action":"buy","symbol":"MNQ1!","price":1}""")).Status);
        Assert.Single(await service.PositionsAsync("recorder=gone"));
        Assert.Single(await service.PositionsAsync("recorder=1"));
        Assert.Empty((await service.GetAsync("/api/recorders")).Json.GetProperty("recorders").EnumerateArray());

        await service.RecorderAsync("gone");
        Assert.Equal(2, (await service.GetAsync("/api/recorders")).Json.GetProperty("recorders")[0].GetProperty("id").GetInt32());
    }

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();
}
