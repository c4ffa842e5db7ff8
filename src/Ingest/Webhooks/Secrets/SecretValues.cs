namespace StreamRecorder.Ingest.Webhooks.Secrets;

/// <summary>
/// Where a secret's value ends, in JSON, in <c>name=value</c> text, in JSON within a JSON string, and in what is broken or cut: when in doubt,
/// further on. A value whose end is not found goes to the end of the text.
/// </summary>
internal sealed class SecretValues(PlainView view)
{
    /// <summary>How far behind a name its colon may be: <c>"auth code (new)" :</c>.</summary>
    private const int SeparatorDistanceMax = 32;

    private readonly bool _isJson = SkipBlanks(view, 0) is var first && first < view.Length && view[first] is '{' or '[' or '"';
    private readonly bool _hasSemicolons = view.Slice(0, view.Length).Contains(';');

    public static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.';

    /// <summary>
    /// The value of the name that ends before <paramref name="index"/>; null when it has none. Quotes around it stay; <c>IsQuoted</c> tells of them.
    /// </summary>
    public (int From, int To, bool IsQuoted)? After(int index)
    {
        if (SeparatorAfter(index) is not { } start) return null;
        var quote = start + Backslashes(start);
        if (quote < view.Length && IsQuote(view[quote])) return Inside(quote, quote - start);
        var end = view[start] is '{' or '[' ? EndOfStructure(start) : EndOfBare(start);
        return end > start ? (start, end, false) : null;
    }

    /// <summary>What follows <c>webhook/</c> in an address.</summary>
    public (int From, int To, bool IsQuoted)? PathAfter(int index)
    {
        if (index >= view.Length || view[index] != '/') return null;
        var end = index + 1;
        while (end < view.Length && !IsQuote(view[end]) && !char.IsWhiteSpace(view[end]) && view[end] is not ('\\' or ',' or ';')) end++;
        return end > index + 1 ? (index + 1, end, true) : null;
    }

    /// <summary>Start of the value: behind <c>:</c>, <c>=</c> or <c>=&gt;</c> and blanks. Null: no name of anything, only a word.</summary>
    private int? SeparatorAfter(int index)
    {
        var limit = Math.Min(view.Length, index + SeparatorDistanceMax);
        var hasWords = false;
        while (index < limit
            && (IsWord(view[index]) || IsQuote(view[index]) || char.IsWhiteSpace(view[index]) || view[index] is '\\' or ']' or '(' or ')'))
        {
            hasWords |= IsWord(view[index]);
            index++;
        }
        // In "e=auth s=MNQ1!" the word before s is a value: only a colon may be some words away.
        if (index >= view.Length || view[index] is not (':' or '=') || (hasWords && view[index] == '=')) return null;
        while (index < view.Length && view[index] is ':' or '=' or '>') index++;
        index = SkipBlanks(view, index);
        return index < view.Length ? index : null;
    }

    private (int From, int To, bool IsQuoted)? Inside(int quote, int backslashes)
    {
        var end = EndOfString(quote, backslashes, mustEndValue: true);
        return end > quote + 1 ? (quote + 1, end, true) : null;
    }

    /// <summary>
    /// The place of the closing quote with its backslashes. A string within a string is quoted by more of them: one that opens with n closes with n,
    /// while multiples of n + 1 before them belong to what is in it.
    /// </summary>
    private int EndOfString(int open, int backslashes, bool mustEndValue)
    {
        for (var (index, run) = (open + 1, 0); index < view.Length; index++)
        {
            var isClosing = view[index] == view[open] && run % (2 * (backslashes + 1)) == backslashes;
            if (isClosing && (!mustEndValue || EndsValue(index + 1))) return index - backslashes;
            run = view[index] == '\\' ? run + 1 : 0;
        }
        return view.Length;
    }

    /// <summary>A secret may hold a quote that nobody escaped: a quote ends it only where something can follow a value.</summary>
    private bool EndsValue(int index)
    {
        var next = SkipBlanks(view, index);
        while (next < view.Length && view[next] is '}' or ']' or ')') next = SkipBlanks(view, next + 1);
        if (next >= view.Length || IsQuote(view[next]) || view[next] is '\\' or ';' or '|' or '&') return true;
        if (view[next] != ',') return next > index && BeginsPair(next);
        next = SkipBlanks(view, next + 1);
        return next >= view.Length || view[next] is '{' or '}' or ']' || BeginsPair(next);
    }

    private int EndOfStructure(int start)
    {
        var depth = 0;
        for (var index = start; index < view.Length; index++)
        {
            if (view[index] is '{' or '[') depth++;
            else if (view[index] is '}' or ']' && --depth == 0) return index + 1;
            else if (IsQuote(view[index]) || view[index] == '\\')
            {
                var backslashes = Backslashes(index);
                index += backslashes;
                if (index < view.Length && IsQuote(view[index])) index = EndOfString(index, backslashes, mustEndValue: false) + backslashes;
                else index--;
            }
        }
        return view.Length;
    }

    private int EndOfBare(int start)
    {
        var word = start;
        while (word < view.Length && (IsWord(view[word]) || view[word] == '+')) word++;
        var next = SkipBlanks(view, word);
        if (_isJson && word > start && next < view.Length && view[next] is '}' or ']' && EndsValue(word)) return word;
        var end = start;
        while (end < view.Length && !EndsBare(end)) end++;
        var isAtQuote = end < view.Length && IsQuote(view[end]);
        while (end > start && (char.IsWhiteSpace(view[end - 1]) || (isAtQuote && view[end - 1] == '\\'))) end--;
        return end;
    }

    private bool EndsBare(int index)
    {
        var c = view[index];
        if (c is ';' or '\n' || (_isJson && IsQuote(c))) return true;
        if (_hasSemicolons && !_isJson) return false;
        var isLastBlank = char.IsWhiteSpace(c) && index + 1 < view.Length && !char.IsWhiteSpace(view[index + 1]);
        return (isLastBlank || (_isJson && c == ',')) && BeginsPair(SkipBlanks(view, index + 1));
    }

    /// <summary>The next name with its separator.</summary>
    private bool BeginsPair(int index)
    {
        var name = index;
        while (index < view.Length && (IsQuote(view[index]) || view[index] == '\\')) index++;
        var isQuoted = index > name;
        var word = index;
        while (index < view.Length && (IsWord(view[index]) || (isQuoted && view[index] == ' '))) index++;
        if (index == word) return false;
        while (index < view.Length && (IsQuote(view[index]) || view[index] == '\\' || char.IsWhiteSpace(view[index]))) index++;
        return index < view.Length && view[index] is ':' or '=';
    }

    private int Backslashes(int index)
    {
        var end = index;
        while (end < view.Length && view[end] == '\\') end++;
        return end - index;
    }

    private static int SkipBlanks(PlainView view, int index)
    {
        while (index < view.Length && (char.IsWhiteSpace(view[index]) || view[index] == '\uFEFF')) index++;
        return index;
    }

    private static bool IsQuote(char c) => c is '"' or '\'' or '`';
}
