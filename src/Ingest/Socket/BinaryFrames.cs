using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Prices;
using StreamRecorder.Ingest.Ticks;

namespace StreamRecorder.Ingest.Socket;

/// <summary>
/// Reads the binary frames of one connection (<see cref="FrameLayout"/>). What contradicts the layout ends the connection; a tick that
/// cannot be taken (its price, its time, an unknown symbol) is rejected alone, as in every other format. One object per connection.
/// </summary>
internal sealed class BinaryFrames(SymbolTable symbols, LiveFeed live)
{
    private readonly SymbolColumn _symbols = new(symbols, live);
    private readonly List<TickError> _errors = [];

    /// <summary>Of the last frame of ticks: the first rejected ones, by their place in it from 1 on.</summary>
    public IReadOnlyList<TickError> Errors => _errors;

    /// <summary>The name in a hello, or why it is none.</summary>
    public static SocketEnd? ReadHello(ReadOnlySpan<byte> frame, out string name)
    {
        name = "";
        if (frame.Length < FrameLayout.HelloBytes) return SocketEnd.Unreadable("The hello is cut short.");
        if (frame[FrameLayout.VersionAt] != FrameLayout.Version)
            return SocketEnd.Unreadable($"The hello has version {frame[FrameLayout.VersionAt]}; this service speaks version {FrameLayout.Version}.");
        var length = BinaryPrimitives.ReadUInt16LittleEndian(frame[FrameLayout.NameLengthAt..]);
        if (length != frame.Length - FrameLayout.HelloBytes)
            return SocketEnd.Unreadable($"The hello has {frame.Length} bytes, but its name {length}.");
        return FeedName.Read(frame[FrameLayout.HelloBytes..], out name);
    }

    /// <summary>Adds the symbols of a frame behind those known; all or none.</summary>
    public SocketEnd? ReadSymbols(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < FrameLayout.SymbolsBytes || frame[1] != 0)
            return SocketEnd.Unreadable("The frame of symbols is cut short, or its second byte is not 0.");
        var count = BinaryPrimitives.ReadUInt16LittleEndian(frame[FrameLayout.CountAt..]);
        if (_symbols.Count + count > IngestLimits.SymbolsPerSocket) return SocketEnd.TooManySymbols;
        var rest = frame[FrameLayout.SymbolsBytes..];
        for (var i = 0; i < count; i++)
        {
            if (rest.IsEmpty || rest[0] == 0 || rest[0] >= rest.Length)
                return SocketEnd.Unreadable($"Symbol {i} of the frame is empty or cut short.");
            if (rest[0] > EngineLimits.SymbolLengthMax || !Ascii.IsValid(rest.Slice(1, rest[0])))
                return SocketEnd.Unreadable($"Symbol {i} of the frame is longer than {EngineLimits.SymbolLengthMax} bytes, or not ASCII.");
            rest = rest[(1 + rest[0])..];
        }
        if (!rest.IsEmpty) return SocketEnd.Unreadable($"The frame of symbols has {rest.Length} bytes more than its {count} symbols take.");
        rest = frame[FrameLayout.SymbolsBytes..];
        for (; !rest.IsEmpty; rest = rest[(1 + rest[0])..]) _symbols.Add(rest.Slice(1, rest[0]));
        return null;
    }

    /// <summary>Decodes a frame of ticks into a fresh batch, which is to be given up when this returns a reason.</summary>
    public SocketEnd? ReadTicks(ReadOnlySpan<byte> frame, long arrival, TickBatch batch)
    {
        if (ReadHead(frame, out var sequence) is { } problem) return problem;
        batch.Sequence = sequence;
        _symbols.Refresh();
        _errors.Clear();
        var ticks = MemoryMarshal.Cast<byte, FrameTick>(frame[FrameLayout.TicksBytes..]);
        var latest = Math.Min(arrival + EngineLimits.TickAheadMax, Timestamp.Max - 1);
        for (var i = 0; i < ticks.Length; i++)
        {
            ref readonly var tick = ref ticks[i];
            if (tick.Symbol >= (uint)_symbols.Count)
                return SocketEnd.Unreadable($"Tick {i} is of symbol {tick.Symbol}; {_symbols.Count} symbols were sent.");
            var isGood = (ulong)(tick.Price + Fixed9.PriceMax) <= 2 * (ulong)Fixed9.PriceMax && (ulong)tick.At <= (ulong)latest;
            if (isGood && _symbols.TryResolve(tick.Symbol, tick.At, out var id)) batch.Ticks[batch.Count++] = new Tick(id, tick.Price, tick.At);
            else Reject(batch, i, tick);
        }
        return null;
    }

    private static SocketEnd? ReadHead(ReadOnlySpan<byte> frame, out long sequence)
    {
        sequence = 0;
        if (frame.Length < FrameLayout.TicksBytes) return SocketEnd.Unreadable("The frame of ticks is cut short.");
        var count = BinaryPrimitives.ReadUInt16LittleEndian(frame[FrameLayout.CountAt..]);
        sequence = BinaryPrimitives.ReadInt64LittleEndian(frame[FrameLayout.SequenceAt..]);
        if (count > EngineLimits.TicksPerBatch)
            return SocketEnd.Unreadable($"The frame says that it has {count} ticks; at most {EngineLimits.TicksPerBatch} may be in one.");
        if (frame.Length != FrameLayout.TicksBytes + count * Marshal.SizeOf<FrameTick>())
            return SocketEnd.Unreadable($"The frame has {frame.Length} bytes, which is not what {count} ticks take.");
        if (frame[1] != 0 || BinaryPrimitives.ReadUInt32LittleEndian(frame[4..]) != 0)
            return SocketEnd.Unreadable("A byte of the frame's head that is to be 0 is not.");
        return sequence > 0 ? null : SocketEnd.Unreadable($"The frame's sequence is {sequence}; sequences begin at 1.");
    }

    private void Reject(TickBatch batch, int place, in FrameTick tick)
    {
        batch.Rejected++;
        if (_errors.Count < IngestLimits.TickErrorsMax) _errors.Add(new TickError(place + 1, ReasonFor(tick)));
    }

    private string ReasonFor(in FrameTick tick)
    {
        if (tick.Price is < -Fixed9.PriceMax or > Fixed9.PriceMax) return "price is beyond 4600000000";
        if ((ulong)tick.At >= (ulong)Timestamp.Max) return "time is before 1970 or beyond what can be recorded";
        return _symbols.TryResolve(tick.Symbol, tick.At, out _) ? TickRules.AheadReason : _symbols.Explain(tick.Symbol, tick.At);
    }
}
