namespace StreamRecorder.Host.Verify;

/// <summary>
/// What does not agree, a line each, in the order in which it was found. Keeps so many and counts the rest: a damaged table must not fill memory.
/// </summary>
internal sealed class Findings
{
    private readonly List<string> _lines = [];

    public IReadOnlyList<string> Lines => _lines;

    public long Count { get; private set; }

    public void Add(string finding)
    {
        if (Count++ < VerifyLimits.FindingsKept) _lines.Add(finding);
    }
}
