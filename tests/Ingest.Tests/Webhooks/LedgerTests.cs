using System.Text;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Signals;
using StreamRecorder.Ingest.Webhooks;
using Xunit;

namespace StreamRecorder.Ingest.Tests.Webhooks;

/// <summary>Every body that a valid token sends becomes one entry, by the time it is answered.</summary>
public sealed class LedgerTests
{
    private const string Buy = """{"action":"buy","symbol":"MNQ1!","price":25600.25,"quantity":1,"time":"2025-12-04T15:00:00Z","comment":"first"}""";

    [Theory]
    [InlineData(Buy, "accepted", null)]
    [InlineData("""{"action":"close","symbol":"MNQ1!"}""", "ignored", "flat")]
    [InlineData("""{"action":"cancel","symbol":"MNQ1!"}""", "ignored", "cancel")]
    [InlineData("command=CANCELORDERS;account=Sim101;", "ignored", "cancel")]
    [InlineData("""{"action":"dance","symbol":"MNQ1!"}""", "rejected", "action_unknown")]
    [InlineData("""{"action":"buy","symbol":"QQQZZZ1!"}""", "rejected", "instrument_unknown")]
    [InlineData("""{"action":"buy","symbol":"ES1!"}""", "rejected", "price_unknown")]
    [InlineData("", "rejected", "body_empty")]
    [InlineData("{", "rejected", "body_unreadable")]
    public async Task Body_OfAValidToken_IsOneEntry(string body, string status, string? reason)
    {
        await using var service = await Service.StartAsync();
        await service.SignalAsync(body);
        var entry = Assert.Single(service.TakeEntries());
        Assert.Equal((status, reason, body), (Words.Of(entry.Status), entry.Reason, Text(entry)));
        Assert.Equal(("test", false), (entry.Recorder, entry.Receipt.IsCut));
        Assert.True(entry.Receipt.ReceivedAt <= entry.DecidedAt && entry.DecidedAt <= entry.CommittedAt);
        if (status == "rejected") Assert.NotEmpty(entry.Detail!);
    }

    [Fact]
    public async Task Entry_OfASignal_HasWhatItSaid()
    {
        await using var service = await Service.StartAsync();
        var answer = await service.SignalAsync(Buy, key: "k");
        var entry = Assert.Single(service.TakeEntries());
        Assert.Equal((answer["sequence"], answer["position_id"]), ($"{entry.Id}", $"{entry.PositionId}"));
        Assert.Equal(
            new SignalGist
            {
                Action = SignalAction.Buy,
                Symbol = "MNQ1!",
                Price = 25600_250_000_000,
                Quantity = Fixed9.One,
                At = 1764860400_000_000,
                Key = "k",
                Label = "first",
            },
            entry.Gist);
    }

    [Fact]
    public async Task Entry_OfARefusedBody_HasWhatWasUnderstoodOfIt()
    {
        await using var service = await Service.StartAsync();
        await service.SignalAsync("""{"ticker":"mnq1!","price":"1.5","action":"dance","contracts":2}""");
        Assert.Equal(new SignalGist { Symbol = "MNQ1!", Price = 1_500_000_000 }, Assert.Single(service.TakeEntries()).Gist);
    }

