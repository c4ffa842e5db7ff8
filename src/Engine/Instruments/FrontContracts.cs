using StreamRecorder.Engine.Numbers;

namespace StreamRecorder.Engine.Instruments;

/// <summary>
/// From <paramref name="FromUtc"/> (µs) on, <paramref name="Contract"/> (canonical, dated) is the front month of <paramref name="Root"/>.
/// </summary>
public sealed record FrontContract(string Root, string Contract, long FromUtc);

/// <summary>Which contract is front when, immutable. File rows and API rows together; the newest start at or before a moment holds.</summary>
public sealed class FrontContractTable(IEnumerable<FrontContract> fromFile, IEnumerable<FrontContract> fromApi)
{
    public static readonly FrontContractTable Empty = new([], []);

    private readonly ILookup<string, FrontContract> _byRoot =
        fromFile.Concat(fromApi).OrderBy(f => f.FromUtc).ToLookup(f => f.Root, StringComparer.Ordinal);

    public IReadOnlyList<FrontContract> FromFile { get; } = [.. fromFile];

    public IReadOnlyList<FrontContract> FromApi { get; } = [.. fromApi];

    public IEnumerable<FrontContract> All => _byRoot.SelectMany(g => g).OrderBy(f => f.Root, StringComparer.Ordinal).ThenBy(f => f.FromUtc);

    public string? FrontAt(string root, long at) => _byRoot[root].LastOrDefault(f => f.FromUtc <= at)?.Contract;

    public FrontContractTable WithFile(IEnumerable<FrontContract> rows) => new(rows, FromApi);

    public FrontContractTable WithApi(IEnumerable<FrontContract> rows) =>
        new(FromFile, FromApi.Where(old => rows.All(row => row.Root != old.Root || row.FromUtc != old.FromUtc)).Concat(rows));
}
