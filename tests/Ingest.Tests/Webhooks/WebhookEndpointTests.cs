using System.Text;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Ingest.Webhooks;
using Xunit;

namespace StreamRecorder.Ingest.Tests.Webhooks;

public sealed class WebhookEndpointTests
{
    private const string Buy = """{"action":"buy","symbol":"MNQ1!","price":25600.25,"quantity":1}""";

    [Fact]
    public async Task Signal_Opening_IsAnsweredWithItsEffect()
    {
        await using var service = await Service.StartAsync();
        var answer = await service.SignalAsync(Buy);
        Assert.Equal((200, "application/json"), (answer.Status, answer.ContentType));
        Assert.Equal(
            ["status", "sequence", "effect", "position_id", "position_status", "closed_position_id", "flags"],
            answer.Json.EnumerateObject().Select(p => p.Name));
        Assert.Equal(
            ("accepted", "opened", "open", "", "[]"),
            (answer["status"], answer["effect"], answer["position_status"], answer["closed_position_id"], answer["flags"]));
        Assert.Equal(1, service.Metrics.Count("accepted"));
    }

    [Fact]
    public async Task Signal_Closing_NamesTheClosedPosition()
    {
        await using var service = await Service.StartAsync();
        var opened = await service.SignalAsync(Buy);
        var closed = await service.SignalAsync("s=MNQ1! c=position p=25601");
        Assert.Equal(("accepted", "closed", "closed"), (closed["status"], closed["effect"], closed["position_status"]));
        Assert.Equal(opened["position_id"], closed["closed_position_id"]);
    }

    [Fact]
    public async Task Signal_WithNothingToDo_IsIgnoredWithAReason()
    {
        await using var service = await Service.StartAsync();
        var answer = await service.SignalAsync("""{"action":"close","symbol":"MNQ1!"}""");
        Assert.Equal((200, "ignored", "flat"), (answer.Status, answer["status"], answer["reason"]));
        Assert.NotNull(answer["sequence"]);
    }

    [Fact]
    public async Task Signal_RepeatedUnderItsKey_GetsTheFirstAnswer()
    {
        await using var service = await Service.StartAsync();
        var first = await service.SignalAsync(Buy, key: "k");
        var second = await service.SignalAsync(Buy, key: "k");
        Assert.Equal(("accepted", "duplicate"), (first["status"], second["status"]));
        Assert.Equal((first["sequence"], first["effect"], first["position_id"]), (second["sequence"], second["effect"], second["position_id"]));
        Assert.Equal((1, 1), (service.Metrics.Count("accepted"), service.Metrics.Count("duplicate")));
    }

    [Theory]
    [InlineData("""{"action":"dance","symbol":"MNQ1!"}""", 400, "action_unknown", "action")]
    [InlineData("""{"action":"buy","symbol":"QQQZZZ1!","price":1}""", 422, "instrument_unknown", "symbol")]
    [InlineData("""{"action":"buy","symbol":"ES1!"}""", 422, "price_unknown", "price")]
    [InlineData("""{"action":""", 400, "body_unreadable", null)]
    [InlineData("", 400, "body_empty", null)]
    public async Task Signal_Wrong_IsAProblem(string body, int status, string reason, string? field)
    {
        await using var service = await Service.StartAsync();
        var answer = await service.SignalAsync(body);
        Assert.Equal((status, "application/problem+json", reason, field), (answer.Status, answer.ContentType, answer["reason"], answer["field"]));
        Assert.Equal(status.ToString(System.Globalization.CultureInfo.InvariantCulture), answer["status"]);
        Assert.All(["type", "title", "detail"], name => Assert.NotEmpty(answer[name]!));
        Assert.Equal(1, service.Metrics.Count(reason));
    }

    [Fact]
    public async Task Token_UnknownRevokedOrMalformed_IsTheSame404()
    {
        await using var service = await Service.StartAsync();
        var id = service.Loop.Directory.FindByName("test")!.Id;
        var revoked = Engine.Recorders.Secret.Create();
        await service.DoAsync(new AddToken(id, new Engine.Recorders.RecorderToken("second", Engine.Recorders.Secret.Hash(revoked), 0)));
        Assert.Equal(200, (await service.SignalAsync(Buy, revoked)).Status);
        await service.DoAsync(new RevokeToken(id, "second"));
        var answers = new List<string>();
        foreach (var token in new[] { revoked, "nope", new string('a', 5000), service.Token + "x" })
        {
            var answer = await service.SignalAsync(Buy, token);
            answers.Add($"{answer.Status} {answer.Json}");
        }
        Assert.Single(answers.Distinct());
        Assert.StartsWith("404 ", answers[0], StringComparison.Ordinal);
        Assert.Equal(200, (await service.SignalAsync(Buy)).Status);
    }

