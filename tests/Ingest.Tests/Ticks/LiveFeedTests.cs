using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Journal;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Ingest.Ticks;
using Xunit;

namespace StreamRecorder.Ingest.Tests.Ticks;

/// <summary>A contract is lost when its last sender breaks off, and only then.</summary>
public sealed class LiveFeedTests
{
    [Fact]
    public async Task Request_BrokenOff_LosesItsContractsAndNoOthers()
    {
        await using var service = await Service.StartAsync();
        var lost = new ConcurrentQueue<string>();
        service.Loop.Released = group =>
        {
            foreach (var outage in group.Outputs.OfType<OutageChanged>()) lost.Enqueue($"{outage.Contract} {outage.Since != 0}");
        };
        await service.TicksAsync("""{"symbol":"ES1!","price":1}""");
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(service.Client.BaseAddress!.Host, service.Client.BaseAddress.Port, TestContext.Current.CancellationToken);
            const string Lines = "{\"symbol\":\"MNQ1!\",\"price\":9}\n{\"symbol\":\"CME_MINI:MNQZ2025\",\"price\":9}\n";
            await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST /ticks HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{Lines}"),
                TestContext.Current.CancellationToken);
            await Service.UntilAsync(() => service.Loop.Counters.TicksApplied == 3);
        }
        await Service.UntilAsync(() => lost.Count == 2);
        Assert.Equal(["MNQ1! True", "MNQZ2025 True"], lost.Order());
        await service.TicksAsync("""{"symbol":"MNQ1!","price":1}""");
        await Service.UntilAsync(() => lost.Count == 3);
        Assert.Equal("MNQ1! False", lost.Last());
    }

    [Fact]
    public void Contract_WithAnotherSender_IsLostWithTheLastOne()
    {
        using var inbox = new Inbox();
        var feeds = new LiveFeeds(inbox, TimeProvider.System);
        var (first, second) = (feeds.Open(), feeds.Open());
        foreach (var feed in new[] { first, second, second }) feed.See(70);
        first.Dispose();
        Assert.Equal(0, inbox.QueryCount);
        second.Dispose();
        Assert.Equal(1, inbox.QueryCount);
    }

    [Fact]
    public void Feed_ThatSaysItIsDone_LosesNothing()
    {
        using var inbox = new Inbox();
        var feed = new LiveFeeds(inbox, TimeProvider.System).Open();
        feed.See(EngineLimits.SymbolsMax - 1);
        feed.End();
        feed.Dispose();
        Assert.Equal(0, inbox.QueryCount);
    }

    [Fact]
    public void Feed_OfManyContracts_IsToldInParts()
    {
        using var inbox = new Inbox();
        var feed = new LiveFeeds(inbox, TimeProvider.System).Open();
        for (var i = 0; i < EngineLimits.ContractsPerLoss + 1; i++) feed.See(i);
        feed.Dispose();
        Assert.Equal(2, inbox.QueryCount);
    }

    [Fact]
    public async Task Engine_WithoutRoom_IsToldWhenItHas()
    {
        using var inbox = new Inbox(queriesMax: 1);
        using var state = new StateMachine(Table.Symbols(), positionsMax: 10, lateTolerance: 0);
        using var journal = new MemoryJournal();
        var loop = new EngineLoop(state, journal, inbox, new Outbox(10), TimeProvider.System);
        Assert.Null(inbox.Offer(new LoseContracts([1])));
        var feed = new LiveFeeds(inbox, TimeProvider.System).Open();
        feed.See(2);
        feed.Dispose();
        loop.RunOnce();
        await Service.UntilAsync(() => inbox.QueryCount == 1);
    }
}
