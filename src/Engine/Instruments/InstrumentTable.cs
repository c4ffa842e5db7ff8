using System.Collections.Frozen;

namespace StreamRecorder.Engine.Instruments;

/// <summary>
/// All known roots, immutable: a change makes a new table. Two layers: rows of
/// files (built in, then DIR/instruments.csv) and rows set by the API, which win.
/// </summary>
public sealed class InstrumentTable
{
    public static readonly InstrumentTable Empty = new([], []);

    private readonly FrozenDictionary<string, Instrument> _byRoot;

    public InstrumentTable(IEnumerable<Instrument> fromFiles, IEnumerable<Instrument> fromApi)
    {
        FromFiles = fromFiles.ToFrozenDictionary(i => i.Root, StringComparer.Ordinal);
        FromApi = fromApi.ToFrozenDictionary(i => i.Root, StringComparer.Ordinal);
        _byRoot = FromFiles.Values.Where(i => !FromApi.ContainsKey(i.Root)).Concat(FromApi.Values)
            .ToFrozenDictionary(i => i.Root, StringComparer.Ordinal);
    }

    public FrozenDictionary<string, Instrument> FromFiles { get; }

    public FrozenDictionary<string, Instrument> FromApi { get; }

    /// <summary>What holds, by root.</summary>
    public IEnumerable<Instrument> All => _byRoot.Values.OrderBy(i => i.Root, StringComparer.Ordinal);

    public int Count => _byRoot.Count;

    public Instrument? Find(string root) => _byRoot.GetValueOrDefault(root);

    public InstrumentTable WithFiles(IEnumerable<Instrument> rows) => new(rows, FromApi.Values);

    public InstrumentTable WithApi(IEnumerable<Instrument> rows) =>
        new(FromFiles.Values, FromApi.Values.Where(old => rows.All(row => row.Root != old.Root)).Concat(rows));
}
