using StreamRecorder.Engine;
using Xunit;

namespace StreamRecorder.Ingest.Tests.Webhooks;

/// <summary>
/// More alerts at once than the inbox takes: what is beyond is 503, never a 4xx that nobody sends again, and what was answered stays.
/// </summary>
public sealed class WebhookOverloadTests
{
    private const int Places = 20;
    private const int Burst = 200;

    [Fact]
    public async Task Burst_EngineStandsStill_OnlyAsManyWaitAsHavePlaces()
    {
        await using var service = await Service.StartStillAsync(new Inbox(signalsMax: Places));
        var pending = Enumerable.Range(0, Burst).Select(i => service.SignalAsync(Body(i))).ToList();
        await Service.UntilAsync(() => pending.Count(p => p.IsCompleted) >= Burst - Places);
        Assert.Equal(Places, service.Inbox.SignalCount);
        service.Loop.FailAll(new IOException("disk"));
        var answers = await Task.WhenAll(pending);
        Assert.Equal(Burst - Places, answers.Count(a => a is { Status: 503, RetryAfter: "5" } && a["reason"] == "inbox_full"));
        Assert.Equal(Places, answers.Count(a => a is { Status: 503, RetryAfter: "5" } && a["reason"] == "journal_failed"));
    }

    [Fact]
    public async Task Burst_SentAgainUntilTaken_AppliesEachOnce()
    {
        await using var service = await Service.StartAsync(inbox: new Inbox(signalsMax: 2));
        var first = await Task.WhenAll(Enumerable.Range(0, Burst).Select(i => service.SignalAsync(Body(i))));
        Assert.All(first, answer => Assert.True(answer.Status is 200 or 503, $"{answer.Status}"));
        for (var i = 0; i < Burst; i++)
        {
            var again = await service.SignalAsync(Body(i));
            Assert.Equal(first[i].Status == 200 ? "duplicate" : "accepted", again["status"]);
            if (first[i].Status == 200) Assert.Equal(first[i]["sequence"], again["sequence"]);
        }
    }

    private static string Body(int i) => $$"""{"action":"buy","symbol":"MNQ1!","price":25600.25,"quantity":1,"id":"{{i}}"}""";
}
