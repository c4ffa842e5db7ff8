namespace StreamRecorder.Naive;

/// <summary>Options of the form "--name value value"; an option given twice goes on with its list.</summary>
public sealed class CommandLine
{
    private readonly Dictionary<string, List<string>> _values = [];

    public CommandLine(IEnumerable<string> arguments, params string[] known)
    {
        List<string>? values = null;
        foreach (var argument in arguments)
        {
            if (argument.StartsWith("--", StringComparison.Ordinal)) values = ListOf(argument, known);
            else if (values is null) throw new ArgumentException($"'{argument}' belongs to no option");
            else values.Add(argument);
        }
    }

    public bool Has(string name) => _values.ContainsKey(name);

    public IReadOnlyList<string> All(string name) => _values.GetValueOrDefault(name) ?? [];

    public IReadOnlyList<string> Needed(string name) =>
        All(name) is { Count: > 0 } values ? values : throw new ArgumentException($"{name} is needed");

    public string One(string name, string otherwise) => Has(name) ? Needed(name)[^1] : otherwise;

    private List<string> ListOf(string name, string[] known)
    {
        if (!known.Contains(name)) throw new ArgumentException($"unknown option {name}");
        if (!_values.ContainsKey(name)) _values[name] = [];
        return _values[name];
    }
}
