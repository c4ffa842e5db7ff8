using System.Net;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Messages;
using Xunit;
using static StreamRecorder.Ingest.Tests.Socket.RawFeed;

namespace StreamRecorder.Ingest.Tests.Socket;

/// <summary>What a connection may send and what it is told, with a real client and a real server.</summary>
public sealed class TickSocketTests
{
    [Theory]
    [InlineData("{\"symbol\":\"MNQ1!\",\"price\":1}\nbad\n{\"symbol\":\"MNQ1!\",\"price\":2}", 2, 1)]
    [InlineData("[{\"symbol\":\"MNQ1!\",\"price\":1},{\"symbol\":\"NOSUCH1!\",\"price\":2}]", 1, 1)]
    [InlineData("symbol,price\nMNQ1!,1\nAAPL,2\n", 2, 0)]
    public async Task Text_OfEachFormatWithoutAName_IsCounted(string frame, int accepted, int rejected)
    {
        await using var service = await Service.StartAsync();
        using var feed = await ConnectAsync(service);
        await feed.SendAsync(frame);
        var ack = await feed.NextAsync("ack");
        Assert.Equal((0, accepted, rejected), (Count(ack, "sequence"), Count(ack, "accepted"), Count(ack, "rejected")));
        if (rejected > 0) Assert.Equal((0, 2), (Count(ack.GetProperty("errors")[0], "sequence"), Count(ack.GetProperty("errors")[0], "line")));
        Assert.Equal(rejected > 0, ack.TryGetProperty("errors", out _));
    }

    [Fact]
    public async Task Text_Numbered_IsTakenOnceOverTwoConnections()
    {
        await using var service = await Service.StartAsync();
        using var first = await ConnectAsync(service);
        await first.SendAsync("#hello 1 gateway");
        Assert.Equal(0, Count(await first.NextAsync("welcome"), "sequence"));
        await first.SendAsync("#1\n{\"symbol\":\"MNQ1!\",\"price\":1}");
        await first.SendAsync("#2\r\nsymbol,price\nMNQ1!,2\n");
        await first.AckAsync(2);
        first.Abort();
        using var second = await ConnectAsync(service);
        await second.SendAsync("#hello 1 gateway\n");
        Assert.Equal(2, Count(await second.NextAsync("welcome"), "sequence"));
        await second.SendAsync("#2\nsymbol,price\nMNQ1!,2\n");
        await second.SendAsync("#3\n{\"symbol\":\"MNQ1!\",\"price\":3}");
        var ack = await second.AckAsync(3);
        Assert.Equal((1, 1), (Count(ack, "accepted"), Count(ack, "repeated")));
        Assert.Equal(3, service.Loop.Counters.TicksApplied);
    }

    [Fact]
    public async Task Repeated_WithARejectedLine_IsCountedWholeAndNotToldOfAgain()
    {
        await using var service = await Service.StartAsync();
        const string First = "#1\nsymbol,price\nMNQ1!,1\nNOSUCH1!,1\n";
        using var before = await ConnectAsync(service);
        await before.SendAsync("#hello 1 gateway");
        await before.NextAsync("welcome");
        await before.SendAsync(First);
        Assert.Equal(1, Count(await before.AckAsync(1), "rejected"));
        before.Abort();
        using var after = await ConnectAsync(service);
        await after.SendAsync("#hello 1 gateway");
        await after.NextAsync("welcome");
        await after.SendAsync(First);
        await after.SendAsync("#2\nsymbol,price\nMNQ1!,2\nNOSUCH1!,2\n");
        var ack = await after.AckAsync(2);
        Assert.Equal((1, 1, 2), (Count(ack, "accepted"), Count(ack, "rejected"), Count(ack, "repeated")));
        Assert.Equal([2], ack.GetProperty("errors").EnumerateArray().Select(e => Count(e, "sequence")));
    }