    [Theory]
    [InlineData("/Webhook/{0}", 200)]
    [InlineData("/webhook/{0}/", 200)]
    [InlineData("/webhook/{0}/more", 404)]
    [InlineData("/webhook", 404)]
    public async Task Address_SpelledOtherwise_GoesByRouting(string address, int status)
    {
        await using var service = await Service.StartAsync();
        using var content = new StringContent(Buy);
        using var answer =
            await service.Client.PostAsync(
                new Uri(address.Replace("{0}", service.Token, StringComparison.Ordinal), UriKind.Relative), content,
                TestContext.Current.CancellationToken);
        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Method_Get_Is405()
    {
        await using var service = await Service.StartAsync();
        using var answer =
            await service.Client.GetAsync(new Uri("/webhook/" + service.Token, UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(405, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData(IngestLimits.BodyBytesMax, false, 400)]
    [InlineData(IngestLimits.BodyBytesMax + 1, false, 413)]
    [InlineData(IngestLimits.BodyBytesMax, true, 400)]
    [InlineData(IngestLimits.BodyBytesMax + 1, true, 413)]
    [InlineData(1_000_000, true, 413)]
    public async Task Body_OverTheLimit_Is413(int length, bool isChunked, int status)
    {
        await using var service = await Service.StartAsync();
        HttpContent content = new ByteArrayContent(Encoding.UTF8.GetBytes(new string('x', length)));
        if (isChunked) content = new ChunkedContent(content);
        Assert.Equal(status, (await service.SignalAsync(content)).Status);
        Assert.Equal(200, (await service.SignalAsync(Buy)).Status);
    }

    [Fact]
    public async Task Rate_OverTheLimit_Is429AndOnlyWellFormedCount()
    {
        var time = new StandingTime();
        await using var service = await Service.StartAsync(settings: new WebhookSettings { SignalsPerSecond = 3 }, time: time);
        for (var i = 0; i < 5; i++) Assert.Equal(400, (await service.SignalAsync("{}")).Status);
        for (var i = 0; i < 3; i++) Assert.Equal(200, (await service.SignalAsync(Buy)).Status);
        var answer = await service.SignalAsync(Buy);
        Assert.Equal((429, "1", "rate_exceeded"), (answer.Status, answer.RetryAfter, answer["reason"]));
        time.Advance(TimeSpan.FromMilliseconds(334));
        Assert.Equal(200, (await service.SignalAsync(Buy)).Status);
        Assert.Equal(429, (await service.SignalAsync(Buy)).Status);
    }

    [Fact]
    public async Task Inbox_Full_Is503WithRetryAfter()
    {
        await using var service = await Service.StartStillAsync(new Inbox(signalsMax: 0));
        var answer = await service.SignalAsync(Buy);
        Assert.Equal((503, "5", "inbox_full"), (answer.Status, answer.RetryAfter, answer["reason"]));
    }

    [Fact]
    public async Task Inbox_Closed_Is503()
    {
        await using var service = await Service.StartStillAsync();
        service.Inbox.Close();
        Assert.Equal("shutting_down", (await service.SignalAsync(Buy))["reason"]);
    }

    [Fact]
    public async Task Commit_Slow_Is503()
    {
        await using var service = await Service.StartStillAsync(settings: new WebhookSettings { AnswerTime = TimeSpan.FromMilliseconds(50) });
        var answer = await service.SignalAsync(Buy);
        Assert.Equal((503, "5", "commit_slow"), (answer.Status, answer.RetryAfter, answer["reason"]));
    }

    [Fact]
    public async Task Journal_Failing_Is503()
    {
        await using var service = await Service.StartStillAsync();
        var pending = service.SignalAsync(Buy);
        await Service.UntilAsync(() => service.Inbox.SignalCount == 1);
        service.Loop.FailAll(new IOException("disk"));
        var answer = await pending;
        Assert.Equal((503, "journal_failed"), (answer.Status, answer["reason"]));
    }

    [Fact]
    public async Task Body_TooSlow_Is503AndNotTaken()
    {
        await using var service = await Service.StartStillAsync(settings: new WebhookSettings { AnswerTime = TimeSpan.FromMilliseconds(50) });
        using var content = new HeldContent("{\"action\":"u8.ToArray());
        var pending = service.SignalAsync(content);

        // The client looks at the answer only when its body is out.
        await Service.UntilAsync(() => service.Metrics.Count("body_slow") == 1);
        content.Release([]);
        Assert.Equal((503, 0), ((await pending).Status, service.Inbox.SignalCount));
    }
}
