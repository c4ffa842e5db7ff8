using StreamRecorder.Engine;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.TickFeed;
using Xunit;
using static StreamRecorder.Ingest.Tests.Socket.RawFeed;

namespace StreamRecorder.Ingest.Tests.Socket;

/// <summary>A frame that contradicts the layout: a sentence and a close code; nothing of it applied, everything before it.</summary>
public sealed class BadFrameTests
{
    public static TheoryData<string, byte[]> BinaryFrames()
    {
        var good = Frame(2, Tick(0, 1), Tick(0, 2));
        return new()
        {
            { "begins with", [] },
            { "begins with", [0, 1, 2] },
            { "begins with", [9] },
            { "first frame", FeedFrames.Hello("again") },
            { "cut short", [3] },
            { "cut short", good[..15] },
            { "not what 2 ticks take", good[..^1] },
            { "not what 2 ticks take", [.. good, 0] },
            { "not what 0 ticks take", [3, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 7] },
            { "4097 ticks", [3, 0, 1, 16, .. good[4..]] },
            { "is to be 0", [3, 1, .. good[2..]] },
            { "is to be 0", [.. good[..7], 1, .. good[8..]] },
            { "sequences begin at 1", Frame(0, Tick(0, 1)) },
            { "sequences begin at 1", Frame(-2, Tick(0, 1)) },
            { "sequence is 3, after 1", Frame(3, Tick(0, 1)) },
            { "sequence is 1, after 1", Frame(1, Tick(0, 1)) },
            { "symbol 1; 1 symbols", Frame(2, Tick(0, 1), Tick(1, 2)) },
            { "symbol 4294967295", Frame(2, Tick(0, 1), Tick(-1, 2)) },
            { "cut short", [2, 0, 1] },
            { "second byte", [2, 1, 0, 0] },
            { "empty or cut short", [2, 0, 1, 0] },
            { "empty or cut short", [2, 0, 1, 0, 0] },
            { "empty or cut short", [2, 0, 1, 0, 4, 65, 65, 65] },
            { "3 bytes more", [2, 0, 1, 0, 1, 65, 1, 2, 3] },
            { "not ASCII", [2, 0, 1, 0, 1, 200] },
            { "longer than 64", [2, 0, 1, 0, 65, .. Enumerable.Repeat((byte)65, 65)] },
        };
    }

    [Theory]
    [MemberData(nameof(BinaryFrames))]
    public async Task Binary_OfNoSuchLayout_EndsTheConnection(string reason, byte[] frame)
    {
        await using var service = await Service.StartAsync();
        var (feed, _) = await OpenAsync(service, "gateway");
        using var open = feed;
        await feed.SendSymbolsAsync("AAPL");
        await feed.SendTicksAsync(1, Tick(0, 1));
        await feed.SendAsync(frame);
        await feed.SendTicksAsync(2, Tick(0, 7));
        Assert.Contains(reason, await feed.ErrorAsync(1007), StringComparison.Ordinal);
        var (again, sequence) = await OpenAsync(service, "gateway");
        again.Dispose();
        Assert.Equal((1, 1), (sequence, service.Loop.Counters.TicksApplied));
    }

    public static TheoryData<string, byte[]> Hellos() => new()
    {
        { "cut short", [1] },
        { "version 2", [1, 2, 1, 0, 65] },
        { "its name 2", [1, 1, 2, 0, 65] },
        { "its name 1", [1, 1, 1, 0, 65, 66] },
        { "A name has", [1, 1, 0, 0] },
        { "A name has", [1, 1, 1, 0, 32] },
        { "A name has", [1, 1, 65, 0, .. Enumerable.Repeat((byte)65, 65)] },
        { "no name", Frame(1) },
    };

