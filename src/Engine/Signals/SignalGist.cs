namespace StreamRecorder.Engine.Signals;

/// <summary>
/// What could be understood of a body that is only kept, for people to read. Prices and quantities E9, times µs; null: not said, or not understood.
/// </summary>
public sealed record SignalGist
{
    public static readonly SignalGist Empty = new();

    public SignalAction Action { get; init; }

    /// <summary>Canonical, or as it was written when it belongs to no known instrument.</summary>
    public string? Symbol { get; init; }
    public long? Price { get; init; }
    public long? Quantity { get; init; }

    /// <summary>The alert's own time.</summary>
    public long? At { get; init; }
    public string? Key { get; init; }
    public string? Label { get; init; }
    public Brackets? Brackets { get; init; }

    public static SignalGist Of(Signal signal) => new()
    {
        Action = signal.Action,
        Symbol = signal.Symbol == Instruments.Symbol.None ? null : signal.Symbol.Name,
        Price = signal.Price,
        Quantity = signal.Quantity,
        At = signal.At,
        Key = signal.Key,
        Label = signal.Label,
        Brackets = signal.Brackets,
    };
}
