using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

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
        for (; i <= data.Length - sizeof(ulong); i += sizeof(ulong))
        {
            var marks = MarksOf(BinaryPrimitives.ReadUInt64LittleEndian(data[i..]));
            if (marks == 0) continue;
            i += BitOperations.TrailingZeroCount(marks) / 8;
            return TryEnd(data, i, ref index, out text);
        }
        while ((uint)i < (uint)data.Length && IsText(data[i])) i++;
        return TryEnd(data, i, ref index, out text);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryEnd(ReadOnlySpan<byte> data, int end, scoped ref int index, out ReadOnlySpan<byte> text)
    {
        var isEnd = (uint)end < (uint)data.Length && data[end] == '"';
        text = isEnd ? data[index..end] : default;
        if (isEnd) index = end;
        return isEnd;
    }

    private static bool IsText(byte b) => b is not ((byte)'"' or (byte)'\\' or < 0x20 or >= 0x7F);

    /// <summary>
    /// The high bit of the first of eight bytes, the lowest first, that <see cref="IsText"/> denies, and of some behind it; 0: none. Each
    /// subtraction or addition may borrow from or carry into bytes behind one that it marks, so only the lowest mark means something.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong MarksOf(ulong bytes)
    {
        var marks = ZeroesOf(bytes ^ ('"' * EachByte)) | ZeroesOf(bytes ^ ('\\' * EachByte));
        marks |= (bytes - (0x20 * EachByte)) & ~bytes;
        marks |= bytes | (bytes + EachByte);
        return marks & HighBits;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong ZeroesOf(ulong bytes) => (bytes - EachByte) & ~bytes;
}
