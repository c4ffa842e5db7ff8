using System.Text;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Prices;
using StreamRecorder.Ingest.Socket;
using StreamRecorder.Ingest.Ticks;
using StreamRecorder.TickFeed;
using Xunit;

namespace StreamRecorder.Ingest.Tests.Socket;

/// <summary>From the bytes of a frame or a stream to ticks that the engine has taken: not one byte on the heap once a connection is warm.</summary>
public sealed class AllocationTests : IDisposable
{
    private const int TicksPerRound = 4000;
    private const int Rounds = 50;

    private readonly Inbox _inbox = new();
    private readonly LiveFeed _live;
    private readonly Engine.Instruments.SymbolTable _symbols = Table.Symbols();
    private readonly PriceBook _prices;
    private readonly FeedSession _session = new(FeedNames.Socket, "gateway", _ => { });

    public AllocationTests()
    {
        _live = new LiveFeeds(_inbox, TimeProvider.System).Open();
        _prices = new PriceBook(_symbols, 5 * Timestamp.Second);
    }

    public void Dispose() => _inbox.Dispose();

    [Fact]
    public void BinaryFrame_ToTakenTicks_AllocatesNothing()
    {
        var frames = new BinaryFrames(_symbols, _live);
        Assert.Null(frames.ReadSymbols(FeedFrames.Symbols(["MNQZ2025", "ESZ5", "AAPL"])));
        var frame = FeedFrames.Ticks(
            [.. Enumerable.Range(0, TicksPerRound)
                    .Select(i => new FeedTick($"{i % 3}", 100 + i % 7, DateTimeOffset.UnixEpoch.AddMicroseconds(Table.Arrival + i)))], int.Parse);
        FeedFrames.Number(frame, 1);
        Nothing(batch => Assert.True(frames.ReadTicks(frame, Table.Arrival, batch) is null));
    }

    [Theory]
    [InlineData("{{\"symbol\":\"{0}\",\"price\":{1},\"size\":3,\"time\":\"2025-12-04T14:59:59.{2:000}Z\"}}\n", "")]
    [InlineData("{0},{1},1764860399{2:000}\n", "symbol,price,time\n")]
    public void TextFrame_ToTakenTicks_AllocatesNothing(string line, string header)
    {
        var frames = new TextFrames(_symbols, _live);
        var lines = Enumerable.Range(0, TicksPerRound)
            .Select(i => string.Format(
                System.Globalization.CultureInfo.InvariantCulture, line, i % 2 == 0 ? "MNQZ2025" : "AAPL", 25600.25m + i % 9, i % 1000));
        var frame = Encoding.UTF8.GetBytes(header + string.Concat(lines));
        // A header makes an object a frame.
        Nothing(batch => Assert.True(frames.ReadTicks(frame, Table.Arrival, batch) is null), perFrame: header.Length == 0 ? 0 : 4096);
    }

    private void Nothing(Action<TickBatch> read, long perFrame = 0)
    {
        for (var i = 0; i < 3; i++) Round(read);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Rounds; i++) Round(read);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, perFrame * Rounds);
    }

    private void Round(Action<TickBatch> read)
    {
        var batch = TickBatch.Rent(_session, Table.Arrival);
        read(batch);
        // Plain, because an assertion of equality makes objects.
        Assert.True(batch.Count == TicksPerRound);
        Assert.True(_prices.Observe(batch.Ticks.AsSpan(0, batch.Count)) == 0);
        batch.Return();
    }
}
