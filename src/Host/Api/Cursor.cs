using System.Buffers.Text;
using System.Globalization;
using System.Text;
using StreamRecorder.Host.Web;

namespace StreamRecorder.Host.Api;

/// <summary>Where the next page begins: an opaque text for callers, the last id shown for us.</summary>
public static class Cursor
{
    private const string Prefix = "before ";

    public static string After(long id) => Base64Url.EncodeToString(Encoding.ASCII.GetBytes(Prefix + id.ToString(CultureInfo.InvariantCulture)));

    /// <summary>The id that the page ends before; null when the caller gives no cursor.</summary>
    public static long? Read(QueryText query)
    {
        if (query.Text("cursor") is not { } text) return null;
        if (TryRead(text, out var beforeId)) return beforeId;
        query.Refuse("cursor must be a next_cursor of an earlier answer.", "cursor");
        return null;
    }

    private static bool TryRead(string text, out long beforeId)
    {
        beforeId = 0;
        if (text.Length > 64 || !Base64Url.IsValid(text)) return false;
        var plain = Encoding.ASCII.GetString(Base64Url.DecodeFromChars(text));
        return plain.StartsWith(Prefix, StringComparison.Ordinal)
            && long.TryParse(plain.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out beforeId);
    }
}