    [Fact]
    public async Task Entry_OfARepeat_NamesTheFirst()
    {
        await using var service = await Service.StartAsync();
        await service.SignalAsync(Buy, key: "k");
        await service.SignalAsync(Buy, key: "k");
        var entries = service.TakeEntries();
        Assert.Equal([SignalStatus.Accepted, SignalStatus.Duplicate], entries.Select(e => e.Status));
        Assert.Equal([null, entries[0].Id], entries.Select(e => e.FirstId));
        Assert.NotEqual(entries[0].Id, entries[1].Id);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Body_TooLong_IsKeptByItsBeginning(bool isChunked)
    {
        await using var service = await Service.StartAsync();
        HttpContent content = new ByteArrayContent(Encoding.UTF8.GetBytes(Long(IngestLimits.BodyBytesMax + 1)));
        if (isChunked) content = new ChunkedContent(content);
        Assert.Equal(413, (await service.SignalAsync(content)).Status);
        var entry = Assert.Single(service.TakeEntries());
        Assert.Equal(("body_too_large", Long(IngestLimits.KeptBodyBytesMax), true), (entry.Reason, Text(entry), entry.Receipt.IsCut));
    }

    [Fact]
    public async Task Body_WithSecrets_IsKeptWithoutThem()
    {
        await using var service = await Service.StartAsync();
        await service.SignalAsync(Buy.Replace("}", ",\"password\":\"hunter2\"}", StringComparison.Ordinal));
        await service.SignalAsync("""{"action":"dance","token":"hunter2"}""");
        Assert.All(service.TakeEntries(), entry => Assert.DoesNotContain("hunter2", Text(entry), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Body_OfAnUnknownToken_IsNotKept()
    {
        await using var service = await Service.StartAsync();
        await service.SignalAsync(Buy, "nope");
        Assert.Empty(service.TakeEntries());
    }

    [Fact]
    public async Task Rate_FarOverTheLimit_KeepsSomeAndCountsTheOthers()
    {
        var time = new StandingTime();
        await using var service = await Service.StartAsync(settings: new WebhookSettings { SignalsPerSecond = 2 }, time: time);
        for (var i = 0; i < 6; i++) await service.SignalAsync(Buy);
        for (var i = 0; i < 5; i++) await service.SignalAsync("{}");
        var entries = service.TakeEntries();
        Assert.Equal(
            [("accepted", 2), ("rate_exceeded", IngestLimits.ExcessKeptPerSecond), ("action_missing", 2)],
            entries.GroupBy(e => e.Reason ?? Words.Of(e.Status)).Select(g => (g.Key, g.Count())));
        Assert.Equal(
            (11 - entries.Count, 4, 5), (service.Metrics.Unkept, service.Metrics.Count("rate_exceeded"), service.Metrics.Count("action_missing")));
    }

    [Fact]
    public async Task Answers_Written_AreReportedWithTheirEntry()
    {
        var written = new List<WrittenAnswer>();
        await using var service = await Service.StartAsync(settings: new WebhookSettings { Answered = written.Add });
        foreach (var body in new[] { Buy, Buy, "{}" }) await service.SignalAsync(body, key: "k");
        await Service.UntilAsync(() => written.Count == 3);
        var ids = service.TakeEntries().Select(e => e.Id).ToList();
        Assert.Equal([(ids[0], ids[0]), (ids[1], ids[0]), (ids[2], 0)], written.Select(w => (w.EntryId, w.Sequence)));
    }

    [Fact]
    public async Task Answers_GivenUp_AreNotReportedAsWritten()
    {
        var written = new List<WrittenAnswer>();
        await using var service =
            await Service.StartStillAsync(settings: new WebhookSettings { Answered = written.Add, AnswerTime = TimeSpan.FromMilliseconds(50) });
        Assert.Equal("commit_slow", (await service.SignalAsync(Buy))["reason"]);
        Assert.Empty(written);
    }

    [Fact]
    public async Task Sender_GoneBeforeItsAnswer_LeavesTheBodyInDoubtAtOnce()
    {
        await using var service = await Service.StartStillAsync(settings: new WebhookSettings { AnswerTime = TimeSpan.FromMinutes(10) });
        using var gone = new CancellationTokenSource();
        var pending = service.Client.PostAsync(new Uri("/webhook/" + service.Token, UriKind.Relative), new StringContent(Buy), gone.Token);
        await Service.UntilAsync(() => service.Inbox.SignalCount == 1);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pending);
        await Service.UntilAsync(() => service.Metrics.Count("sender_gone") == 1);
    }

    private static string Long(int length) => string.Concat(Enumerable.Repeat("a=1;", length / 4 + 1))[..length];

    private static string Text(LedgerEntry entry) => Encoding.UTF8.GetString(entry.Receipt.Body.Span);
}
