using BenchmarkDotNet.Attributes;
using StreamRecorder.Engine.Prices;

namespace StreamRecorder.Micro;

/// <summary>
/// What a page or a fill costs: the ticks since a position's start, out of so many epochs, and a position that starts anew among so many others.
/// </summary>
public class FoldEpochs
{
    private const int Picks = 1024;

    private readonly long[] _picked = new long[Picks];
    private PriceEpochs _epochs = new();
    private PriceEpochs _churned = new();
    private long[] _live = [];
    private int _next;
    private long _price;

    [Params(10, 100, 1000, 10_000, 100_000)]
    public int Epochs { get; set; } = 10;

    [GlobalSetup]
    public void Setup()
    {
        _epochs = new PriceEpochs();
        _churned = new PriceEpochs();
        _live = new long[Epochs];
        var starts = new long[Epochs];
        for (var i = 0; i < Epochs; i++)
        {
            starts[i] = _epochs.Start();
            _live[i] = _churned.Start();
            _epochs.Append(Excursion.Of(i * 7 % 1000, i));
            _churned.Append(Excursion.Of(i * 7 % 1000, i));
        }
        var random = new Random(1);
        for (var i = 0; i < Picks; i++) _picked[i] = starts[random.Next(Epochs)];
    }

    /// <summary>Of a random position's start.</summary>
    [Benchmark(OperationsPerInvoke = Picks)]
    public long FoldFrom()
    {
        long drops = 0;
        foreach (var id in _picked) drops += _epochs.FoldFrom(id).Drop;
        return drops;
    }

    /// <summary>One position ends and starts again after a tick, the others stay: a fill.</summary>
    [Benchmark(OperationsPerInvoke = Picks)]
    public void StartAndEnd()
    {
        for (var i = 0; i < Picks; i++)
        {
            _next = (_next + 7919) % _live.Length;
            _churned.Append(Excursion.Of(_price++ & 1023, _price));
            _churned.End(_live[_next]);
            _live[_next] = _churned.Start();
        }
    }
}
