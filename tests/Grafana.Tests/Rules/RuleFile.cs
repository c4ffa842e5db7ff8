namespace StreamRecorder.Grafana.Tests.Rules;

/// <summary>One recording or alert rule as its file spells it; names of annotations and labels to their values.</summary>
internal sealed record Rule(string Name, bool IsAlert, string Expression, IReadOnlyDictionary<string, string> Fields);

/// <summary>
/// Reads the rule files of this project, which use little of YAML: a key and a value a line, and
/// <c>|</c> for expressions of several lines. A test compares what it reads with what Prometheus reads.
/// </summary>
internal static class RuleFile
{
    public static IReadOnlyList<Rule> LoadAll() => [.. GrafanaFolder.RuleFiles.SelectMany(path => Read(File.ReadAllLines(path)))];

    private static IEnumerable<Rule> Read(string[] lines)
    {
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].Trim();
            bool isAlert = line.StartsWith("- alert:", StringComparison.Ordinal);
            if (isAlert || line.StartsWith("- record:", StringComparison.Ordinal)) yield return ReadRule(lines, i, isAlert);
        }
    }

    private static Rule ReadRule(string[] lines, int start, bool isAlert)
    {
        var fields = new Dictionary<string, string>();
        for (int i = start + 1; i < lines.Length && !lines[i].TrimStart().StartsWith("- ", StringComparison.Ordinal); i++)
        {
            var (key, value) = Split(lines[i]);
            if (value == "|") value = Block(lines, ref i);
            if (key.Length > 0 && value.Length > 0) fields.Add(key, value);
        }
        return new Rule(Split(lines[start].Replace("- ", "  ", StringComparison.Ordinal)).Value, isAlert, fields["expr"], fields);
    }

    private static (string Key, string Value) Split(string line)
    {
        string text = line.Trim();
        int colon = text.IndexOf(": ", StringComparison.Ordinal);
        return text.StartsWith('#') || colon < 0 ? ("", "") : (text[..colon], text[(colon + 2)..].Trim('"'));
    }

    private static string Block(string[] lines, ref int i)
    {
        int indent = Indent(lines[i]);
        var block = new List<string>();
        while (i + 1 < lines.Length && lines[i + 1].Length > 0 && Indent(lines[i + 1]) > indent) block.Add(lines[++i].Trim());
        return string.Join('\n', block);
    }

    private static int Indent(string line) => line.Length - line.TrimStart().Length;
}
