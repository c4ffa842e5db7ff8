using System.Text;
using StreamRecorder.Engine.Numbers;

namespace StreamRecorder.Engine.Instruments;

/// <summary>A wrong row of a settings file: stops the start, naming file and line.</summary>
public sealed class SettingsFileException(string file, int line, string reason) : Exception($"{file}, line {line}: {reason}");

/// <summary>Reads <c>root,exchange,name,tick_size,tick_value,currency[,kind]</c> (header first, columns by name, # comments allowed).</summary>
public static class InstrumentFile
{
    private static readonly string[] Needed = ["root", "exchange", "name", "tick_size", "tick_value", "currency"];

    /// <summary>The table that the program brings along.</summary>
    public static IReadOnlyList<Instrument> BuiltIn { get; } = ReadBuiltIn();

    public static IReadOnlyList<Instrument> Read(string path)
    {
        using var reader = new StreamReader(path, Encoding.UTF8);
        return Read(reader, path);
    }

    public static IReadOnlyList<Instrument> Read(TextReader reader, string file)
    {
        var rows = new List<Instrument>();
        var roots = new HashSet<string>(StringComparer.Ordinal);
        Dictionary<string, int>? columns = null;
        var number = 0;
        while (reader.ReadLine() is { } line)
        {
            number++;
            if (string.IsNullOrWhiteSpace(line) || line[0] == '#') continue;
            var cells = Split(line, file, number);
            if (columns is null)
            {
                columns = Header(cells, file, number);
                continue;
            }
            if (cells.Count > columns.Count) throw new SettingsFileException(file, number, $"{cells.Count} values for {columns.Count} columns");
            string Cell(string name) => columns.TryGetValue(name, out var i) && i < cells.Count ? cells[i].Trim() : "";
            var (instrument, error) = Parse(Cell);
            if (instrument is null) throw new SettingsFileException(file, number, error!);
            if (!roots.Add(instrument.Root)) throw new SettingsFileException(file, number, $"root {instrument.Root} is given twice");
            rows.Add(instrument);
        }
        return rows;
    }

    /// <summary>Checks one row given by column name; the API uses the same rules as the file.</summary>
    public static (Instrument? Instrument, string? Error) Parse(Func<string, string> cell)
    {
        var root = cell("root").ToUpperInvariant();
        if (root.Length is 0 or > 32 || root.Any(c => !(char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '/' or '&')))
            return (null, $"root \"{root}\" must be 1 to 32 letters, digits or . _ - / &");
        if (!Positive(cell("tick_size"), out var size))
            return (null, $"tick_size \"{cell("tick_size")}\" must be a number above 0 with at most 9 decimals");
        if (!Positive(cell("tick_value"), out var value))
            return (null, $"tick_value \"{cell("tick_value")}\" must be a number above 0 with at most 9 decimals");
        if ((Int128)value > (Int128)size * EngineLimits.PointValueMax)
            return (null, $"tick_value / tick_size may be at most {EngineLimits.PointValueMax}");
        var currency = cell("currency").ToUpperInvariant();
        if (currency.Length is < 3 or > 8 || !currency.All(char.IsAsciiLetterOrDigit))
            return (null, $"currency \"{currency}\" must be a code such as USD");
        var kind = cell("kind").ToLowerInvariant();
        if (kind is not ("" or "future" or "spot")) return (null, $"kind \"{kind}\" must be future or spot");
        if (cell("name").Length > EngineLimits.NameLengthMax || cell("exchange").Length > EngineLimits.NameLengthMax)
            return (null, $"name and exchange have at most {EngineLimits.NameLengthMax} characters");
        return (new Instrument(
            root, cell("exchange"), cell("name"), size, value, currency, kind == "spot" ? InstrumentKind.Spot : InstrumentKind.Future), null);
    }

    private static bool Positive(string text, out long value) => Fixed9.TryParse(text, out value) == NumberError.None && value > 0;

    private static Dictionary<string, int> Header(List<string> cells, string file, int number)
    {
        var columns = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < cells.Count; i++) columns[cells[i].Trim()] = i;
        foreach (var name in Needed)
            if (!columns.ContainsKey(name)) throw new SettingsFileException(file, number, $"the header lacks the column {name}");
        return columns;
    }

    /// <summary>CSV of one line: a cell may stand in double quotes, a quote in it is doubled.</summary>
    internal static List<string> Split(string line, string file, int number)
    {
        var cells = new List<string>();
        var cell = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (c == '"' && quoted && i + 1 < line.Length && line[i + 1] == '"') cell.Append(line[++i]);
            else if (c == '"') quoted = !quoted;
            else if (c == ',' && !quoted)
            {
                cells.Add(cell.ToString());
                cell.Clear();
            }
            else cell.Append(c);
        }
        if (quoted) throw new SettingsFileException(file, number, "a quoted value does not end");
        cells.Add(cell.ToString());
        return cells;
    }

    private static IReadOnlyList<Instrument> ReadBuiltIn()
    {
        using var stream = typeof(InstrumentFile).Assembly.GetManifestResourceStream("instruments.csv")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return Read(reader, "instruments.csv");
    }
}
