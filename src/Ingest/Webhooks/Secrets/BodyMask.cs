using System.Buffers;
using System.Text;

namespace StreamRecorder.Ingest.Webhooks.Secrets;

/// <summary>
/// A webhook body as it may be kept and shown: the text as it came, cut at a length, each secret in it replaced by <see cref="Mask"/>. The one
/// place where that is decided, for JSON, the text dialects, and what is broken, cut or neither: it looks for names of secrets
/// (<see cref="SecretNames"/>) and hides what stands behind them, asking no grammar. JSON stays JSON with the same signal. Pure.
/// </summary>
public static class BodyMask
{
    public const string Mask = "***";

    /// <summary>On the stack, and more than any known sender's.</summary>
    private const int PlainBytesMax = 1024;

    private static readonly SearchValues<char> Garbling =
        SearchValues.Create([.. Enumerable.Range(0, 0xA0).Select(c => (char)c).Where(c => char.IsControl(c) && c is not ('\t' or '\r' or '\n'))]);

    /// <summary>With one of these a line is more than a word.</summary>
    private static readonly SearchValues<char> Punctuation = SearchValues.Create("=:;(){}<>");

    /// <summary>True for a short JSON body of ASCII in which nothing is to hide or to clean: it is kept as it is. Most alerts are so.</summary>
    public static bool IsPlain(ReadOnlySpan<byte> body)
    {
        if (body.Length > PlainBytesMax) return false;
        Span<char> buffer = stackalloc char[PlainBytesMax];
        if (Ascii.ToUtf16(body, buffer, out var length) != OperationStatus.Done) return false;
        ReadOnlySpan<char> text = buffer[..length];
        return text.TrimStart(" \t\r\n") is ['{' or '[', ..] && !text.ContainsAny(Garbling) && !SecretNames.MayBeIn(text);
    }

    /// <param name="body">As it arrived; need not be UTF-8.</param>
    /// <param name="bytesMax">Neither what is looked at nor what is given is longer, as UTF-8.</param>
    public static string Of(ReadOnlySpan<byte> body, int bytesMax = IngestLimits.KeptBodyBytesMax)
    {
        if (body.Contains((byte)0)) return $"({body.Length} bytes that are no UTF-8 text)";
        var text = Clean(Encoding.UTF8.GetString(Cut(body, bytesMax)));
        var isObject = text.AsSpan().TrimStart(" \t\r\n\uFEFF") is ['{' or '[', ..];
        if (!isObject) text = MaskPasswordLines(text);
        if (SecretNames.MayBeIn(text)) text = MaskNamed(text);
        return Encoding.UTF8.GetByteCount(text) <= bytesMax ? text : Encoding.UTF8.GetString(Cut(Encoding.UTF8.GetBytes(text), bytesMax));
    }

    /// <summary>A short text from a body, such as a label, or a sentence that quotes one.</summary>
    public static string OfText(string text) => SecretNames.MayBeIn(text) ? MaskNamed(text) : text;

    private static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> text, int bytesMax)
    {
        if (text.Length <= bytesMax) return text;
        var length = bytesMax;
        // A character's bytes after its first are 10xxxxxx.
        while (length > 0 && bytesMax - length < 4 && (text[length] & 0xC0) == 0x80) length--;
        return text[..length];
    }

    /// <summary>Without what would garble a log or a page.</summary>
    private static string Clean(string text) => text.AsSpan().ContainsAny(Garbling)
        ? string.Concat(text.Select(c => Garbling.Contains(c) ? ' ' : c))
        : text;

    private static string MaskNamed(string text)
    {
        var view = new PlainView(text);
        var values = new SecretValues(view);
        var masked = new StringBuilder(text.Length);
        var copied = 0;
        for (var index = 0; index < view.Length;)
        {
            var start = index;
            while (index < view.Length && SecretValues.IsWord(view[index])) index++;
            if (index == start)
            {
                index++;
                continue;
            }
            var name = view.Slice(start, index);
            var isAddress = name.StartsWith("webhook", StringComparison.OrdinalIgnoreCase);
            var value = isAddress ? values.PathAfter(index) : SecretNames.IsSecret(name) ? values.After(index) : null;
            if (value is not var (from, to, isQuoted)) continue;
            var quote = isQuoted ? "" : QuoteAt(text, view, index);
            masked.Append(text, copied, view.PlaceOf(from) - copied).Append(quote).Append(Mask).Append(quote);
            copied = view.PlaceOf(to);
            index = to;
        }
        return masked.Append(text, copied, text.Length - copied).ToString();
    }

    /// <summary>The quote that closes a name, as spelled there: a number or a list behind that name becomes a string quoted like it.</summary>
    private static string QuoteAt(string text, PlainView view, int index)
    {
        while (index < view.Length && (SecretValues.IsWord(view[index]) || char.IsWhiteSpace(view[index]))) index++;
        var end = index;
        while (end < view.Length && view[end] == '\\') end++;
        return end < view.Length && view[end] is '"' or '\'' or '`' ? text[view.PlaceOf(index)..view.PlaceOf(end + 1)] : "";
    }

    /// <summary>
    /// In plain text a password may stand on a line of its own: a single word that is no action, and whatever is on the line before the first
    /// that begins with one, or that is a command of AutoView's or CrossTrade's.
    /// </summary>
    private static string MaskPasswordLines(string text)
    {
        var lines = text.Split('\n');
        var before = -1;
        var (hasAction, hasPairs) = (false, false);
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].AsSpan().Trim(" \t\r\uFEFF");
            if (line.IsEmpty) continue;
            var blank = line.IndexOfAny(' ', '\t');
            var isAction = IsAction(blank < 0 ? line : line[..blank]);
            var isPairs = IsPairs(line);
            var isFirst = (isAction && !hasAction) || (isPairs && !hasAction && !hasPairs);
            if (isFirst && before >= 0) lines[before] = Mask;
            hasAction |= isAction;
            hasPairs |= isPairs;
            before = i;
            if (blank < 0 && !isAction && !isPairs && !line.ContainsAny(Punctuation)) lines[i] = Mask;
        }
        return string.Join('\n', lines);
    }

    /// <summary>
    /// Name and value at its beginning, as in AutoView's and CrossTrade's commands. Theirs may stand on several lines; a secret among them is masked
    /// by its name.
    /// </summary>
    private static bool IsPairs(ReadOnlySpan<char> line)
    {
        var name = line[..Math.Max(line.IndexOf('='), 0)].Trim();
        Span<byte> utf8 = stackalloc byte[64];
        if (name.IsEmpty || !Encoding.UTF8.TryGetBytes(name, utf8, out var length)) return false;
        return name is "e" or "a" or "account" || SecretNames.IsSecret(name)
            || FieldTable.KeyValue.Find(utf8[..length]) is not null || FieldTable.AutoView.Find(utf8[..length]) is not null;
    }

    private static bool IsAction(ReadOnlySpan<char> word)
    {
        Span<byte> utf8 = stackalloc byte[64];
        return Encoding.UTF8.TryGetBytes(word, utf8, out var length) && SignalWords.TryAction(utf8[..length], out _);
    }
}
