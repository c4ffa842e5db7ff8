using System.Globalization;

namespace StreamRecorder.Ingest.Webhooks.Secrets;

/// <summary>
/// A text as its reader would see it: <c>\u0065</c>, <c>%65</c> and <c>&amp;quot;</c> are the characters they stand for, each with its place in the
/// text. So a name that is spelled in escapes is found, and what is replaced is the text itself. An escaped quote keeps its backslashes, which tell
/// strings within strings apart.
/// </summary>
internal sealed class PlainView
{
    private readonly char[] _chars;
    private readonly int[] _starts;

    public PlainView(string text)
    {
        _chars = new char[text.Length];
        _starts = new int[text.Length + 1];
        for (var index = 0; index < text.Length;) index += Take(text, index);
        _starts[Length] = text.Length;
    }

    public int Length { get; private set; }

    public char this[int index] => _chars[index];

    public ReadOnlySpan<char> Slice(int from, int to) => _chars.AsSpan(from, to - from);

    /// <summary>Where the character begins in the text; for <see cref="Length"/> the text's end.</summary>
    public int PlaceOf(int index) => _starts[index];

    /// <summary>Takes what begins there; returns its length in the text.</summary>
    private int Take(string text, int index)
    {
        var rest = text.AsSpan(index);
        if (rest[0] == '\\') return TakeBackslashes(rest, index);
        if (rest[0] == '%' && TryHex(rest, 1, 2, out var plain) && plain < 0x80)
        {
            Add(plain, index);
            return 3;
        }
        foreach (var entity in (ReadOnlySpan<string>)["&quot;", "&#34;", "&#x22;"])
        {
            if (!rest.StartsWith(entity, StringComparison.OrdinalIgnoreCase)) continue;
            Add('"', index);
            return entity.Length;
        }
        Add(rest[0], index);
        return 1;
    }

    private int TakeBackslashes(ReadOnlySpan<char> rest, int index)
    {
        var count = rest.IndexOfAnyExcept('\\');
        if (count < 0) count = rest.Length;
        var isEscape = count < rest.Length && rest[count] == 'u' && TryHex(rest, count + 1, 4, out _);
        TryHex(rest, count + 1, 4, out var c);
        for (var i = 0; i < count && (!isEscape || c is '"' or '\''); i++) Add('\\', index + i);
        if (!isEscape) return count;
        Add(c, c is '"' or '\'' ? index + count : index);
        return count + 5;
    }

    private void Add(char c, int place)
    {
        _chars[Length] = c;
        _starts[Length++] = place;
    }

    private static bool TryHex(ReadOnlySpan<char> text, int start, int count, out char c)
    {
        c = default;
        if (start + count > text.Length) return false;
        var digits = text.Slice(start, count);
        if (!ushort.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)) return false;
        c = (char)code;
        return true;
    }
}
