namespace StreamRecorder.Grafana.Tests.Linting;

internal enum TokenKind
{
    Name,
    Text,
    Number,
    Variable,
    Sign,
}

internal readonly record struct Token(TokenKind Kind, string Text);

/// <summary>Splits an expression, Grafana's variables included, into tokens. Throws <see cref="FormatException"/> on what is none.</summary>
internal static class PromqlLexer
{
    private const string Signs = "(){}[],+-*/%^=!<>~@";

    public static List<Token> Read(string expression)
    {
        var tokens = new List<Token>();
        int at = 0;
        while (at < expression.Length)
        {
            if (char.IsWhiteSpace(expression[at])) at++;
            else
            {
                var token = Next(expression, at);
                tokens.Add(token);
                at += token.Text.Length;
            }
        }
        return tokens;
    }

    private static Token Next(string text, int at)
    {
        char c = text[at];
        if (c is '"' or '\'') return new Token(TokenKind.Text, Quoted(text, at));
        if (c == '$') return new Token(TokenKind.Variable, Variable(text, at));
        if (char.IsAsciiDigit(c) || c == '.') return new Token(TokenKind.Number, While(text, at, x => char.IsAsciiLetterOrDigit(x) || x == '.'));
        if (IsName(c)) return new Token(TokenKind.Name, While(text, at, x => IsName(x) || char.IsAsciiDigit(x)));
        if (Signs.Contains(c, StringComparison.Ordinal)) return new Token(TokenKind.Sign, c.ToString());
        throw new FormatException($"'{c}' at {at} is nothing that PromQL has.");
    }

    private static string Quoted(string text, int at)
    {
        for (int i = at + 1; i < text.Length; i++)
        {
            if (text[i] == '\\') i++;
            else if (text[i] == text[at]) return text[at..(i + 1)];
        }
        throw new FormatException($"The string that begins at {at} does not end.");
    }

    private static string Variable(string text, int at)
    {
        if (at + 1 >= text.Length || text[at + 1] != '{') return "$" + While(text, at + 1, x => IsName(x) || char.IsAsciiDigit(x));
        int end = text.IndexOf('}', at);
        return end < 0 ? throw new FormatException($"The variable that begins at {at} does not end.") : text[at..(end + 1)];
    }

    private static string While(string text, int at, Func<char, bool> belongs)
    {
        int end = at;
        while (end < text.Length && belongs(text[end])) end++;
        return text[at..end];
    }

    private static bool IsName(char c) => char.IsAsciiLetter(c) || c is '_' or ':';
}
