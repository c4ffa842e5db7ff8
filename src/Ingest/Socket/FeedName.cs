using System.Buffers;
using System.Text;
using StreamRecorder.Engine;

namespace StreamRecorder.Ingest.Socket;

/// <summary>The name that a feed gives itself: it stands in rows, logs and metrics.</summary>
internal static class FeedName
{
    private static readonly SearchValues<byte> Letters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"u8);

    public static SocketEnd? Read(ReadOnlySpan<byte> text, out string name)
    {
        var isGood = text.Length is > 0 and <= EngineLimits.FeedNameLengthMax && !text.ContainsAnyExcept(Letters);
        name = isGood ? Encoding.ASCII.GetString(text) : "";
        return isGood ? null : SocketEnd.Unreadable($"A name has 1 to {EngineLimits.FeedNameLengthMax} letters, digits and . _ -.");
    }
}
