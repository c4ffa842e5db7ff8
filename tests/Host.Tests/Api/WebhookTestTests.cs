using System.Text.Json;
using StreamRecorder.Host.Tests.Support;
using StreamRecorder.Payloads;

namespace StreamRecorder.Host.Tests.Api;

public sealed class WebhookTestTests
{
    [Fact]
    public async Task Test_OfAReversal_ExplainsItAndChangesNothing()
    {
        await using var service = await TestService.StartAsync();
        var hook = await service.RecorderAsync("a");
        await service.FillAsync(hook, "buy", 25600);
        var before = await service.GetAsync("/api/positions?status=all");
        var signals = (await service.GetAsync("/api/signals")).Text;
        var test = await service.HookAsync(
            hook + "/test",
            """{"ticker":"MNQ1!","action":"sell","contracts":2,"price":25610,"market_position":"short","market_position_size":1,"prev_market_position":"long","prev_market_position_size":1,"token":"hunter2","tp":25500}""");
        Assert.Equal(200, test.Status);
        var json = test.Json;
        Assert.Equal(["TradingView"], Texts(json.GetProperty("dialects")));
        Assert.Equal(["token"], Texts(json.GetProperty("unknown_fields")));
        Assert.DoesNotContain("hunter2", test.Text, StringComparison.Ordinal);
        Assert.Equal("-1", json.GetProperty("signal").GetProperty("target_position").GetRawText());
        Assert.Equal("25500", json.GetProperty("signal").GetProperty("brackets").GetProperty("take_profit_price").GetRawText());
        Assert.Equal("25610", json.GetProperty("price").GetRawText());
        Assert.Equal(
            ("LONG", "1"),
            (json.GetProperty("position").GetProperty("side").GetString(), json.GetProperty("position").GetProperty("quantity").GetRawText()));
        var answer = json.GetProperty("answer");
        Assert.Equal(
            ("accepted", "reversed", "-1"),
            (answer.GetProperty("status").GetString(), answer.GetProperty("effect").GetString(), answer.GetProperty("held_after").GetRawText()));
        Assert.Equal(before.Text, (await service.GetAsync("/api/positions?status=all")).Text);
        Assert.Equal(signals, (await service.GetAsync("/api/signals")).Text);
    }

    [Fact]
    public async Task Test_OfAnyPayload_SaysWhatTheWebhookAnswers()
    {
        await using var service = await TestService.StartAsync(o => o with { HardRate = 100_000 });
        var hook = await service.RecorderAsync("a");
        foreach (var body in PayloadFile.Valid.Select(v => v.Body).Concat(PayloadFile.Invalid.Select(i => i.Body)))
        {
            var test = await service.HookAsync(hook + "/test", body);
            var real = await service.HookAsync(hook, body);
            Assert.True(test.Status == 200, $"{test.Status}: {body}");
            Assert.True(test.Json.GetProperty("would_answer").GetInt32() == real.Status, $"{test.Text}\n{real.Text}\n{body}");
            var (expected, actual) = (test.Json.GetProperty("answer"), real.Json);
            if (real.Status == 200 && actual.GetProperty("status").GetString() == "accepted")
                Assert.Equal(expected.GetProperty("effect").GetString(), actual.GetProperty("effect").GetString());
            if (real.Status != 200) Assert.Equal(expected.GetProperty("reason").GetString(), actual.GetProperty("reason").GetString());
        }
    }

