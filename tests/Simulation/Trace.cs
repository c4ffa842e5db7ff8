namespace StreamRecorder.Simulation;

/// <summary>All that a run did and saw, line by line: two runs of one seed must have the same.</summary>
internal sealed class Trace
{
    /// <summary>Lines shown before a difference.</summary>
    private const int ContextLines = 8;

    private readonly List<string> _lines = [];

    public IReadOnlyList<string> Lines => _lines;

    public void Add(string line) => _lines.Add(line);

    /// <summary>The first line in which two differ; null when they do not.</summary>
    public static string? Difference(Trace left, Trace right)
    {
        var count = Math.Max(left._lines.Count, right._lines.Count);
        for (var i = 0; i < count; i++)
            if (left.At(i) != right.At(i)) return $"line {i}: \"{left.At(i)}\" and then \"{right.At(i)}\", after{left.Before(i)}";
        return null;
    }

    private string Before(int index) => string.Concat(_lines.Take(index).TakeLast(ContextLines).Select(l => Environment.NewLine + "  " + l));

    private string At(int index) => index < _lines.Count ? _lines[index] : "(ended)";
}
