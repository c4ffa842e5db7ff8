namespace StreamRecorder.Naive;

/// <summary>One fill. TickCount is how many ticks had been applied before it: its place in the list of ticks.</summary>
public sealed record Fill(bool IsEntry, Fraction Price, Fraction Quantity, long Time, int TickCount);

/// <summary>One position as its fills alone. Nothing is summed up here: whoever wants a figure loops over the fills and ticks.</summary>
public sealed class Position(int id, int recorderId, string recorder, Symbol symbol, string? contract, int side)
{
    private readonly List<Fill> _fills = [];

    public int Id { get; } = id;

    public int RecorderId { get; } = recorderId;

    public string Recorder { get; } = recorder;

    public Symbol Symbol { get; } = symbol;

    /// <summary>The contract found at the opening; null if there was none.</summary>
    public string? ContractAtOpening { get; } = contract;

    /// <summary>+1 long, -1 short.</summary>
    public int Side { get; } = side;

    public IReadOnlyList<Fill> Fills => _fills;

    public SortedSet<string> Flags { get; } = new(StringComparer.Ordinal);

    public string? CloseReason { get; private set; }

    public bool IsOpen => CloseReason is null;

    /// <summary>The symbol whose ticks this position sees. One that found no contract waits for ticks under its own continuous symbol.</summary>
    public string PricedBy => ContractAtOpening ?? Symbol.Name;

    /// <summary>Quantity held, never negative.</summary>
    public Fraction Held()
    {
        Fraction held = 0;
        foreach (var fill in _fills)
            held += fill.IsEntry ? fill.Quantity : -fill.Quantity;
        return held;
    }

    public void Enter(Fraction price, Fraction quantity, long time, int tickCount) => _fills.Add(new Fill(true, price, quantity, time, tickCount));

    public void Exit(Fraction price, Fraction quantity, long time, int tickCount, string reason)
    {
        _fills.Add(new Fill(false, price, quantity, time, tickCount));
        if (Held().Sign == 0) CloseReason = reason;
    }
}
