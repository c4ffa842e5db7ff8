using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using BenchmarkDotNet.Attributes;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Prices;
using StreamRecorder.Ingest.Socket;
using StreamRecorder.Ingest.Ticks;

namespace StreamRecorder.Micro;

/// <summary>
/// A full binary frame of the tick socket to a batch, beside a loop that copies the same fields
/// into the same ticks: no symbol looked up, no price or time checked. Time is per tick.
/// </summary>
public class DecodeFrames : IDisposable
{
    private const int Ticks = EngineLimits.TicksPerBatch;

    private readonly Inbox _inbox = new();
    private readonly FeedSession _session = new(FeedNames.Socket);
    private readonly Tick[] _ticks = new Tick[Ticks];
    private LiveFeed _live = null!;
    private BinaryFrames _frames = null!;
    private byte[] _frame = [];

    [GlobalSetup]
    public void Setup()
    {
        _live = new LiveFeeds(_inbox, TimeProvider.System).Open();
        _frames = new BinaryFrames(Contracts.Table(), _live);
        _frames.ReadSymbols(SymbolsFrame());
        _frame = TicksFrame(Contracts.Walk(Ticks));
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Ticks)]
    public int BareLoop()
    {
        var count = 0;
        for (var rest = _frame.AsSpan(FrameLayout.TicksBytes); !rest.IsEmpty; rest = rest[Unsafe.SizeOf<FrameTick>()..])
        {
            _ticks[count++] = new Tick(
                BinaryPrimitives.ReadInt32LittleEndian(rest[16..]), BinaryPrimitives.ReadInt64LittleEndian(rest),
                BinaryPrimitives.ReadInt64LittleEndian(rest[8..]));
        }
        return count;
    }

    /// <summary>The number of ticks that are good.</summary>
    [Benchmark(OperationsPerInvoke = Ticks)]
    public int Frames()
    {
        var batch = TickBatch.Rent(_session, Contracts.Start);
        var count = _frames.ReadTicks(_frame, Contracts.Start, batch) is null ? batch.Count : 0;
        batch.Return();
        return count;
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _live.End();
        _live.Dispose();
        _inbox.Dispose();
        GC.SuppressFinalize(this);
    }

    private static byte[] SymbolsFrame()
    {
        List<byte> frame = [FrameLayout.Symbols, 0, (byte)Contracts.Spellings.Length, 0];
        foreach (var spelling in Contracts.Spellings) frame.AddRange([(byte)spelling.Length, .. Encoding.ASCII.GetBytes(spelling)]);
        return [.. frame];
    }

    private static byte[] TicksFrame(Tick[] ticks)
    {
        var head = new byte[FrameLayout.TicksBytes];
        head[0] = FrameLayout.Ticks;
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(FrameLayout.CountAt), (ushort)ticks.Length);
        BinaryPrimitives.WriteInt64LittleEndian(head.AsSpan(FrameLayout.SequenceAt), 1);
        FrameTick[] body = [.. ticks.Select(tick => new FrameTick(tick.Price, tick.At, (uint)tick.SymbolId))];
        return [.. head, .. MemoryMarshal.AsBytes(body.AsSpan())];
    }
}
