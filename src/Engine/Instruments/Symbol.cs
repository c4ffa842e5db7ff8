namespace StreamRecorder.Engine.Instruments;

public enum SymbolKind : byte
{
    Spot,
    Dated,
    Continuous,
}

/// <summary>
/// A symbol in its one canonical spelling: <c>MNQ1!</c>, <c>MNQZ2025</c>, <c>AAPL</c>. One object per symbol and <see cref="SymbolTable"/>;
/// <see cref="Id"/> is dense and belongs to the process: journal and database hold the name.
/// </summary>
public sealed class Symbol
{
    /// <summary>Of an alert that concerns no position, such as the cancelling of all orders. In no table, and nothing is ever held of it.</summary>
    public static readonly Symbol None = new(-1, "", "", SymbolKind.Spot, 0);

    internal Symbol(int id, string name, string root, SymbolKind kind, int index)
    {
        Id = id;
        Name = name;
        Root = root;
        Kind = kind;
        ContinuousIndex = index;
    }

    public int Id { get; }

    public string Name { get; }

    public string Root { get; }

    public SymbolKind Kind { get; }

    /// <summary>1 for the front month, 2 for the second …; 0 when not continuous.</summary>
    public int ContinuousIndex { get; }

    public override string ToString() => Name;
}
