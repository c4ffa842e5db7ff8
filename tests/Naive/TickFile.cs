namespace StreamRecorder.Naive;

/// <summary>One print. Now is the clock when it is applied: the greatest own time of its file so far.</summary>
public sealed record Tick(Symbol Symbol, Fraction Price, long OwnTime, long Now);

/// <summary>Reads a file of ticks whole into memory, in row order.</summary>
public sealed class TickFile
{
    private static readonly string[] TimeNames =
        ["timestamp_utc_us", "timestamp_utc_ms", "timestamp_utc_ns", "timestamp_utc", "timestamp", "time"];

    private readonly InstrumentTable _table;
    private readonly Dictionary<(string Text, int Year), Symbol?> _symbols = [];
    private readonly List<string> _columns;
    private readonly int _timeColumn;

    private TickFile(InstrumentTable table, string header, string path)
    {
        _table = table;
        _columns = Csv.Cells(header.TrimStart('\uFEFF')).ConvertAll(name => name.ToLowerInvariant());
        _timeColumn = _columns.FindIndex(name => TimeNames.Contains(name));
        var priced = _columns.Contains("price") || (_columns.Contains("bid") && _columns.Contains("ask"));
        if (_timeColumn >= 0 && _columns.Contains("symbol") && priced) return;
        throw new InvalidDataException($"{path}: the header needs time, symbol and price or bid,ask");
    }

    /// <summary>Rows that cannot be read are rejected alone and do not move the clock.</summary>
    public static List<Tick> Read(string path, InstrumentTable table, List<string> rejected)
    {
        var ticks = new List<Tick>();
        TickFile? file = null;
        foreach (var line in Csv.Lines(path).Where(line => line.Trim().Length > 0))
        {
            if (file is null) file = new TickFile(table, line, path);
            else if (file.ReadRow(Csv.Cells(line), ticks.Count == 0 ? long.MinValue : ticks[^1].Now) is { } tick) ticks.Add(tick);
            else rejected.Add($"{path}: {line}");
        }

        return ticks;
    }

    private Tick? ReadRow(List<string> cells, long clock)
    {
        if (cells.Count < _columns.Count || Moment.Parse(cells[_timeColumn]) is not { } time) return null;
        if (SymbolOf(cells[_columns.IndexOf("symbol")], time) is not { } symbol || PriceOf(cells) is not { } price) return null;
        return new Tick(symbol, price, time, Math.Max(time, clock));
    }

    private Symbol? SymbolOf(string text, long time)
    {
        var key = (text, Moment.YearOf(time));
        if (!_symbols.ContainsKey(key)) _symbols[key] = Symbol.Parse(text, time, _table);
        return _symbols[key];
    }

    private Fraction? PriceOf(List<string> cells)
    {
        if (Cell(cells, "price") is { Length: > 0 } price) return Limits.Price(price);
        if (Limits.Price(Cell(cells, "bid")) is not { } bid || Limits.Price(Cell(cells, "ask")) is not { } ask) return null;
        return ((bid + ask) / 2).RoundHalfEven(Limits.Decimals);
    }

    private string Cell(List<string> cells, string name) => _columns.IndexOf(name) is >= 0 and var column ? cells[column] : "";
}
