using BenchmarkDotNet.Attributes;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Prices;

namespace StreamRecorder.Micro;

/// <summary>
/// Ticks of one contract on which so many positions are open: the engine beside the least that could be done (a loop that keeps
/// minimum, maximum and last) and beside the design it replaces (every tick updates every position in FASTER). Time is per tick.
/// </summary>
public class ApplyTicks : IDisposable
{
    private const int TicksPerInvoke = 1_000_000;
    public const int NaiveTicksPerInvoke = 10;

    /// <summary>The loop folds when somebody waits, otherwise every 100 ms: 64 batches are what comes in that time at 2.6 M ticks a second.</summary>
    private const int BatchesPerFold = 64;

    private Market _market = null!;
    private NaiveStore _naive = null!;
    private Tick[] _ticks = [];

    [Params(1, 1000, 100_000)]
    public int Positions { get; set; } = 1;

    /// <summary>Fewer in the tests that only ask whether it runs.</summary>
    public int TickCount { get; set; } = TicksPerInvoke;

    [GlobalSetup]
    public void Setup()
    {
        _market = new Market(Positions);
        _naive = new NaiveStore(Positions);
        _ticks = _market.Walk(TickCount);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = TicksPerInvoke)]
    public long BareLoop()
    {
        var (minimum, maximum, last) = (long.MaxValue, long.MinValue, 0L);
        foreach (ref readonly var tick in _ticks.AsSpan())
        {
            if (tick.Price < minimum) minimum = tick.Price;
            if (tick.Price > maximum) maximum = tick.Price;
            last = tick.Price;
        }
        return minimum + maximum + last;
    }

    /// <summary>Batch by batch as a feed delivers them, folded into state now and then.</summary>
    [Benchmark(OperationsPerInvoke = TicksPerInvoke)]
    public int Engine()
    {
        var (late, batches) = (0, 0);
        for (var from = 0; from < _ticks.Length; from += EngineLimits.TicksPerBatch)
        {
            late += _market.State.Prices.Observe(_ticks.AsSpan(from, Math.Min(EngineLimits.TicksPerBatch, _ticks.Length - from)));
            if (++batches % BatchesPerFold == 0) _market.Fold();
        }
        _market.Fold();
        return late;
    }

    [Benchmark(OperationsPerInvoke = NaiveTicksPerInvoke)]
    public void NaiveFasterRmw()
    {
        for (var i = 0; i < NaiveTicksPerInvoke; i++) _naive.Observe(_ticks[i]);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _market.Dispose();
        _naive.Dispose();
        GC.SuppressFinalize(this);
    }
}
