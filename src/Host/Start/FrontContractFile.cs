using System.Text;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Numbers;

namespace StreamRecorder.Host.Start;

/// <summary>Reads DIR/front_contracts.csv (<c>root,contract,from_utc</c>, header first). File and API share the rules of one row.</summary>
public static class FrontContractFile
{
    private const string Header = "root,contract,from_utc";

    public static IReadOnlyList<FrontContract> Read(string path, SymbolTable symbols)
    {
        var rows = new List<FrontContract>();
        var number = 0;
        var hasHeader = false;
        foreach (var line in File.ReadLines(path, Encoding.UTF8))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line) || line[0] == '#') continue;
            if (!hasHeader)
            {
                hasHeader = line.Trim().Equals(Header, StringComparison.OrdinalIgnoreCase);
                if (!hasHeader) throw new SettingsFileException(path, number, $"the header must be {Header}");
                continue;
            }
            var cells = line.Split(',', StringSplitOptions.TrimEntries);
            if (cells.Length != 3) throw new SettingsFileException(path, number, $"{cells.Length} values for 3 columns");
            var (row, error) = Parse(cells[0], cells[1], cells[2], symbols);
            if (row is null) throw new SettingsFileException(path, number, error!);
            if (rows.Any(r => r.Root == row.Root && r.FromUtc == row.FromUtc))
                throw new SettingsFileException(path, number, $"{row.Root} has two contracts from the same time");
            if (rows.Count == HostLimits.FrontContractsMax)
                throw new SettingsFileException(path, number, $"at most {HostLimits.FrontContractsMax} rows are taken");
            rows.Add(row);
        }
        return rows;
    }

    /// <summary>Checks one row. A one-digit year is the one nearest to the row's own time.</summary>
    public static (FrontContract? Row, string? Error) Parse(string root, string contract, string fromUtc, SymbolTable symbols)
    {
        if (!Timestamp.TryParse(Encoding.UTF8.GetBytes(fromUtc), out var from))
            return (null, $"from_utc \"{fromUtc}\" must be an ISO 8601 time or an epoch number");
        root = root.ToUpperInvariant();
        if (symbols.Instruments.Find(root) is not { Kind: InstrumentKind.Future })
            return (null, $"root \"{root}\" is no future of the instrument table");
        if (!symbols.TryResolveOfTable(contract, from, out var symbol, out var refusal)) return (null, $"contract: {refusal!.Detail}");
        if (symbol.Kind != SymbolKind.Dated || symbol.Root != root)
            return (null, $"contract \"{contract}\" must be a dated contract of {root}, such as {root}Z2025");
        return (new FrontContract(root, symbol.Name, from), null);
    }
}
