using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Numbers;

namespace StreamRecorder.Ingest.Tests;

/// <summary>The built-in instruments and some spot symbols, and a fixed arrival.</summary>
internal static class Table
{
    /// <summary>2025-12-04T15:00:00Z.</summary>
    public const long Arrival = 1_764_860_400 * Timestamp.Second;

    public static IReadOnlyList<Instrument> Instruments { get; } =
    [.. InstrumentFile.BuiltIn,
        .. new[] { "AAPL", "BTCUSDT", "BTCUSDT.P", "BRK.B", "EURUSD" }.Select(
            s => new Instrument(s, "TEST", s, 10_000_000, 10_000_000, "USD", InstrumentKind.Spot)),
    ];

    public static SymbolTable Symbols()
    {
        var symbols = new SymbolTable();
        symbols.Publish(new InstrumentTable(Instruments, []));
        return symbols;
    }
}
