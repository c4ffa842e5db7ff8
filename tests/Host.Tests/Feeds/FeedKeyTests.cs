using StreamRecorder.Host.Tests.Support;
using StreamRecorder.TickFeed;

namespace StreamRecorder.Host.Tests.Feeds;

/// <summary>The sample client whose key the service does not take: it ends instead of trying for ever.</summary>
public sealed class FeedKeyTests
{
    [Fact]
    public async Task Key_UnknownOrOfAnotherScope_EndsTheFeed()
    {
        await using var service = await TestService.StartAsync();
        var made = await service.SendAsync("POST", "/api/keys", """{"name":"reader","scope":"read"}""");
        foreach (var (key, code) in new[] { ("wrong", 401), (made.Json.GetProperty("key").GetString()!, 403) })
        {
            await using var client = new FeedClient(new Uri($"ws://127.0.0.1:{service.Url.Port}/ticks/ws"), key, "gateway");
            var refused = await Assert.ThrowsAsync<FeedRefusedException>(
                () => client.Running.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
            Assert.Equal(code, refused.Code);
        }
    }
}
