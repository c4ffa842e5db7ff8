using StreamRecorder.TickFeed;
using Xunit;

namespace StreamRecorder.Ingest.Tests.Socket;

/// <summary>What the sample client does when something is wrong: with its ticks, or with the service.</summary>
public sealed class FeedClientTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static TheoryData<string, decimal> Unsendable => new()
    {
        { "AAPL", 1.0000000001m },
        { "AAPL", 100_000_000_000_000_000_000m },
        { "AAPL", -9_223_372_036.854775808m },
        { "", 1 },
        { "Ä", 1 },
        { new string('A', 65), 1 },
    };

    [Theory]
    [MemberData(nameof(Unsendable))]
    public async Task Batch_ThatAFrameCannotHold_TakesNoPlace(string symbol, decimal price)
    {
        using var late = Late();
        await using var service = await Service.StartAsync();
        await using var client = ClientOf(service.Client.BaseAddress!);
        // More than there are places.
        for (var i = 0; i < 300; i++)
            await Assert.ThrowsAsync<ArgumentException>(() => client.SendAsync([Tick("AAPL", 1), Tick(symbol, price)], late.Token));
        await client.SendAsync([Tick("AAPL", 271.505m)], late.Token);
        await client.FlushAsync(late.Token);
        Assert.Equal(1, service.Loop.Counters.TicksApplied);
    }

    /// <summary>Of the test: whoever waits longer has failed.</summary>
    private static CancellationTokenSource Late()
    {
        var late = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        late.CancelAfter(Limit);
        return late;
    }

    private static FeedClient ClientOf(Uri service) => new(new Uri($"ws://{service.Authority}/ticks/ws"), "key", "gateway");

    private static FeedTick Tick(string symbol, decimal price) => new(symbol, price, DateTimeOffset.UtcNow);
}
