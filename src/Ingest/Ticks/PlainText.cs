namespace StreamRecorder.Ingest.Ticks;

/// <summary>Reads the strings that feeds really send: printable ASCII without escapes. Says "not plain" of all else.</summary>
internal static class PlainText
{
    /// <summary>Reads from behind the opening quote to the closing one, on which <paramref name="index"/> then is.</summary>
    public static bool TryRead(ReadOnlySpan<byte> data, scoped ref int index, out ReadOnlySpan<byte> text)
    {
        var i = index;
        for (; (uint)i < (uint)data.Length; i++)
        {
            var b = data[i];
            if (b == '"')
            {
                text = data[index..i];
                index = i;
                return true;
            }
            if (b is (byte)'\\' or < 0x20 or >= 0x7F) break;
        }
        text = default;
        return false;
    }
}
