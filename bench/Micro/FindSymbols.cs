using System.Text;
using BenchmarkDotNet.Attributes;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Ingest.Ticks;

namespace StreamRecorder.Micro;

/// <summary>
/// From the bytes of a spelling to its symbol's id: by the decoders' cache and by the symbol table behind it, beside a dictionary for which a string
/// is made first. Sixty-four contracts in no order; a year of one digit depends on the time, so the table does not remember it. Time is per look-up.
/// </summary>
public class FindSymbols
{
    private const int LookUps = 1024;
    private const string Months = "FGHJKMNQ";

    private static readonly string[] Roots = ["ES", "NQ", "MNQ", "YM", "CL", "GC", "6E", "ZN"];

    private readonly Dictionary<string, int> _byName = new(StringComparer.Ordinal);
    private readonly byte[][] _asked = new byte[LookUps][];
    private SymbolTable _symbols = null!;
    private SymbolCache _cache = null!;

    [Params(4, 1)]
    public int YearDigits { get; set; } = 4;

    [GlobalSetup]
    public void Setup()
    {
        _symbols = Contracts.Table();
        _cache = new SymbolCache(_symbols, live: null);
        var year = "2026"[^YearDigits..];
        string[] spellings = [.. Roots.SelectMany(root => Months.Select(month => root + month + year))];
        foreach (var spelling in spellings) _byName[spelling] = Table(Encoding.UTF8.GetBytes(spelling));
        var random = new Random(1);
        for (var i = 0; i < LookUps; i++) _asked[i] = Encoding.UTF8.GetBytes(spellings[random.Next(spellings.Length)]);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = LookUps)]
    public int StringThenDictionary()
    {
        var sum = 0;
        foreach (var text in _asked) sum += _byName[Encoding.UTF8.GetString(text)];
        return sum;
    }

    [Benchmark(OperationsPerInvoke = LookUps)]
    public int Cache()
    {
        var sum = 0;
        foreach (var text in _asked) sum += _cache.TryResolve(text, Contracts.Start, out var id) ? id : throw new InvalidDataException();
        return sum;
    }

    [Benchmark(OperationsPerInvoke = LookUps)]
    public int Table()
    {
        var sum = 0;
        foreach (var text in _asked) sum += Table(text);
        return sum;
    }

    private int Table(byte[] text) =>
        _symbols.TryResolve(text, Contracts.Start, out var symbol, out var refusal) ? symbol.Id : throw new InvalidDataException(refusal!.Detail);
}
