using System.Globalization;
using System.Text;
using StreamRecorder.Naive;

namespace StreamRecorder.Host.Tests.Replay;

/// <summary>
/// Files of ticks out of a seed, full of what is rare in real ones: equal times, ticks that come late, prices below zero and
/// with nine decimals, gaps of more than a day, contracts that begin and end, quotes without a price, rows that cannot be read.
/// </summary>
internal sealed class RandomMarket
{
    private static readonly string[][] Casts =
    [
        ["GCZ2025", "GCG2026", "GC1!"],
        ["GCZ2025"],
        ["GCZ2025", "GCG2026", "CLF2026"],
        ["MNQ1!", "MNQZ2025", "M2KZ2025"],
        ["CLF2026", "CL2!", "CL1!"],
        ["AAPL", "EURUSD", "6EZ2025"],
    ];

    private readonly SplitMix64 _random;
    private readonly string[] _symbols;
    private readonly bool _isMixed;
    private readonly Dictionary<string, long> _prices = [];
    private long _time = 1_764_853_200_000_000;

    public RandomMarket(int seed)
    {
        _random = new SplitMix64((ulong)seed);
        _symbols = _random.Pick(Casts);
        // Where only one contract ticks at a time, a gap of a day moves the front on.
        _isMixed = _random.OneIn(2);
        foreach (var symbol in _symbols) _prices[symbol] = Level();
    }

    /// <summary>What signals may be about: the market's symbols, and continuous ones that may have to find their contract.</summary>
    public IReadOnlyList<string> SignalSymbols => [.. _symbols.Union(_symbols.Where(s => s.Length > 6).Select(s => s[..^5] + "1!"))];

    public string NextFile(int rows)
    {
        var hasQuotes = _random.OneIn(3);
        var text = new StringBuilder(hasQuotes ? "time,symbol,bid,ask\n" : "timestamp_utc_us,symbol,price,size\n");
        // Files of one replay overlap: each starts a little before the end of the one before it.
        _time -= _random.Below(600) * Moment.Second;
        var contract = 0;
        for (var row = 0; row < rows; row++)
        {
            _time += Step();
            if (_random.OneIn(rows / 4 + 1)) contract++;
            var symbol = _isMixed && _random.OneIn(3) ? _random.Pick(_symbols) : _symbols[contract % _symbols.Length];
            text.Append(_random.OneIn(80) ? BadRow(symbol) : Row(symbol, hasQuotes)).Append('\n');
        }
        return text.ToString();
    }

    private string Row(string symbol, bool hasQuotes)
    {
        var price = _prices[symbol] += (_random.Below(9) - 4) * StepOf(symbol);
        // Some ticks are older than the newest of their symbol; of these some by more than is borne.
        var at = _random.OneIn(20) ? _time - _random.Below(8_000_000) : _time;
        if (!hasQuotes) return string.Create(CultureInfo.InvariantCulture, $"{at},{symbol},{Text(price)},{_random.Below(5)}");
        return string.Create(CultureInfo.InvariantCulture, $"{Moment.Format(at)},{symbol},{Text(price)},{Text(price + _random.Below(1000))}");
    }

    private string BadRow(string symbol) => _random.Pick(
        $"{_time},{symbol},abc,1", $"{_time},NOPE,5,1", $"{_time},{symbol},0.0000000001,1", $"yesterday,{symbol},5,1",
        $"{_time},{symbol},4600000001,1", $"{_time}");

    private long Step()
    {
        if (_random.OneIn(3)) return 0;
        if (_random.OneIn(100)) return (20L + _random.Below(20)) * 3600 * Moment.Second;
        return _random.OneIn(30) ? _random.Below(90) * Moment.Second : 1 + _random.Below(3_000_000);
    }

    /// <summary>E9. Some markets live around zero, and some ticks are finer than any tick size.</summary>
    private long Level() => _random.OneIn(3) ? 1_000_000_000 * (_random.Below(5) - 2) : 1_000_000_000L * (_random.Below(30_000) + 1);

    private long StepOf(string symbol) =>
        _random.OneIn(12) ? 1 + _random.Below(1000) : symbol.StartsWith("GC", StringComparison.Ordinal) ? 100_000_000 : 250_000_000;

    private static string Text(long price) => new Fraction(price, 1_000_000_000).ToDecimal(9);
}
