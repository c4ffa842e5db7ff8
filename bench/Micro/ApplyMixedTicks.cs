using BenchmarkDotNet.Attributes;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Prices;

namespace StreamRecorder.Micro;

/// <summary>
/// Ticks of eight symbols that take turns, the worst order there is for a path that likes runs of one symbol. The rival keeps minimum, maximum and
/// last of each. Run it alone: the runtime shapes the code by what ran first.
/// </summary>
public class ApplyMixedTicks
{
    private const int Symbols = 8;
    private const int TicksPerInvoke = 262_144;

    private readonly (long Minimum, long Maximum, long Last)[] _bare = new (long, long, long)[Symbols];
    private PriceBook _book = null!;
    private Tick[] _ticks = [];

    [GlobalSetup]
    public void Setup()
    {
        var symbols = new SymbolTable();
        for (var i = 0; i < Symbols; i++) symbols.FromCanonical($"S{i}", $"S{i}", SymbolKind.Spot, 0);
        _book = new PriceBook(symbols, 5_000_000);
        using var market = new Market(1);
        _ticks = [.. market.Walk(TicksPerInvoke).Select((tick, i) => new Tick(i % Symbols, tick.Price, tick.At))];
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = TicksPerInvoke)]
    public long BareLoop()
    {
        Array.Fill(_bare, (long.MaxValue, long.MinValue, 0));
        foreach (ref readonly var tick in _ticks.AsSpan())
        {
            ref var symbol = ref _bare[tick.SymbolId];
            if (tick.Price < symbol.Minimum) symbol.Minimum = tick.Price;
            if (tick.Price > symbol.Maximum) symbol.Maximum = tick.Price;
            symbol.Last = tick.Price;
        }
        return _bare[0].Last;
    }

    [Benchmark(OperationsPerInvoke = TicksPerInvoke)]
    public int Engine()
    {
        var late = 0;
        for (var from = 0; from < _ticks.Length; from += EngineLimits.TicksPerBatch)
            late += _book.Observe(_ticks.AsSpan(from, EngineLimits.TicksPerBatch));
        while (_book.WithPending.Count > 0) _book.TakePending(_book.WithPending[^1]);
        return late;
    }
}