    [Fact]
    public async Task Binary_TicksThatCannotBeTaken_AreRejectedAlone()
    {
        await using var service = await Service.StartAsync();
        var (feed, _) = await OpenAsync(service, "gateway");
        using var open = feed;
        await feed.SendSymbolsAsync("MNQ1!", "NOSUCH1!");
        await feed.SendTicksAsync(
            1, Tick(0, 1), Tick(1, 2), Tick(0, 4_600_000_000.000000001m), Tick(0, 3, secondsAgo: -60), Tick(0, 4, secondsAgo: 60), Tick(0, 5));
        var ack = await feed.AckAsync(1);
        Assert.Equal((2, 1, 3, 0), (Count(ack, "accepted"), Count(ack, "late"), Count(ack, "rejected"), Count(ack, "repeated")));
        var errors = ack.GetProperty("errors").EnumerateArray()
            .Select(e => (Count(e, "sequence"), Count(e, "line"), e.GetProperty("reason").GetString()![..12])).ToArray();
        Assert.Equal([(1, 2, "\"NOSUCH1!\" i"), (1, 3, "price is bey"), (1, 4, "time is more")], errors);
    }

    [Fact]
    public async Task Binary_SymbolThatBecomesKnown_IsTakenFromThenOn()
    {
        await using var service = await Service.StartAsync();
        var (feed, _) = await OpenAsync(service, "gateway");
        using var open = feed;
        await feed.SendSymbolsAsync("NEWONE");
        await feed.SendTicksAsync(1, Tick(0, 1));
        Assert.Equal(1, Count(await feed.AckAsync(1), "rejected"));
        await service.DoAsync(
            new SetInstruments([new Instrument("NEWONE", "X", "n", 10_000_000, 10_000_000, "USD", InstrumentKind.Spot)], fromFiles: false));
        await feed.SendTicksAsync(2, Tick(0, 1));
        Assert.Equal(1, Count(await feed.AckAsync(2), "accepted"));
    }

    [Fact]
    public async Task Binary_YearOfOneDigit_IsNearestToTheTicksOwnTime()
    {
        await using var service = await Service.StartAsync();
        var (feed, _) = await OpenAsync(service, "gateway");
        using var open = feed;
        await feed.SendSymbolsAsync("MNQZ5");
        var old = new DateTimeOffset(2015, 12, 4, 15, 0, 0, TimeSpan.Zero);
        await feed.SendTicksAsync(
            1, new TickFeed.FeedTick("0", 1, old), new TickFeed.FeedTick("0", 1, old.AddYears(10)), new TickFeed.FeedTick("0", 1, old));
        await feed.AckAsync(1);
        Assert.Equal([("MNQZ2015", 2), ("MNQZ2025", 1)], service.Prices.All.Select(s => (s.Symbol.Name, s.Epochs.Running.Count)));
    }

    [Fact]
    public async Task Binary_SymbolsInSeveralFrames_GoOnBehindEachOther()
    {
        await using var service = await Service.StartAsync();
        var (feed, _) = await OpenAsync(service, "gateway");
        using var open = feed;
        await feed.SendSymbolsAsync("AAPL");
        await feed.SendTicksAsync(1, Tick(0, 1));
        await feed.SendSymbolsAsync("MNQ1!", "ES1!");
        await feed.SendTicksAsync(2, Tick(2, 2), Tick(1, 3), Tick(0, 4));
        await feed.AckAsync(2);
        Assert.Equal([("AAPL", 2), ("ES1!", 1), ("MNQ1!", 1)], service.Prices.All.Select(s => (s.Symbol.Name, s.Epochs.Running.Count)).Order());
    }

    [Fact]
    public async Task Name_TakenByANewerConnection_ClosesTheOlder()
    {
        await using var service = await Service.StartAsync();
        var (older, _) = await OpenAsync(service, "gateway");
        using var first = older;
        await older.SendSymbolsAsync("AAPL");
        await older.SendTicksAsync(1, Tick(0, 1));
        var (newer, sequence) = await OpenAsync(service, "gateway");
        using var second = newer;
        Assert.Contains("newer", await older.ErrorAsync(4001), StringComparison.Ordinal);
        // Sent before the hello, but perhaps not read before it: either way both sides agree.
        Assert.Equal(service.Loop.Counters.TicksApplied, sequence);
        await newer.SendSymbolsAsync("AAPL");
        await newer.SendTicksAsync(sequence + 1, Tick(0, 2));
        await newer.AckAsync(sequence + 1);
    }

