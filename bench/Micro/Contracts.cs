using System.Globalization;
using System.Text;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Prices;

namespace StreamRecorder.Micro;

/// <summary>Eight contracts and a random walk of ticks on all of them in no order, as they are and in the texts that feeds send.</summary>
internal static class Contracts
{
    public const long Start = 1_764_849_600 * Timestamp.Second;
    private const long TickSize = 250_000_000;

    public static readonly string[] Spellings = ["ESZ2025", "NQZ2025", "MNQZ2025", "YMZ2025", "CLF2026", "GCG2026", "6EZ2025", "ZNH2026"];

    /// <summary>The built-in instruments, with no symbol known yet.</summary>
    public static SymbolTable Table()
    {
        var symbols = new SymbolTable();
        symbols.Publish(new InstrumentTable(InstrumentFile.BuiltIn, []));
        return symbols;
    }

    /// <summary>A tick each microsecond; the symbol's id is its place in <see cref="Spellings"/>, of which only so many first ones are met.</summary>
    public static Tick[] Walk(int count, int symbols = 8)
    {
        var random = new Random(1);
        var prices = Enumerable.Repeat(25_600 * Fixed9.One, symbols).ToArray();
        var ticks = new Tick[count];
        for (var i = 0; i < count; i++)
        {
            var place = random.Next(symbols);
            prices[place] += random.Next(-2, 3) * TickSize;
            ticks[i] = new Tick(place, prices[place], Start + i);
        }
        return ticks;
    }

    public static byte[] Ndjson(Tick[] ticks) => Lines(
        ticks, tick => $$"""{"symbol":"{{Spellings[tick.SymbolId]}}","price":{{Fixed9.Format(tick.Price)}},"time":"{{Iso(tick.At)}}"}""");

    public static byte[] Csv(Tick[] ticks) => [
        .. "symbol,price,time\n"u8,
        .. Lines(ticks, tick => string.Create(
            CultureInfo.InvariantCulture, $"{Spellings[tick.SymbolId]},{Fixed9.Format(tick.Price)},{tick.At}")),
    ];

    private static byte[] Lines(Tick[] ticks, Func<Tick, string> line) =>
        Encoding.UTF8.GetBytes(string.Concat(ticks.Select(tick => line(tick) + '\n')));

    private static string Iso(long at) => Timestamp.ToDateTime(at).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
