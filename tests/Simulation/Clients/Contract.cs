using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Numbers;

namespace StreamRecorder.Simulation;

/// <summary>A symbol as plain text: it outlives the processes, whose symbol objects do not.</summary>
internal sealed record Contract(string Name, string Root, SymbolKind Kind, int Index)
{
    public static readonly Contract Mnq = new("MNQ1!", "MNQ", SymbolKind.Continuous, 1);
    public static readonly Contract MnqDecember = new("MNQZ2025", "MNQ", SymbolKind.Dated, 0);
    public static readonly Contract Gold = new("GC1!", "GC", SymbolKind.Continuous, 1);
    public static readonly Contract GoldDecember = new("GCZ2025", "GC", SymbolKind.Dated, 0);
    public static readonly Contract Es = new("ES1!", "ES", SymbolKind.Continuous, 1);
    public static readonly Contract Share = new("AAA", "AAA", SymbolKind.Spot, 0);

    /// <summary>What alerts speak of.</summary>
    public static readonly Contract[] Traded = [Mnq, Mnq, Gold, GoldDecember, Es, Share];

    /// <summary>What feeds send; ticks of ES come so rarely that positions open without a contract.</summary>
    public static readonly Contract[] Ticked = [MnqDecember, MnqDecember, MnqDecember, Gold, GoldDecember, Share, Share];

    public static readonly Contract[] All = [Mnq, MnqDecember, Gold, GoldDecember, Es, Share];

    public static readonly Instrument[] Instruments =
    [
        new("MNQ", "CME", "Micro Nasdaq", Fixed9.One / 4, Fixed9.One / 2, "USD"),
        new("GC", "COMEX", "Gold", Fixed9.One / 10, 10 * Fixed9.One, "USD"),
        new("ES", "CME", "S&P", Fixed9.One / 4, 25 * Fixed9.One / 2, "USD"),
        new("AAA", "TEST", "A share", Fixed9.One / 3, Fixed9.One / 7, "EUR", InstrumentKind.Spot),
    ];

    public Symbol In(SymbolTable symbols) => symbols.FromCanonical(Name, Root, Kind, Index);

    public Instrument Instrument => Array.Find(Instruments, i => i.Root == Root)!;
}
