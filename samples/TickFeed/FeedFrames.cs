using System.Buffers.Binary;
using System.Text;

namespace StreamRecorder.TickFeed;

/// <summary>The binary frames of docs/feeds.md, written.</summary>
public static class FeedFrames
{
    public const int TicksPerFrame = 4096;

    private const int HeadBytes = 16;
    private const int TickBytes = 20;
    private const int SymbolBytesMax = 64;

    /// <summary>Of 8 bytes in 10⁻⁹. What the service takes is narrower; it rejects the rest.</summary>
    private const decimal PriceMax = 9_223_372_036.854775807m;

    public static byte[] Hello(string name)
    {
        var frame = new byte[4 + Encoding.ASCII.GetByteCount(name)];
        frame[0] = 1;
        frame[1] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(2), (ushort)name.Length);
        Encoding.ASCII.GetBytes(name, frame.AsSpan(4));
        return frame;
    }

    /// <summary>Symbols take the places behind those that the connection sent before.</summary>
    public static byte[] Symbols(IReadOnlyCollection<string> symbols)
    {
        using var frame = new MemoryStream();
        frame.Write([2, 0, (byte)symbols.Count, (byte)(symbols.Count >> 8)]);
        foreach (var symbol in symbols)
        {
            frame.WriteByte((byte)symbol.Length);
            frame.Write(Encoding.ASCII.GetBytes(symbol));
        }
        return frame.ToArray();
    }

    /// <summary>Why a frame cannot hold a tick; null: it can.</summary>
    public static string? FaultOf(in FeedTick tick)
    {
        // The service ends the connection for such a symbol, and would end the next one.
        if (tick.Symbol.Length is 0 or > SymbolBytesMax || !Ascii.IsValid(tick.Symbol))
            return $"the symbol is empty, longer than {SymbolBytesMax} characters or not ASCII";
        if (tick.Price is < -PriceMax or > PriceMax) return "the price is beyond what can be sent";
        return decimal.Round(tick.Price, 9) == tick.Price ? null : "the price has more than 9 decimals";
    }

    /// <summary>A frame whose sequence is not known yet (<see cref="Number"/>).</summary>
    /// <exception cref="ArgumentException">It cannot hold one of the ticks (<see cref="FaultOf"/>).</exception>
    public static byte[] Ticks(IReadOnlyList<FeedTick> ticks, Func<string, int> placeOf)
    {
        var frame = new byte[HeadBytes + ticks.Count * TickBytes];
        frame[0] = 3;
        BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(2), (ushort)ticks.Count);
        for (var i = 0; i < ticks.Count; i++)
        {
            if (FaultOf(ticks[i]) is { } fault)
                throw new ArgumentException($"Tick {i} of {ticks[i].Symbol} at {ticks[i].Price}: {fault}.", nameof(ticks));
            var place = frame.AsSpan(HeadBytes + i * TickBytes);
            BinaryPrimitives.WriteInt64LittleEndian(place, (long)(ticks[i].Price * 1_000_000_000));
            BinaryPrimitives.WriteInt64LittleEndian(place[8..], (ticks[i].Time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
            BinaryPrimitives.WriteInt32LittleEndian(place[16..], placeOf(ticks[i].Symbol));
        }
        return frame;
    }

    public static void Number(byte[] frame, long sequence) => BinaryPrimitives.WriteInt64LittleEndian(frame.AsSpan(8), sequence);
}
