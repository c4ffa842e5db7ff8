namespace StreamRecorder.Grafana.Tests.Linting;

/// <summary>One matcher of a selector; the value without its quotes.</summary>
internal sealed record Matcher(string Label, string Operator, string Value);

/// <summary>One mention of a metric: its matchers, its range, the function right around it, and whether it looks at the past.</summary>
internal sealed record Selector(string Metric, IReadOnlyList<Matcher> Matchers, string? Range, string Function, bool HasOffset);

/// <summary>
/// What an expression mentions. Not a whole parser: it finds selectors, the labels of grouping and matching,
/// and brackets that do not close. Types and all else are Prometheus' own to judge, in the tests that ask it.
/// </summary>
internal sealed class PromqlExpression
{
    private static readonly HashSet<string> LabelLists = ["by", "without", "on", "ignoring", "group_left", "group_right"];
    private static readonly HashSet<string> Words = ["and", "or", "unless", "bool", "inf", "nan", "offset"];

    private readonly List<Token> _tokens;
    private readonly Stack<string> _calls = new();
    private int _at;

    // "sum by (x) (": the aggregation whose bracket is still to come
    private string _pending = "";

    private PromqlExpression(string text) => _tokens = PromqlLexer.Read(text);

    public List<Selector> Selectors { get; } = [];

    public HashSet<string> Labels { get; } = [];

    public static PromqlExpression Parse(string text)
    {
        var expression = new PromqlExpression(text);
        while (expression._at < expression._tokens.Count) expression.Step();
        if (expression._calls.Count > 0) throw new FormatException("A bracket does not close.");
        if (expression._tokens.Count == 0) throw new FormatException("The expression is empty.");
        return expression;
    }

    private void Step()
    {
        var token = _tokens[_at];
        if (token.Kind == TokenKind.Name) Name(token.Text);
        else if (token.Text == "{") Selectors.Add(Selector(""));
        else if (token.Text == "(") Open();
        else if (token.Text == ")") Close();
        else _at++;
    }

    private void Name(string name)
    {
        _at++;
        if (LabelLists.Contains(name)) LabelList();
        else if (Words.Contains(name.ToLowerInvariant())) return;
        else if (NextIs("(")) _pending = name;
        else if (_at < _tokens.Count && LabelLists.Contains(_tokens[_at].Text)) _pending = name;
        else Selectors.Add(Selector(name));
    }

    private void Open()
    {
        _calls.Push(_pending.Length > 0 ? _pending : "(");
        _pending = "";
        _at++;
    }

    private void Close()
    {
        if (!_calls.TryPop(out _)) throw new FormatException("A bracket closes that was not opened.");
        _at++;
    }

    private void LabelList()
    {
        if (!NextIs("(")) return;
        _at++;
        for (; !NextIs(")"); _at++)
        {
            if (_at >= _tokens.Count) throw new FormatException("A list of labels does not end.");
            if (_tokens[_at].Kind == TokenKind.Name) Labels.Add(_tokens[_at].Text);
        }
        _at++;
    }

    private Selector Selector(string metric)
    {
        var matchers = NextIs("{") ? MatcherList() : [];
        string? range = NextIs("[") ? Range() : null;
        bool hasOffset = _at < _tokens.Count && _tokens[_at] is { Kind: TokenKind.Name, Text: "offset" };
        return new Selector(metric, matchers, range, _calls.FirstOrDefault(call => call != "(") ?? "", hasOffset);
    }

    private List<Matcher> MatcherList()
    {
        var matchers = new List<Matcher>();
        for (_at++; !NextIs("}");)
        {
            string label = Take(TokenKind.Name);
            string operation = Take(TokenKind.Sign);
            if (NextIs("=") || NextIs("~")) operation += Take(TokenKind.Sign);
            matchers.Add(new Matcher(label, operation, Take(TokenKind.Text)[1..^1]));
            if (NextIs(",")) _at++;
        }
        _at++;
        return matchers;
    }

    private string Range()
    {
        int start = ++_at;
        while (!NextIs("]"))
            if (++_at >= _tokens.Count) throw new FormatException("A range does not end.");
        string range = string.Concat(_tokens[start.._at].Select(token => token.Text));
        _at++;
        return range;
    }

    private string Take(TokenKind kind)
        => _at < _tokens.Count && _tokens[_at].Kind == kind ? _tokens[_at++].Text : throw new FormatException($"A {kind} is missing in a selector.");

    private bool NextIs(string sign) => _at < _tokens.Count && _tokens[_at].Kind == TokenKind.Sign && _tokens[_at].Text == sign;
}
