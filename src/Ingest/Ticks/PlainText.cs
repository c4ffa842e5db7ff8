using System.Buffers.Binary;
using System.Numerics;

namespace StreamRecorder.Ingest.Ticks;

/// <summary>Reads the strings that feeds really send: printable ASCII without escapes. Says "not plain" of all else.</summary>
internal static class PlainText
{
    private const ulong EachByte = 0x0101_0101_0101_0101;
    private const ulong HighBits = 0x80 * EachByte;

    /// <summary>Reads from behind the opening quote to the closing one, on which <paramref name="index"/> then is.</summary>
    public static bool TryRead(ReadOnlySpan<byte> data, scoped ref int index, out ReadOnlySpan<byte> text)
    {
        var i = index;
        while (i <= data.Length - sizeof(ulong))
        {
            var found = FirstNotText(BinaryPrimitives.ReadUInt64LittleEndian(data[i..]));
            i += found;
            if (found < sizeof(ulong)) return TryEnd(data, i, ref index, out text);
        }
        while ((uint)i < (uint)data.Length && IsText(data[i])) i++;
        return TryEnd(data, i, ref index, out text);
    }

    private static bool TryEnd(ReadOnlySpan<byte> data, int end, scoped ref int index, out ReadOnlySpan<byte> text)
    {
        var isEnd = (uint)end < (uint)data.Length && data[end] == '"';
        text = isEnd ? data[index..end] : default;
        if (isEnd) index = end;
        return isEnd;
    }

    private static bool IsText(byte b) => b is not ((byte)'"' or (byte)'\\' or < 0x20 or >= 0x7F);

    /// <summary>
    /// Which of eight bytes, the lowest first, is the first that <see cref="IsText"/> denies; 8: none. Each subtraction or addition may borrow from or carry into
    /// bytes behind one that it marks, so only the lowest mark means something.
    /// </summary>
    private static int FirstNotText(ulong bytes)
    {
        var marks = ZeroesOf(bytes ^ ('"' * EachByte)) | ZeroesOf(bytes ^ ('\\' * EachByte));
        marks |= (bytes - (0x20 * EachByte)) & ~bytes;
        marks |= bytes | (bytes + EachByte);
        return BitOperations.TrailingZeroCount(marks & HighBits) / 8;
    }

    private static ulong ZeroesOf(ulong bytes) => (bytes - EachByte) & ~bytes;
}
