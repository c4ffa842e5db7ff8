using StreamRecorder.Engine;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Engine.Signals;

namespace StreamRecorder.Load.Database;

/// <summary>
/// What the engine gives the sink for so many positions that open and close
/// again, of as many recorders as a busy service has: real outputs, made once.
/// </summary>
internal static class Closings
{
    private const int Recorders = 64;
    private const long Start = 1_764_849_600 * Timestamp.Second;
    private const long TickSize = 250_000_000;

    public static IReadOnlyList<OutputGroup> Of(int positions)
    {
        var groups = new List<OutputGroup>();
        using var state = new StateMachine(new SymbolTable(), Recorders, 5 * Timestamp.Second);
        Apply(new InstrumentsSet([new Instrument("MNQ", "CME", "Micro E-mini Nasdaq-100", TickSize, 500_000_000, "USD")], FromFiles: true));
        var symbol = state.Symbols.FromCanonical("MNQZ2025", "MNQ", SymbolKind.Dated, 0);
        for (var id = 1; id <= Recorders; id++) Apply(new RecorderSet(new Recorder(id, new RecorderSettings { Name = $"strategy-{id}" }, [], Start)));
        for (var i = 0; i < positions; i++)
        {
            Apply(Signal(i, SignalAction.Buy));
            Apply(Signal(i, SignalAction.CloseAll));
        }
        return groups;

        SignalInput Signal(int i, SignalAction action) =>
            new(i % Recorders + 1, new Signal { Symbol = symbol, Action = action, Key = $"{i}-{action}" })
            {
                Contract = symbol,
                DefaultQuantity = Fixed9.One,
                Price = 25_600 * Fixed9.One + i % 17 * TickSize,
                TickSize = TickSize,
                TickValue = 500_000_000,
                Currency = CurrencyCode.Pack("USD"),
            };

        void Apply(Input input)
        {
            var outputs = new List<Output>();
            var sequence = state.Sequence + 1;
            state.Apply(sequence, Start + sequence, input, outputs);
            groups.Add(new OutputGroup(sequence, Start + sequence, outputs));
        }
    }
}
