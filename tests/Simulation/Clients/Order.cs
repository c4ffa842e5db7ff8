using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Signals;

namespace StreamRecorder.Simulation;

/// <summary>One alert as its sender knows it. It may be delivered several times (then always with its key) and is told apart by its label.</summary>
internal sealed record Order
{
    public required int Id { get; init; }
    public required long RecorderId { get; init; }
    public required Contract Contract { get; init; }
    public SignalAction Action { get; init; }
    public long? Quantity { get; init; }
    public long? Price { get; init; }
    public long? Target { get; init; }
    public Side? TargetSide { get; init; }
    public bool WasFlat { get; init; }
    public long At { get; init; }
    public string? Key { get; init; }

    /// <summary>Long, so that a run of some hundred crosses the journal's files.</summary>
    public string Label => "order " + Id.ToString(System.Globalization.CultureInfo.InvariantCulture) + " " + new string('.', 40 + (Id * 37 % 150));

    public UInt128 BodyHash => (UInt128)(ulong)Id * 0x9E3779B97F4A7C15;

    public Signal ToSignal(SymbolTable symbols) => new()
    {
        Symbol = Contract.In(symbols),
        Action = Action,
        Quantity = Quantity,
        Price = Price,
        TargetPosition = Target,
        TargetSide = TargetSide,
        WasFlat = WasFlat,
        At = At,
        Key = Key,
        Label = Label,
        BodyHash = BodyHash,
    };

    /// <summary>The same for the independent program, whose rules judge it.</summary>
    public Naive.Signal ToNaive() => new(
        ActionOf(Action),
        new Naive.Symbol(Contract.Name, new Naive.Instrument(Contract.Root, 1, 1, "", false), Naive.SymbolKind.Dated),
        At,
        TargetSide is { } side ? (int)side : null,
        Target is { } target ? Units(target) : null,
        null,
        WasFlat,
        Price is { } price ? Units(price) : null,
        Quantity is { } quantity ? Units(quantity) : null);

    public static Naive.Fraction Units(long value) => new(value, Fixed9.One);

    private static Naive.SignalAction ActionOf(SignalAction action) => action switch
    {
        SignalAction.Buy => Naive.SignalAction.Buy,
        SignalAction.Sell => Naive.SignalAction.Sell,
        SignalAction.Add => Naive.SignalAction.Add,
        SignalAction.Reverse => Naive.SignalAction.Reverse,
        SignalAction.CloseAll => Naive.SignalAction.Close,
        SignalAction.Exit => Naive.SignalAction.Exit,
        SignalAction.CloseLong => Naive.SignalAction.CloseLong,
        SignalAction.CloseShort => Naive.SignalAction.CloseShort,
        SignalAction.Cancel => Naive.SignalAction.Cancel,
        _ => Naive.SignalAction.None,
    };
}
