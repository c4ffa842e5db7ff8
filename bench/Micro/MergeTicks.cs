using BenchmarkDotNet.Attributes;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Prices;

namespace StreamRecorder.Micro;

/// <summary>
/// Batches of ticks that have to wait, merged in the backlog and made pending at the end, beside the same batches made pending one by one, and beside
/// a loop that keeps minimum, maximum and last of each symbol. All three fill each batch anew, the first two send it through the inbox. Per tick.
/// </summary>
public class MergeTicks : IDisposable
{
    private const int Batches = 16;
    private const int TicksPerInvoke = Batches * EngineLimits.TicksPerBatch;

    private readonly Inbox _inbox = new();
    private readonly FeedSession _session = new(FeedNames.Http);
    private readonly (long Minimum, long Maximum, long Last)[] _bare = new (long, long, long)[Contracts.Spellings.Length];
    private PriceBook _book = null!;
    private Backlog _backlog = null!;
    private Tick[] _ticks = [];

    [Params(1, 8)]
    public int Symbols { get; set; } = 1;

    [GlobalSetup]
    public void Setup()
    {
        var symbols = new SymbolTable();
        foreach (var name in Contracts.Spellings) symbols.FromCanonical(name, name[..^5], SymbolKind.Dated, 0);
        _book = new PriceBook(symbols, 5_000_000);
        _backlog = new Backlog(_inbox, _book);
        _ticks = Contracts.Walk(TicksPerInvoke, Symbols);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = TicksPerInvoke)]
    public long BareLoop()
    {
        Array.Fill(_bare, (long.MaxValue, long.MinValue, 0));
        for (var i = 0; i < Batches; i++)
        {
            var batch = Fill(i);
            foreach (ref readonly var tick in batch.Ticks.AsSpan(0, batch.Count))
            {
                ref var symbol = ref _bare[tick.SymbolId];
                if (tick.Price < symbol.Minimum) symbol.Minimum = tick.Price;
                if (tick.Price > symbol.Maximum) symbol.Maximum = tick.Price;
                symbol.Last = tick.Price;
            }
            batch.Return();
        }
        return _bare[0].Last;
    }

    /// <summary>The number of ticks that became pending.</summary>
    [Benchmark(OperationsPerInvoke = TicksPerInvoke)]
    public async Task<long> OneByOne()
    {
        for (var i = 0; i < Batches; i++)
        {
            await _inbox.OfferAsync(Fill(i), CancellationToken.None).ConfigureAwait(false);
            _inbox.TryTake(out var message);
            var batch = (TickBatch)message!;
            _book.Observe(batch.Ticks.AsSpan(0, batch.Count));
            batch.Return();
        }
        return TakePending();
    }

    /// <summary>The number of ticks that became pending.</summary>
    [Benchmark(OperationsPerInvoke = TicksPerInvoke)]
    public async Task<long> Merged()
    {
        for (var i = 0; i < Batches; i++)
        {
            await _inbox.OfferAsync(Fill(i), CancellationToken.None).ConfigureAwait(false);
            _backlog.Absorb(1);
        }
        while (_backlog.TryTake(out var message)) ((MergedTicks)message!).Observe(_book);
        return TakePending();
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _inbox.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>The pool gives any batch back, so that its ticks are copied in each time.</summary>
    private TickBatch Fill(int index)
    {
        var batch = TickBatch.Rent(_session, Contracts.Start);
        _ticks.AsSpan(index * EngineLimits.TicksPerBatch, EngineLimits.TicksPerBatch).CopyTo(batch.Ticks);
        (batch.Count, batch.SymbolsMax) = (EngineLimits.TicksPerBatch, Symbols);
        return batch;
    }

    private long TakePending()
    {
        var count = 0L;
        while (_book.WithPending.Count > 0) count += _book.TakePending(_book.WithPending[^1]).Ticks.Count;
        return count;
    }
}
