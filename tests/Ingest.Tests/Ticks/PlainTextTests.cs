using StreamRecorder.Ingest.Ticks;
using Xunit;

namespace StreamRecorder.Ingest.Tests.Ticks;

public sealed class PlainTextTests
{
    private const int LengthMax = 20;

    /// <summary>Every byte at every place of a text of every length, so in every place of a word and of the rest behind the words.</summary>
    [Fact]
    public void TryRead_AnyByteAnywhere_IsAsOneByOne()
    {
        for (var length = 1; length <= LengthMax; length++)
            for (var place = 0; place < length; place++)
                for (var value = 0; value <= byte.MaxValue; value++)
                {
                    var data = new byte[length];
                    Array.Fill(data, (byte)'~');
                    data[place] = (byte)value;
                    data[^1] = (byte)(place == length - 1 ? value : '"');
                    Check(data, from: 0);
                    if (length > 1) Check(data, from: 1);
                }
    }

    /// <summary>Two that matter at once: a mark must not be taken for an earlier one.</summary>
    [Fact]
    public void TryRead_AnyTwoNeighbours_IsAsOneByOne()
    {
        for (var first = 0; first <= byte.MaxValue; first++)
            for (var second = 0; second <= byte.MaxValue; second++)
                Check([(byte)' ', (byte)first, (byte)second, .. "~~~~ \"abcdefgh"u8], from: 0);
    }

    private static void Check(byte[] data, int from)
    {
        var end = from;
        while (end < data.Length && data[end] is not ((byte)'"' or (byte)'\\' or < 0x20 or >= 0x7F)) end++;
        var isText = end < data.Length && data[end] == '"';
        var index = from;

        var isRead = PlainText.TryRead(data, ref index, out var text);

        if (isRead != isText || index != (isText ? end : from) || !text.SequenceEqual(isText ? data.AsSpan(from, end - from) : []))
            Assert.Fail($"{Convert.ToHexString(data)} from {from}: {isRead}, up to {index}; should be {isText}, {end}");
    }
}