    [Fact]
    public async Task Alert_ThatSaysWhatToClose_GoesBeforeTheRecorder()
    {
        await using var service = await TestService.StartAsync();
        var hook = await service.RecorderAsync("a", ""","on_opposite":"net" """);
        await service.FillAsync(hook, "buy", 25600, 3);
        const string Sell =
            """{"symbol":"MNQ1!","data":"sell","quantity":1,"price":25601,"reverse_order_close":true,"duplicate_position_allow":false}""";
        var signal = (await service.HookAsync(hook + "/test", Sell)).Json.GetProperty("signal");
        Assert.Equal(("true", "false"), (signal.GetProperty("closes_opposite").GetRawText(), signal.GetProperty("may_add").GetRawText()));
        Assert.Equal("reversed", (await service.HookAsync(hook, Sell)).Json.GetProperty("effect").GetString());
        await service.RestartAsync();
        Assert.Equal("opened", (await service.HookAsync(hook, Sell)).Json.GetProperty("effect").GetString());
        var held = (await service.HookAsync(hook, Sell.Replace("true", "false", StringComparison.Ordinal))).Json;
        Assert.Equal(("ignored", "held"), (held.GetProperty("status").GetString(), held.GetProperty("reason").GetString()));
        Assert.Equal(
            ["SHORT 1 open", "SHORT 1 closed", "LONG 3 closed"],
            (await service.PositionsAsync()).Select(p => $"{p.GetProperty("side")} {p.GetProperty("total_quantity")} {p.GetProperty("status")}"));
        var target = await service.HookAsync(hook + "/test", Sell.Replace("{", "{\"sentiment\":\"short\",", StringComparison.Ordinal));
        Assert.Contains("that decides", string.Join(' ', Texts(target.Json.GetProperty("warnings"))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Test_UnderAnUnknownToken_IsRefusedAsTheWebhookIs()
    {
        await using var service = await TestService.StartAsync();
        var real = await service.HookAsync("/webhook/nothing", "{}");
        var test = await service.HookAsync("/webhook/nothing/test", "{}");
        Assert.Equal((404, real.Text), (test.Status, test.Text));
    }

    [Fact]
    public async Task Mapping_OfARecorder_MakesItsAlertsUnderstood()
    {
        await using var service = await TestService.StartAsync();
        const string Body = """{"what":{"to_do":"LE","with":"MNQ1!","at":"25600"},"size":{"value":2},"price":{"last":1}}""";
        var plain = await service.RecorderAsync("plain");
        var hook = await service.RecorderAsync(
            "own",
            ""","field_mapping":{"what.to_do":"action","what.with":"symbol","what.at":"price","size.value":"quantity","price":"ignore","action_values":{"le":"buy"}}""");
        Assert.Equal(400, (await service.HookAsync(plain, Body)).Status);
        Assert.Equal("opened", (await service.HookAsync(hook, Body)).Json.GetProperty("effect").GetString());
        Assert.Equal("2", Assert.Single(await service.PositionsAsync("recorder=own")).GetProperty("total_quantity").GetRawText());
        await service.RestartAsync();
        Assert.Equal("added", (await service.HookAsync(hook, Body)).Json.GetProperty("effect").GetString());
        var cleared = await service.SendAsync("PATCH", "/api/recorders/2", """{"field_mapping":{}}""");
        Assert.Equal(JsonValueKind.Null, cleared.Json.GetProperty("field_mapping").ValueKind);
        Assert.Equal(400, (await service.HookAsync(hook, Body)).Status);
    }

    [Theory]
    [InlineData("""["a"]""", "must be an object")]
    [InlineData("\"x\"", "is no JSON")]
    [InlineData("""{"a":"nonsense"}""", "takes a for something that is not known. Known: symbol, action")]
    [InlineData("""{"a":1}""", "takes a for something that is not known")]
    [InlineData("""{"a":"symbol","A":"action"}""", "has A twice")]
    [InlineData("""{"my.token":"comment"}""", "never read")]
    [InlineData("""{"":"symbol"}""", "1 to 64 bytes")]
    [InlineData("""{"action_values":{"LE":"dance"}}""", "gives LE in action_values no known action")]
    [InlineData("""{"action_values":"buy"}""", "needs in action_values an object")]
    public async Task Mapping_Wrong_IsRefusedWithASentence(string mapping, string sentence)
    {
        await using var service = await TestService.StartAsync();
        var answer = await service.SendAsync("POST", "/api/recorders", $$"""{"name":"n","field_mapping":{{mapping}}}""");
        Assert.Equal((400, "field_mapping"), (answer.Status, answer.Json.GetProperty("field").GetString()));
        Assert.Contains(sentence, answer.Detail, StringComparison.Ordinal);
    }

    private static IEnumerable<string?> Texts(JsonElement array) => array.EnumerateArray().Select(t => t.GetString());
}
