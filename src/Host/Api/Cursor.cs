using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace StreamRecorder.Host.Api;

/// <summary>Where the next page begins: an opaque text for callers, the last id shown for us.</summary>
public static class Cursor
{
    private const string Prefix = "before ";

    public static string After(long id) => Base64Url.EncodeToString(Encoding.ASCII.GetBytes(Prefix + id.ToString(CultureInfo.InvariantCulture)));

    public static bool TryRead(string text, out long beforeId)
    {
        beforeId = 0;
        if (text.Length > 64 || !Base64Url.IsValid(text)) return false;
        var plain = Encoding.ASCII.GetString(Base64Url.DecodeFromChars(text));
        return plain.StartsWith(Prefix, StringComparison.Ordinal) && long.TryParse(plain.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out beforeId);
    }
}
