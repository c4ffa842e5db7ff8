using StreamRecorder.Engine.Feeds;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Prices;

namespace StreamRecorder.Engine;

/// <summary>
/// Ticks that are applied and not journalled yet: takes them, and folds them into inputs
/// when a fill, a feed that waits or the interval asks for it. The engine's thread alone.
/// </summary>
/// <param name="now">The engine's time, asked for only when something is folded.</param>
internal sealed class PendingTicks(PriceBook prices, CommitQueue commits, EngineCounters counters, TimeProvider time, Func<long> now)
{
    private readonly List<TaskCompletionSource> _durableWaiters = [];
    private readonly FeedProgress _feeds = new();
    private long _foldedStamp = time.GetTimestamp();

    public Action<double>? BatchApplied { get; set; }

    /// <summary>No ticks that are not journalled, and no connections that are to be told of some that are.</summary>
    public bool IsEmpty => prices.WithPending.Count == 0 && _feeds.IsEmpty;

    public bool IsWaitedFor => _durableWaiters.Count > 0;

    /// <summary>Not too many symbols: otherwise they go to the journal first.</summary>
    public bool HasRoom => prices.WithPending.Count <= EngineLimits.FoldsPerRecord;

    public TimeSpan UntilFold
    {
        get
        {
            var left = EngineLimits.FoldInterval - time.GetElapsedTime(_foldedStamp);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    public void Take(TickBatch batch)
    {
        if (batch.Session.TryTake(batch.Sequence)) Observe(batch);
        else _feeds.Took(batch.Session, new FeedTally { Repeated = batch.Count + batch.Rejected });
        if (batch.Durable is { } waiter) _durableWaiters.Add(waiter);
        batch.Return();
    }

    public void Take(MergedTicks merged)
    {
        MakeRoom(merged.MarkCount, merged.SymbolCount);
        merged.Observe(prices);
        foreach (var (session, tally) in merged.BySession) Took(session, tally, merged.ReceivedAt);
        counters.TicksMerged += merged.MergedCount;
        _durableWaiters.AddRange(merged.DurableWaiters);
        for (var i = 0; i < merged.Stamps.Count; i++) NoteApplied(merged.Stamps[i]);
    }

    /// <summary>What is pending of a root's contracts, so that nothing overtakes it.</summary>
    public void FoldRoot(string root, long at)
    {
        var pending = prices.WithPending;
        for (var i = pending.Count - 1; i >= 0; i--)
        {
            if (pending[i].Symbol.Root != root) continue;
            if (_feeds.MarkCount > 0)
            {
                FoldAll(at);
                return;
            }
            Fold(pending[i], at);
        }
    }

    /// <summary>What is pending, of all symbols, with the sequences of feeds if there are any.</summary>
    public void FoldAll(long at)
    {
        var pending = prices.WithPending;
        if (_feeds.MarkCount > 0) commits.Append(at, _feeds.TakeFold(prices), null);
        while (pending.Count > 0) Fold(pending[^1], at);
        _feeds.TakeReports((session, report) => commits.Answer(session, report));
    }

    /// <summary>
    /// Journals pending ticks: at once when a feed waits for its answer, otherwise every 100 ms, so that storms cost one record a symbol.
    /// </summary>
    public int FoldIfDue()
    {
        var pending = prices.WithPending;
        var isWaitedFor = _durableWaiters.Count > 0 || pending.Count > EngineLimits.FoldsPerRecord;
        if (!commits.HasRoom || (!isWaitedFor && (IsEmpty || UntilFold > TimeSpan.Zero))) return 0;
        var at = now();
        var folded = 1;
        // More than fit a record have no sequences among them, and may be more than the journal has room for.
        for (; pending.Count > EngineLimits.FoldsPerRecord && commits.HasRoom; folded++) Fold(pending[^1], at);
        if (!commits.HasRoom) return folded;
        FoldAll(at);
        _foldedStamp = time.GetTimestamp();
        foreach (var waiter in _durableWaiters) commits.Answer(waiter, null);
        folded += _durableWaiters.Count;
        _durableWaiters.Clear();
        return folded;
    }

    public void Fail(Exception fault)
    {
        foreach (var waiter in _durableWaiters) waiter.TryFail(fault);
        _durableWaiters.Clear();
    }

    private void Observe(TickBatch batch)
    {
        MakeRoom(batch.Sequence != 0 ? 1 : 0, Math.Min(batch.SymbolsMax, batch.Count));
        var late = prices.Observe(batch.Ticks.AsSpan(0, batch.Count));
        Took(batch.Session, new FeedTally(batch.Sequence, batch.Count - late, late, batch.Rejected, Repeated: 0), batch.ReceivedAt);
        if (batch.Count > 0) NoteApplied(batch.Stamp);
    }

    private void Took(FeedSession session, in FeedTally tally, long arrival)
    {
        _feeds.Took(session, tally);
        counters.Took(session, tally.Applied, tally.Late, arrival);
    }

    private void NoteApplied(long stamp)
    {
        if (stamp != 0) BatchApplied?.Invoke(time.GetElapsedTime(stamp).TotalSeconds);
    }

    /// <summary>While sequences of feeds are pending, what is pending must fit one record together with them.</summary>
    private void MakeRoom(int marks, int symbols)
    {
        if (marks + _feeds.MarkCount == 0) return;
        if (prices.WithPending.Count + symbols > EngineLimits.FoldsPerRecord || _feeds.MarkCount + marks > EngineLimits.FeedsPerRecord)
            FoldAll(now());
    }

    private void Fold(PriceStream stream, long at) => commits.Append(at, prices.TakePending(stream), null);
}
