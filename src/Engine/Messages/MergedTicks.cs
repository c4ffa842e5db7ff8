using System.Runtime.InteropServices;
using StreamRecorder.Engine.Prices;

namespace StreamRecorder.Engine.Messages;

/// <summary>
/// Neighbouring batches of ticks that had to wait, as what they amount to: an excursion a symbol, and what each connection is
/// owed. Loses nothing: ticks are judged late one by one in their order, before they are merged. The engine's thread alone.
/// </summary>
internal sealed class MergedTicks : Message
{
    private readonly Dictionary<int, Excursion> _bySymbol = [];
    private readonly Dictionary<FeedSession, FeedTally> _bySession = [];
    private readonly HashSet<int> _new = [];
    private readonly List<long> _stamps = [];
    private bool _hasFirst;
    private int _every = 1;
    private int _passed;

    /// <summary>
    /// Arrivals of its batches by the monotonic clock, of those that measure it: all, or every second, fourth, … when they are too many to keep.
    /// </summary>
    public IReadOnlyList<long> Stamps => _stamps;

    /// <summary>Ticks of batches behind the first.</summary>
    public long MergedCount { get; private set; }

    public int SymbolCount => _bySymbol.Count;

    /// <summary>Feeds whose sequences are in it.</summary>
    public int MarkCount { get; private set; }

    public IReadOnlyDictionary<FeedSession, FeedTally> BySession => _bySession;

    public List<TaskCompletionSource> DurableWaiters { get; } = [];

    /// <summary>Symbols and sequences must fit one record; what would not waits by itself.</summary>
    public bool HasRoomFor(TickBatch batch)
    {
        if (_bySession.Count >= EngineLimits.FeedsPerRecord) return false;
        return SymbolCount + Math.Min(batch.SymbolsMax, batch.Count) <= EngineLimits.FoldsPerRecord
            || SymbolCount + CountNew(batch) <= EngineLimits.FoldsPerRecord;
    }

    /// <summary>Takes a batch in, which is then done with.</summary>
    public void Add(TickBatch batch, PriceBook prices)
    {
        ReceivedAt = batch.ReceivedAt;
        if (batch.Durable is { } waiter) DurableWaiters.Add(waiter);
        ref var tally = ref CollectionsMarshal.GetValueRefOrAddDefault(_bySession, batch.Session, out _);
        if (!batch.Session.TryTake(batch.Sequence)) tally = tally with { Repeated = tally.Repeated + batch.Count + batch.Rejected };
        else
        {
            var applied = Take(batch, prices);
            if (batch.Sequence != 0 && tally.Sequence == 0) MarkCount++;
            if (_hasFirst) MergedCount += applied;
            if (batch is { Count: > 0, Stamp: not 0 }) Keep(batch.Stamp);
            tally = tally with
            {
                Sequence = Math.Max(tally.Sequence, batch.Sequence),
                Applied = tally.Applied + applied,
                Late = tally.Late + batch.Count - applied,
                Rejected = tally.Rejected + batch.Rejected,
            };
        }
        _hasFirst = true;
        batch.Return();
    }

    /// <summary>Makes the ticks pending, in the place in the order where they are now.</summary>
    public void Observe(PriceBook prices)
    {
        foreach (var (symbolId, ticks) in _bySymbol) prices.AddPending(symbolId, ticks);
    }

    private int Take(TickBatch batch, PriceBook prices)
    {
        var applied = 0;
        foreach (ref readonly var tick in batch.Ticks.AsSpan(0, batch.Count))
        {
            if (!prices.TryJudge(tick)) continue;
            CollectionsMarshal.GetValueRefOrAddDefault(_bySymbol, tick.SymbolId, out _).Observe(tick.Price, tick.At);
            applied++;
        }
        return applied;
    }

    private void Keep(long stamp)
    {
        if (_passed++ % _every != 0) return;
        if (_stamps.Count == EngineLimits.MergedStampsMax)
        {
            for (var i = 0; i < _stamps.Count / 2; i++) _stamps[i] = _stamps[2 * i];
            _stamps.RemoveRange(_stamps.Count / 2, _stamps.Count / 2);
            _every *= 2;
        }
        _stamps.Add(stamp);
    }

    private int CountNew(TickBatch batch)
    {
        _new.Clear();
        foreach (ref readonly var tick in batch.Ticks.AsSpan(0, batch.Count))
            if (!_bySymbol.ContainsKey(tick.SymbolId)) _new.Add(tick.SymbolId);
        return _new.Count;
    }
}
