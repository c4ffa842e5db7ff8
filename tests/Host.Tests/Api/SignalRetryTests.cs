using System.Text.Json;
using StreamRecorder.Host.Tests.Support;

namespace StreamRecorder.Host.Tests.Api;

/// <summary>A rejected signal applied later by hand.</summary>
public sealed class SignalRetryTests : IAsyncLifetime
{
    private TestService _service = null!;
    private string _hook = null!;

    public async ValueTask InitializeAsync()
    {
        _service = await TestService.StartAsync();
        _hook = await _service.RecorderAsync("a");
    }

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task Retry_AfterItsCauseIsMended_AppliesItLateAndLinksBoth()
    {
        var id = await RejectedAsync("""{"action":"buy","symbol":"MNQZ2025","quantity":2,"secret":"hunter2"}""");
        Assert.Equal("price_unknown", (await RetryAsync(id)).Json.GetProperty("reason").GetString());
        await _service.TickAsync(25600, "MNQZ2025");
        var retried = await RetryAsync(id);
        Assert.True(retried.Status == 200, retried.Text);
        Assert.Equal(
            ("accepted", "opened", "[\"late\"]", id, "2"),
            (Text(retried, "status"), Text(retried, "effect"), Text(retried, "flags"), Number(retried, "retry_of"), Text(retried, "quantity")));
        Assert.Equal(Number(retried, "id"), Number(await _service.GetAsync($"/api/signals/{id}"), "retried_as"));
        var position = Assert.Single(await _service.PositionsAsync());
        Assert.Equal(
            (Number(retried, "position_id"), "25600", "[\"late\"]"),
            (position.GetProperty("id").GetInt64(), position.GetProperty("avg_entry_price").ToString(), position.GetProperty("flags").ToString()));
        await _service.RestartAsync();
        var again = await RetryAsync(id, force: true);
        Assert.Equal((409, $"It was retried already and applied as signal {Number(retried, "id")}."), (again.Status, again.Detail));
    }

    [Fact]
    public async Task Retry_OfAnUnknownInstrument_WorksOnceItIsKnown()
    {
        var id = await RejectedAsync("""{"action":"buy","symbol":"ACME","price":10}""");
        Assert.Equal(422, (await RetryAsync(id)).Status);
        await _service.SendAsync(
            "PUT", "/api/instruments", """{"instruments":[{"root":"ACME","tick_size":0.25,"tick_value":0.5,"currency":"USD","kind":"spot"}]}""");
        Assert.Equal(200, (await RetryAsync(id)).Status);
    }

    [Fact]
    public async Task Retry_AfterALaterSignal_NeedsForce()
    {
        var id = await RejectedAsync("""{"action":"add","symbol":"MNQZ2025","price":100}""");
        await _service.FillAsync(_hook, "buy", 101, symbol: "ESZ2025");
        await _service.FillAsync(_hook, "buy", 101, symbol: "MNQZ2025");
        var refused = await RetryAsync(id);
        Assert.Equal((409, "force"), (refused.Status, Text(refused, "field")));
        var forced = await RetryAsync(id, force: true);
        Assert.Equal((200, "added"), (forced.Status, Text(forced, "effect")));
    }

    [Fact]
    public async Task Retry_Forced_OfATargetOlderThanTheNewest_IsAppliedAllTheSame()
    {
        var id = await RejectedAsync(
            """{"action":"buy","symbol":"MNQZ2025","market_position":"long","market_position_size":3,"timenow":"2025-12-04T15:00:00Z"}""");
        await _service.HookAsync(
            _hook,
            """{"action":"buy","symbol":"MNQZ2025","price":5,"market_position":"long","market_position_size":1,"timenow":"2025-12-04T15:00:05Z"}""");
        await _service.TickAsync(6, "MNQZ2025");
        var forced = await RetryAsync(id, force: true);
        Assert.Equal(("accepted", "added"), (Text(forced, "status"), Text(forced, "effect")));
    }

    [Fact]
    public async Task Retry_OfABodyThatCameAgainUnderItsKey_IsRefused()
    {
        const string body = """{"action":"buy","symbol":"MNQZ2025","id":"k","password":"hunter2"}""";
        var id = await RejectedAsync(body);
        await _service.TickAsync(25600, "MNQZ2025");
        Assert.Equal(200, (await _service.HookAsync(_hook, body)).Status);
        var refused = await RetryAsync(id, force: true);
        Assert.Equal(409, refused.Status);
        Assert.Contains("same id", refused.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Retry_WithAKey_MakesALaterDeliveryARepeat()
    {
        const string body = """{"action":"buy","symbol":"MNQZ2025","id":"k","password":"hunter2"}""";
        var id = await RejectedAsync(body);
        await _service.TickAsync(25600, "MNQZ2025");
        Assert.Equal(200, (await RetryAsync(id)).Status);
        Assert.Equal("duplicate", Text(await _service.HookAsync(_hook, body), "status"));
    }

    [Fact]
    public async Task Retry_OfWhatCannotBe_IsRefusedWithASentence()
    {
        var accepted = Number(await _service.FillAsync(_hook, "buy", 1), "sequence");
        Assert.Equal(
            (409, "Only a rejected signal can be retried; this one was accepted."),
            ((await RetryAsync(accepted)).Status, (await RetryAsync(accepted)).Detail));
        Assert.Equal(404, (await RetryAsync(999_999)).Status);
        Assert.Equal(404, (await RetryAsync(1)).Status);
        var cut = await RejectedAsync("{\"action\":\"add\",\"symbol\":\"ESZ2025\",\"price\":1,\"x\":\"" + new string('y', 5000) + "\"}");
        Assert.Equal(
            (409, "Only the beginning of its body was kept; send the whole to the webhook again."),
            ((await RetryAsync(cut)).Status, (await RetryAsync(cut)).Detail));
        var reader = (await _service.SendAsync("POST", "/api/keys", """{"name":"r","scope":"read"}""")).Json.GetProperty("key").GetString();
        Assert.Equal(403, (await _service.SendAsync("POST", $"/api/signals/{cut}/retry", key: reader)).Status);
        Assert.Single(await _service.PositionsAsync());
    }

    private async Task<long> RejectedAsync(string body)
    {
        Assert.InRange((await _service.HookAsync(_hook, body)).Status, 400, 422);
        var newest = (await _service.GetAsync("/api/signals?limit=1")).Json.GetProperty("signals")[0];
        Assert.Equal("rejected", newest.GetProperty("status").GetString());
        return newest.GetProperty("id").GetInt64();
    }

    private Task<Answer> RetryAsync(long id, bool force = false) =>
        _service.SendAsync("POST", $"/api/signals/{id}/retry" + (force ? "?force=true" : ""));

    private static string? Text(Answer answer, string name) => answer.Json.GetProperty(name).ToString();

    private static long Number(Answer answer, string name) =>
        answer.Json.GetProperty(name) is { ValueKind: JsonValueKind.Number } value ? value.GetInt64() : 0;
}