    [Fact]
    public async Task Names_Different_LiveBesideEachOther()
    {
        await using var service = await Service.StartAsync();
        var (one, _) = await OpenAsync(service, "one");
        var (two, _) = await OpenAsync(service, "two");
        using (one)
        using (two)
        {
            foreach (var feed in new[] { one, two })
            {
                await feed.SendSymbolsAsync("AAPL");
                await feed.SendTicksAsync(1, Tick(0, 1));
            }
            await one.AckAsync(1);
            await two.AckAsync(1);
            Assert.Equal(2, service.TickSocket.ConnectionCount);
        }
        await Service.UntilAsync(() => service.TickSocket.ConnectionCount == 0);
    }

    [Fact]
    public async Task Close_ByTheFeed_IsAnsweredOnceAllIsAcknowledged()
    {
        await using var service = await Service.StartAsync();
        var (feed, _) = await OpenAsync(service, "gateway");
        using var open = feed;
        await feed.SendSymbolsAsync("AAPL");
        for (var i = 1; i <= 20; i++) await feed.SendTicksAsync(i, Tick(0, i));
        await feed.CloseOutputAsync();
        Assert.Equal(20, Count(await feed.AckAsync(20), "accepted"));
        Assert.Null(await feed.NextAsync());
        Assert.Equal(1000, feed.CloseCode);
    }

    [Fact]
    public async Task Stop_OfTheService_ClosesOnceAllIsAcknowledged()
    {
        await using var service = await Service.StartAsync();
        var (feed, _) = await OpenAsync(service, "gateway");
        using var open = feed;
        await feed.SendSymbolsAsync("AAPL");
        for (var i = 1; i <= 20; i++) await feed.SendTicksAsync(i, Tick(0, i));
        await Service.UntilAsync(() => service.Loop.Counters.TicksApplied == 20);
        service.Stop();
        Assert.Equal(20, Count(await feed.AckAsync(20), "accepted"));
        Assert.Null(await feed.NextAsync());
        Assert.Equal(1001, feed.CloseCode);
    }

    [Fact]
    public async Task Engine_ThatStandsStill_IsFeltByTheFeedAndNothingIsLost()
    {
        const int Frames = 400;
        using var inbox = new Inbox(tickBatchesMax: 2);
        await using var service = await Service.StartStillAsync(inbox);
        using var feed = await ConnectAsync(service);
        // 40 MB: more than all buffers between the two hold.
        var frame = ("symbol,price\n" + string.Concat(Enumerable.Repeat("AAPL,271.505000000\n", 4000))).PadRight(100_000);
        var sent = 0;
        var sending = Task.Run(async () =>
        {
            for (; sent < Frames; Interlocked.Increment(ref sent)) await feed.SendAsync(frame);
        }, TestContext.Current.CancellationToken);
        await Service.UntilAsync(() => inbox.TickBatchCount == 2);
        // Whoever is not held up sends all of it meanwhile: nothing tells of a sender that stands still but the time.
        for (var seen = -1; seen != Volatile.Read(ref sent);)
        {
            seen = Volatile.Read(ref sent);
            await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        }
        Assert.InRange(sent, 2, Frames / 2);
        service.Run();
        await sending.WaitAsync(TimeSpan.FromSeconds(120), TestContext.Current.CancellationToken);
        await feed.CloseOutputAsync();
        long accepted = 0;
        while (await feed.NextAsync() is { } ack) accepted = Count(ack, "accepted");
        Assert.Equal(Frames * 4000, accepted);
    }

    [Fact]
    public async Task Connection_NotOfAWebSocket_IsToldSo()
    {
        await using var service = await Service.StartAsync();
        using var answer = await service.Client.GetAsync(new Uri("/ticks/ws", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.UpgradeRequired, answer.StatusCode);
        Assert.Contains("POST /ticks", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static int Count(System.Text.Json.JsonElement message, string name) => message.GetProperty(name).GetInt32();
}
