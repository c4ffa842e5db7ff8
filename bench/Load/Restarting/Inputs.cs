using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Prices;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Engine.Signals;

namespace StreamRecorder.Load.Restarting;

/// <summary>
/// So many inputs after which so many positions are open, each made from its sequence alone, so that nobody has to keep them: recorders, one
/// opening a position, then two folds of ticks to one signal that adds to a position. The same for whoever journals, applies or checks them.
/// </summary>
internal sealed class Inputs(SymbolTable symbols, int positions, long count)
{
    private const int RecordersMax = 1000;
    private const long Start = 1_764_849_600 * Timestamp.Second;
    private const long Tick = 250_000_000;

    /// <summary>µs between two inputs: a thousand a second.</summary>
    private const long Interval = 1000;

    /// <summary>Any odd number that is no multiple of few: spreads the additions over all positions.</summary>
    private const long Spread = 7_368_787;

    private readonly int _recorders = Math.Min(RecordersMax, positions);
    private readonly List<Symbol> _symbols =
        [.. Enumerable.Range(0, (positions + RecordersMax - 1) / RecordersMax)
                .Select(i => symbols.FromCanonical($"S{i}", $"S{i}", SymbolKind.Spot, 0))];

    public long Count { get; } = Math.Max(count, positions + RecordersMax);

    public static long TimeOf(long sequence) => Start + sequence * Interval;

    public Input Of(long sequence)
    {
        if (sequence <= _recorders) return new RecorderSet(new Recorder(sequence, new RecorderSettings { Name = $"strategy-{sequence}" }, [], Start));
        var after = sequence - _recorders - 1;
        if (after < positions) return Buy(after, sequence);
        return after % 3 == 2 ? Buy(after * Spread % positions, sequence) : Fold(_symbols[(int)(after * Spread % _symbols.Count)], sequence);
    }

    private SignalInput Buy(long position, long sequence)
    {
        var symbol = _symbols[(int)(position / _recorders)];
        var price = Price(sequence);
        return new SignalInput(position % _recorders + 1,
            new Signal { Symbol = symbol, Action = SignalAction.Buy, Price = price, BodyHash = (UInt128)sequence })
        {
            Contract = symbol,
            DefaultQuantity = Fixed9.One,
            Price = price,
            TickSize = Tick,
            TickValue = 2 * Tick,
            Currency = CurrencyCode.Pack("USD"),
        };
    }

    private static TickFold Fold(Symbol symbol, long sequence)
    {
        var ticks = default(Excursion);
        for (var i = 0; i < 4; i++) ticks.Observe(Price(sequence + i), TimeOf(sequence));
        return new TickFold(symbol, ticks);
    }

    private static long Price(long sequence) => 25_000 * Fixed9.One + sequence * Spread % 4000 * Tick;
}
