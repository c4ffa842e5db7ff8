using StreamRecorder.Host.Tests.Support;

namespace StreamRecorder.Host.Tests.Api;

/// <summary>Every wrong input that the contract names: the right status, a sentence that helps, and nothing changed.</summary>
public sealed class RefusalTests(RefusalTests.Fixture fixture) : IClassFixture<RefusalTests.Fixture>
{
    /// <summary>One service with one open position, for all cases: none may change anything.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        public TestService Service { get; private set; } = null!;

        public string Hook { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            Service = await TestService.StartAsync();
            Hook = await Service.RecorderAsync("kept");
            await Service.FillAsync(Hook, "buy", 25600);
        }

        public async ValueTask DisposeAsync() => await Service.DisposeAsync();
    }

    [Theory]
    [InlineData("", 400)]
    [InlineData("{", 400)]
    [InlineData("null", 400)]
    [InlineData("[]", 400)]
    [InlineData("""{"action":"dance","symbol":"MNQ1!","price":1}""", 400)]
    [InlineData("""{"action":"{{strategy.order.action}}","symbol":"MNQ1!","price":1}""", 400)]
    [InlineData("""{"action":"buy","symbol":"MNQ1!","price":1,"quantity":0}""", 400)]
    [InlineData("""{"action":"buy","symbol":"MNQ1!","price":1,"quantity":-1}""", 400)]
    [InlineData("""{"action":"buy","symbol":"MNQ1!","price":1,"quantity":1000000001}""", 400)]
    [InlineData("""{"action":"buy","symbol":"MNQ1!","price":4600000001}""", 400)]
    [InlineData("""{"action":"buy","symbol":"MNQ1!","price":1.0000000001}""", 400)]
    [InlineData("""{"action":"buy","symbol":"MNQ1!","price":"NaN"}""", 400)]
    [InlineData("""{"action":"buy","action":"sell","symbol":"MNQ1!","price":1}""", 400)]
    [InlineData("""{"action":"buy","price":1}""", 400)]
    [InlineData("""{"action":"buy","symbol":"QQQZZZ1!","price":1}""", 422)]
    [InlineData("""{"action":"buy","symbol":"ES1!"}""", 422)]
    [InlineData("""{"action":"add","symbol":"ES1!","price":1}""", 422)]
    [InlineData("""{"action":"reverse","symbol":"ES1!","price":1}""", 422)]
    public async Task Webhook_WrongBody_IsRefusedAndChangesNothing(string body, int status) =>
        await AssertRefusedAsync(status, () => fixture.Service.HookAsync(fixture.Hook, body));

    [Theory]
    [InlineData("/webhook/nope")]
    [InlineData("/webhook/%20")]
    [InlineData("/webhook/AWCrH0K-cTOdPV6JeLLtTA2T033mKXNXq6Z9c42MU2w")]
    [InlineData("/webhook/a/b")]
    public async Task Webhook_UnknownToken_Is404(string path) =>
        await AssertRefusedAsync(404, () => fixture.Service.HookAsync(path, """{"action":"buy","symbol":"MNQ1!","price":1}"""));

    [Fact]
    public async Task Webhook_TooLong_Is413AndClosesTheConnection()
    {
        var answer = await AssertRefusedAsync(413, () => fixture.Service.HookAsync(fixture.Hook, new string('x', 70_000)));
        Assert.True(answer.Message.Headers.ConnectionClose);
    }

    [Theory]
    [InlineData("status=shut")]
    [InlineData("status=1")]
    [InlineData("limit=0")]
    [InlineData("limit=501")]
    [InlineData("limit=-1")]
    [InlineData("limit=x")]
    [InlineData("limit=1&limit=2")]
    [InlineData("cursor=%27%3B--")]
    [InlineData("cursor=AAAA")]
    [InlineData("from=yesterday")]
    [InlineData("to=2025-13-01")]
    [InlineData("symbol=NOPE1!")]
    [InlineData("recoder=kept")]
    public async Task Positions_WrongParameter_Is400(string query) =>
        await AssertRefusedAsync(400, () => fixture.Service.GetAsync("/api/positions?" + query));

    [Theory]
    [InlineData("limit=0")]
    [InlineData("include_open=perhaps")]
    [InlineData("from=x")]
    public async Task History_WrongParameter_Is400(string query) =>
        await AssertRefusedAsync(400, () => fixture.Service.GetAsync("/api/dashboard/trade-history?" + query));

    [Theory]
    [InlineData("{}", "name")]
    [InlineData("""{"name":""}""", "name")]
    [InlineData("""{"name":" a"}""", "name")]
    [InlineData("""{"name":"a\u0007b"}""", "name")]
    [InlineData("""{"name":"\ud800"}""", "name")]
    [InlineData("""{"name":5}""", "name")]
    [InlineData("""{"name":"n","colour":"red"}""", "colour")]
    [InlineData("""{"name":"n","name":"m"}""", "name")]
    [InlineData("""{"name":"n","on_opposite":"sideways"}""", "on_opposite")]
    [InlineData("""{"name":"n","default_quantity":0}""", "default_quantity")]
    [InlineData("""{"name":"n","default_quantity":1000000000.5}""", "default_quantity")]
    [InlineData("""{"name":"n","default_quantity":0.0000000001}""", "default_quantity")]
    [InlineData("""{"name":"n","default_quantity":"many"}""", "default_quantity")]
    [InlineData("""{"name":"n","default_quantity":1e400}""", "default_quantity")]
    [InlineData("""{"name":"n","duplicate_window":-1}""", "duplicate_window")]
    [InlineData("""{"name":"n","duplicate_window":86401}""", "duplicate_window")]
    [InlineData("""{"name":"n","price_max_age":"0.0000001"}""", "price_max_age")]
    [InlineData("""{"name":"n","fill_price":"last"}""", "fill_price")]
    [InlineData("""{"name":"n","commission":-0.5}""", "commission")]
    [InlineData("""{"name":"n","drawdown_limit":0}""", "drawdown_limit")]
    [InlineData("""{"name":"n","drawdown_limit":"off"}""", "drawdown_limit")]
    [InlineData("""{"name":"n","enabled":"yes"}""", "enabled")]
    public async Task Recorder_WrongSetting_Is400NamingIt(string body, string field)
    {
        var answer = await AssertRefusedAsync(400, () => fixture.Service.SendAsync("POST", "/api/recorders", body));
        Assert.Equal(field, answer.Json.GetProperty("field").GetString());
        if (!body.Contains("\"kept\"", StringComparison.Ordinal) && field != "name")
            Assert.Equal(
                400,
                (await fixture.Service.SendAsync("PATCH", "/api/recorders/1", body.Replace("\"name\":\"n\",", "", StringComparison.Ordinal))).Status);
    }

    [Theory]
    [InlineData("POST", "/api/recorders", "[]", 400)]
    [InlineData("POST", "/api/recorders", "nonsense", 400)]
    [InlineData("POST", "/api/recorders", """{"name":"kept"}""", 409)]
    [InlineData("PATCH", "/api/recorders/99", """{"enabled":false}""", 404)]
    [InlineData("PATCH", "/api/recorders/x", """{"enabled":false}""", 404)]
    [InlineData("GET", "/api/recorders/99", null, 404)]
    [InlineData("DELETE", "/api/recorders/1", null, 409)]
    [InlineData("DELETE", "/api/recorders/99", null, 404)]
    [InlineData("POST", "/api/recorders/1/tokens", """{"label":"default"}""", 409)]
    [InlineData("POST", "/api/recorders/1/tokens", """{"label":"a/b"}""", 400)]
    [InlineData("POST", "/api/recorders/1/tokens", """{"label":".."}""", 400)]
    [InlineData("POST", "/api/recorders/1/tokens", "{}", 400)]
    [InlineData("DELETE", "/api/recorders/1/tokens/none", null, 404)]
    [InlineData("GET", "/api/positions/999", null, 404)]
    [InlineData("GET", "/api/positions/x", null, 404)]
    [InlineData("POST", "/api/positions/999/close", "{}", 404)]
    [InlineData("POST", "/api/keys", """{"name":"admin","scope":"read"}""", 409)]
    [InlineData("POST", "/api/keys", """{"name":"k","scope":"god"}""", 400)]
    [InlineData("POST", "/api/keys", """{"name":"k"}""", 400)]
    [InlineData("DELETE", "/api/keys/none", null, 404)]
    [InlineData("PUT", "/api/instruments", "{}", 400)]
    [InlineData("PUT", "/api/instruments", """{"instruments":[{"root":"ABC"}]}""", 400)]
    [InlineData(
        "PUT", "/api/instruments",
        """{"instruments":[{"root":"AB","tick_size":1,"tick_value":1,"currency":"USD"},{"root":"AB","tick_size":2,"tick_value":1,"currency":"USD"}]}""", 400)]
    [InlineData("PUT", "/api/instruments", """{"instruments":[{"root":"AB","tick_size":1,"tick_value":1,"currency":"USD","point":1}]}""", 400)]
    [InlineData("PUT", "/api/front-contracts", """{"front_contracts":[{"root":"MNQ","contract":"ESZ2025","from_utc":"2025-12-01"}]}""", 400)]
    [InlineData("PUT", "/api/front-contracts", """{"front_contracts":[{"root":"MNQ","contract":"MNQ1!","from_utc":"2025-12-01"}]}""", 400)]
    [InlineData("PUT", "/api/front-contracts", """{"front_contracts":[{"root":"MNQ","contract":"MNQZ2025","from_utc":"soon"}]}""", 400)]
    [InlineData("GET", "/api/no-such-route", null, 404)]
    [InlineData("GET", "/no-such-route", null, 404)]
    [InlineData("POST", "/api/positions", "{}", 405)]
    [InlineData("GET", "/ticks", null, 405)]
    [InlineData("GET", "/healthz", null, 404)]
    public async Task Api_WrongRequest_IsRefused(string method, string path, string? body, int status) =>
        await AssertRefusedAsync(status, () => fixture.Service.SendAsync(method, path, body));

    [Fact]
    public async Task Api_BodyOfAnotherType_Is415() =>
        await AssertRefusedAsync(415, () => fixture.Service.SendAsync("POST", "/api/recorders", """{"name":"n"}""", type: "text/plain"));

    [Fact]
    public async Task Api_TooManyRows_Is400()
    {
        var rows = string.Join(',', Enumerable.Range(0, 501).Select(i => $$"""{"root":"R{{i}}","tick_size":1,"tick_value":1,"currency":"USD"}"""));
        await AssertRefusedAsync(400, () => fixture.Service.SendAsync("PUT", "/api/instruments", $$"""{"instruments":[{{rows}}]}"""));
    }

    private async Task<Answer> AssertRefusedAsync(int status, Func<Task<Answer>> send)
    {
        var before = await StateAsync();
        var answer = await send();
        Assert.True(answer.Status == status, $"{answer.Status} {answer.Text}");
        Assert.Equal("application/problem+json", answer.Message.Content.Headers.ContentType?.MediaType);
        Assert.Equal(status, answer.Json.GetProperty("status").GetInt32());
        Assert.True(answer.Detail.Length > 10, answer.Text);
        Assert.Equal(before, await StateAsync());
        return answer;
    }

    private async Task<string> StateAsync()
    {
        var texts = new List<string>();
        foreach (var path in new[] { "/api/positions?status=all", "/api/recorders", "/api/keys", "/api/instruments", "/api/front-contracts" })
            texts.Add((await fixture.Service.GetAsync(path)).Text);
        return string.Join('\n', texts);
    }
}
