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

    [Theory]
    [InlineData(400, "address")]
    [InlineData(401, "scope feed")]
    [InlineData(403, "scope feed")]
    [InlineData(404, "address")]
    [InlineData(426, "address")]
    public async Task Upgrade_RefusedForGood_EndsTheFeed(int status, string reason)
    {
        using var late = Late();
        await using var service = await UpgradeScript.StartAsync(status);
        await using var client = ClientOf(service.Address);
        await Task.WhenAny(client.Running).WaitAsync(late.Token);
        var refused = await Assert.ThrowsAsync<FeedRefusedException>(() => client.SendAsync([Tick("AAPL", 1)], late.Token));
        Assert.Equal(status, refused.Code);
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, service.RequestCount);
    }

    [Theory]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(503)]
    public async Task Upgrade_RefusedForNow_IsToldOnceAnOutage(int status)
    {
        using var late = Late();
        await using var service = await UpgradeScript.StartAsync(status, status, 101, status, status, 101);
        var told = new List<string>();
        await using var client = ClientOf(service.Address);
        client.Broken = told.Add;
        await service.LastReached.WaitAsync(late.Token);
        Assert.False(client.Running.IsCompleted);
        Assert.Equal(2, told.Count);
        Assert.Contains($"answers {status}", told[0], StringComparison.Ordinal);
        Assert.Contains("1001", told[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Service_ThatIsNotThere_IsToldAndTriedAgain()
    {
        using var late = Late();
        var told = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        // Nobody listens there: ports below 1024 are not given out.
        await using var client = ClientOf(new Uri("http://127.0.0.1:1"));
        client.Broken = what => told.TrySetResult(what);
        Assert.Contains("refused", await told.Task.WaitAsync(late.Token), StringComparison.Ordinal);
        Assert.False(client.Running.IsCompleted);
    }

    [Theory]
    [InlineData(5000, 1007)]
    [InlineData(7000, 1009)]
    public async Task Batch_BeyondTheBoundsOfAFrame_EndsTheFeed(int ticks, int code)
    {
        using var late = Late();
        await using var service = await Service.StartAsync();
        await using var client = ClientOf(service.Client.BaseAddress!);
        await client.SendAsync([.. Enumerable.Repeat(Tick("AAPL", 1), ticks)], late.Token);
        var refused = await Assert.ThrowsAsync<FeedRefusedException>(() => client.FlushAsync(late.Token));
        Assert.Equal(code, refused.Code);
    }

    [Fact]
    public async Task Rejected_OverTwoConnections_AreCountedTogether()
    {
        await using var service = await UpgradeScript.StartAsync(101, 101);
        await using var client = ClientOf(service.Address);
        // Each acknowledgement counts for its connection alone.
        await Service.UntilAsync(() => client.RejectedCount >= 2 * UpgradeScript.RejectedCount);
        Assert.Equal(2 * UpgradeScript.RejectedCount, client.RejectedCount);
    }

    /// <summary>Else a program that flushes and ends has not heard of what was rejected last.</summary>
    [Fact]
    public async Task Flush_WhileItsAcknowledgementIsTold_Waits()
    {
        using var late = Late();
        await using var service = await Service.StartAsync();
        await using var client = ClientOf(service.Client.BaseAddress!);
        var isOver = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        client.Acknowledged = _ => isOver.TrySetResult(client.FlushAsync(late.Token).IsCompleted);
        await client.SendAsync([Tick("AAPL", 1)], late.Token);
        Assert.False(await isOver.Task.WaitAsync(late.Token));
        await client.FlushAsync(late.Token);
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