    [Theory]
    [MemberData(nameof(Hellos))]
    public async Task Hello_OfNoSuchLayout_EndsTheConnection(string reason, byte[] frame)
    {
        await using var service = await Service.StartAsync();
        using var feed = await ConnectAsync(service);
        await feed.SendAsync(frame);
        Assert.Contains(reason, await feed.ErrorAsync(1007), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("#hello 2 x", "#hello 1 NAME")]
    [InlineData("#hello x", "#hello 1 NAME")]
    [InlineData("#hello 1", "#hello 1 NAME")]
    [InlineData("#hello 1 a b", "A name has")]
    [InlineData("#0\n", "first line")]
    [InlineData("#-1\n", "first line")]
    [InlineData("#1x\n", "first line")]
    [InlineData("#\n", "first line")]
    [InlineData("#99999999999999999999\n", "first line")]
    [InlineData("#1\n{\"symbol\":\"AAPL\",\"price\":1}", "no name")]
    [InlineData("no,header\n1,2\n", "symbol is missing")]
    public async Task Text_ThatCannotBeRead_EndsTheConnection(string frame, string reason)
    {
        await using var service = await Service.StartAsync();
        using var feed = await ConnectAsync(service);
        await feed.SendAsync(frame);
        Assert.Contains(reason, await feed.ErrorAsync(1007), StringComparison.Ordinal);
        Assert.Equal(0, service.Loop.Counters.TicksApplied);
    }

    [Fact]
    public async Task Text_OfAFullBatch_IsTakenAndOneTickMoreIsNot()
    {
        await using var service = await Service.StartAsync();
        using var feed = await ConnectAsync(service);
        var full = "symbol,price\n" + string.Concat(Enumerable.Repeat("AAPL,1\n", EngineLimits.TicksPerBatch));
        await feed.SendAsync(full + "\n \n");
        Assert.Equal(EngineLimits.TicksPerBatch, (await feed.NextAsync("ack")).GetProperty("accepted").GetInt32());
        await feed.SendAsync(full + "AAPL,1");
        Assert.Contains("at most 4096 ticks", await feed.ErrorAsync(1007), StringComparison.Ordinal);
        Assert.Equal(EngineLimits.TicksPerBatch, service.Loop.Counters.TicksApplied);
    }

    [Fact]
    public async Task Frame_TooLong_EndsTheConnection()
    {
        await using var service = await Service.StartAsync();
        using var feed = await ConnectAsync(service);
        await feed.SendAsync(new string(' ', IngestLimits.FrameBytesMax));
        await feed.SendAsync("symbol,price\n" + new string(' ', IngestLimits.FrameBytesMax));
        Assert.Contains("131072 bytes", await feed.ErrorAsync(1009), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Symbols_MoreThanAConnectionHas_EndIt()
    {
        await using var service = await Service.StartAsync();
        var (feed, _) = await OpenAsync(service, "gateway");
        using var open = feed;
        var many = Enumerable.Range(0, IngestLimits.SymbolsPerSocket).Select(i => $"S{i}").ToArray();
        await feed.SendSymbolsAsync(many);
        await feed.SendTicksAsync(1, Tick(IngestLimits.SymbolsPerSocket - 1, 1));
        Assert.Equal(1, (await feed.AckAsync(1)).GetProperty("rejected").GetInt32());
        await feed.SendSymbolsAsync("AAPL");
        Assert.Contains("at most 1024 symbols", await feed.ErrorAsync(1008), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_OfMoreSymbolsThanAConnectionHas_EndsIt()
    {
        await using var service = await Service.StartAsync();
        using var feed = await ConnectAsync(service);
        var symbols = Table.Instruments.Where(i => i.Kind == InstrumentKind.Future)
            .SelectMany(i => "FGHJKMNQUVXZ".Select(month => $"{i.Root}{month}2025")).ToArray();
        string Body(int from, int count) => "symbol,price\n" + string.Concat(symbols[from..(from + count)].Select(symbol => symbol + ",1\n"));
        await feed.SendAsync(Body(0, 1000));
        await feed.SendAsync(Body(500, 524));
        Assert.Equal(1524, (await feed.AckWithAsync(1524)).GetProperty("accepted").GetInt32());
        await feed.SendAsync(Body(1024, 1));
        Assert.Contains("at most 1024 symbols", await feed.ErrorAsync(1008), StringComparison.Ordinal);
    }
}
