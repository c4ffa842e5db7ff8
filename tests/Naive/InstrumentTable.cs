namespace StreamRecorder.Naive;

/// <summary>One row of the instrument table. A spot symbol is its own root.</summary>
public sealed record Instrument(string Root, Fraction TickSize, Fraction TickValue, string Currency, bool IsSpot)
{
    public Fraction PointValue => TickValue / TickSize;
}

/// <summary>The instruments by root: a built-in file, and files that add to it and override it.</summary>
public sealed class InstrumentTable
{
    private static readonly List<string> ColumnsWithoutHeader = ["root", "exchange", "name", "tick_size", "tick_value", "currency", "kind"];

    private readonly Dictionary<string, Instrument> _byRoot = [];

    public IEnumerable<Instrument> Futures => _byRoot.Values.Where(instrument => !instrument.IsSpot);

    public Instrument? Find(string root) => _byRoot.GetValueOrDefault(root);

    public void Put(Instrument instrument) => _byRoot[instrument.Root] = instrument;

    public static InstrumentTable Load(params IEnumerable<string> paths)
    {
        var table = new InstrumentTable();
        foreach (var path in paths)
            table.AddFile(path);
        return table;
    }

    public void AddFile(string path)
    {
        var columns = ColumnsWithoutHeader;
        var number = 0;
        foreach (var line in Csv.Lines(path))
        {
            number++;
            var cells = Csv.Cells(line);
            if (line.Trim().Length == 0) continue;
            if (cells[0].Equals("root", StringComparison.OrdinalIgnoreCase)) columns = cells.ConvertAll(name => name.ToLowerInvariant());
            else Put(ReadRow(columns, cells) ?? throw new InvalidDataException($"{path}, line {number}: not an instrument"));
        }
    }

    private static Instrument? ReadRow(List<string> columns, List<string> cells)
    {
        var root = Cell(columns, cells, "root").ToUpperInvariant();
        var kind = Cell(columns, cells, "kind").ToLowerInvariant();
        if (root.Length == 0 || kind is not ("" or "future" or "spot")) return null;
        if (Fraction.Parse(Cell(columns, cells, "tick_size")) is not { Sign: > 0 } tickSize) return null;
        if (Fraction.Parse(Cell(columns, cells, "tick_value")) is not { Sign: > 0 } tickValue) return null;
        return new Instrument(root, tickSize, tickValue, Cell(columns, cells, "currency"), kind == "spot");
    }

    private static string Cell(List<string> columns, List<string> cells, string name)
    {
        var column = columns.IndexOf(name);
        return column >= 0 && column < cells.Count ? cells[column] : "";
    }
}
