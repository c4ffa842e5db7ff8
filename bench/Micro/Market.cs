using StreamRecorder.Engine;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Prices;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Engine.Signals;

namespace StreamRecorder.Micro;

/// <summary>One contract, so many recorders with an open position on it, each opened at another tick, and a random walk of ticks.</summary>
internal sealed class Market : IDisposable
{
    private const long Start = 1_764_849_600 * Timestamp.Second;
    private const long TickSize = 250_000_000;

    private readonly List<Output> _outputs = [];
    private long _sequence;

    public Market(int positions)
    {
        State = new StateMachine(new SymbolTable(), positions, 5 * Timestamp.Second);
        Apply(new InstrumentsSet([new Instrument("MNQ", "CME", "Micro E-mini Nasdaq-100", TickSize, 500_000_000, "USD")], FromFiles: true));
        Symbol = State.Symbols.FromCanonical("MNQZ2025", "MNQ", SymbolKind.Dated, 0);
        for (var recorder = 1; recorder <= positions; recorder++) Open(recorder);
    }

    public StateMachine State { get; }

    public Symbol Symbol { get; }

    public Tick[] Walk(int count)
    {
        var random = new Random(1);
        var price = 25_600 * Fixed9.One;
        var ticks = new Tick[count];
        for (var i = 0; i < count; i++)
        {
            price += random.Next(-2, 3) * TickSize;
            ticks[i] = new Tick(Symbol.Id, price, Start + i);
        }
        return ticks;
    }

    /// <summary>What the loop does with ticks that somebody waits for: takes what is pending and applies it.</summary>
    public void Fold()
    {
        while (State.Prices.WithPending.Count > 0) Apply(State.Prices.TakePending(State.Prices.WithPending[^1]));
    }

    public void Dispose() => State.Dispose();

    private void Open(long recorder)
    {
        Apply(new RecorderSet(new Recorder(recorder, new RecorderSettings { Name = $"r{recorder}" }, [], Start)));
        Apply(new TickFold(Symbol, Excursion.Of(25_600 * Fixed9.One + recorder % 7 * TickSize, Start)));
        Apply(new SignalInput(recorder, new Signal { Symbol = Symbol, Action = recorder % 2 == 0 ? SignalAction.Buy : SignalAction.Sell })
        {
            Contract = Symbol,
            DefaultQuantity = Fixed9.One,
            Price = 25_600 * Fixed9.One,
            TickSize = TickSize,
            TickValue = 500_000_000,
            Currency = CurrencyCode.Pack("USD"),
        });
    }

    private void Apply(Input input)
    {
        State.Apply(++_sequence, Start, input, _outputs);
        _outputs.Clear();
    }
}
