using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Prices;
using StreamRecorder.Engine.Tests.Support;
using Xunit;

namespace StreamRecorder.Engine.Tests.Feeds;

/// <summary>Batches with a sequence: journalled together with it, reported once committed, taken once.</summary>
public sealed class EngineLoopFeedTests : IDisposable
{
    private readonly HeldJournal _journal = new();
    private readonly EngineRig _rig;
    private readonly long _recorder;
    private readonly Symbol _mnq;
    private readonly Symbol _es;
    private readonly List<FeedReport> _reports = [];

    public EngineLoopFeedTests()
    {
        _rig = new EngineRig(_journal);
        _journal.CommitsAtOnce = true;
        _rig.WithInstruments(Some.Future("MNQ", 0.25m, 0.5m), Some.Future("ES", 0.25m, 12.5m), Some.Spot("AAPL"));
        _recorder = _rig.AddRecorder("r");
        _mnq = _rig.Symbol("MNQZ2025");
        _es = _rig.Symbol("ESZ2025");
        _rig.TakeReleased();
    }

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Signal_AmidABatchOfTwoSymbols_TakesAllAndTheSequenceInOneRecord()
    {
        var session = Open("gateway");
        var before = _rig.State.Sequence;
        Offer(session, 1, At(_mnq, 1), At(_es, 1));
        _rig.Send(_recorder, Some.Buy(_mnq, 1, 100));
        // One record of ticks, one of the signal: whatever is cut off behind either, ticks and sequence are both there or both not.
        Assert.Equal(before + 2, _rig.State.Sequence);
        Assert.Equal(1, _rig.State.Feeds.Find("gateway")!.Sequence);
        var group = _rig.TakeReleased().Single(g => g.Sequence == before + 1);
        Assert.Equal(["ESZ2025", "MNQZ2025"], group.Outputs.OfType<FoldApplied>().Select(f => f.Symbol.Name).Order());
        Assert.Equal(1, Assert.Single(group.Outputs.OfType<FeedSeen>()).Feed.Sequence);
    }

    [Fact]
    public void Signal_OfARootWithoutPendingTicks_LeavesThemForTheInterval()
    {
        var session = Open("gateway");
        Offer(session, 1, At(_es, 1));
        _rig.Send(_recorder, Some.Buy(_mnq, 1, 100));
        Assert.Equal(0, _rig.State.Feeds.Find("gateway")!.Sequence);
        Assert.Same(_es, Assert.Single(_rig.State.Prices.WithPending).Symbol);
    }

    [Fact]
    public void Report_CommitHeldBack_ComesAfterIt()
    {
        var session = Open("gateway");
        _journal.CommitsAtOnce = false;
        Offer(session, 1, At(_mnq, 1));
        Pass();
        Assert.Equal(1, _rig.State.Feeds.Find("gateway")!.Sequence);
        Assert.Empty(_reports);
        _journal.EndCommit();
        _rig.Run();
        Assert.Equal(new FeedReport(1, 1, 0, 0, 0), Assert.Single(_reports));
    }

    [Fact]
    public void Report_BatchTakenAfterItsFold_IsNotInIt()
    {
        var session = Open("gateway");
        _journal.CommitsAtOnce = false;
        Offer(session, 1, At(_mnq, 1));
        Pass();
        Offer(session, 2, At(_mnq, 1), At(_mnq, 2));
        _journal.EndCommit();
        _rig.Run();
        Assert.Equal(new FeedReport(1, 1, 0, 0, 0), Assert.Single(_reports));
        _journal.CommitsAtOnce = true;
        Pass();
        Assert.Equal(new FeedReport(2, 3, 0, 0, 0), _reports[^1]);
    }

    [Fact]
    public void Report_CountsLateRejectedAndRepeatedApart()
    {
        var session = Open("gateway");
        Offer(session, 1, At(_mnq, 1), At(_mnq, 2, -EngineRig.LateTolerance - 1), At(_mnq, 3));
        Offer(session, 1, At(_mnq, 4), At(_mnq, 5));
        Offer(session, 2, rejected: 7);
        Pass();
        Assert.Equal(new FeedReport(2, 2, 1, 7, 2), Assert.Single(_reports));
        Assert.Equal(2, _rig.State.Feeds.Find("gateway")!.Sequence);
    }

    /// <summary>So that all counts together are all that was sent, and a connection knows when nothing of it is under way.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Repeated_WithRejectedAmongThem_AreCountedWhole(bool hasRoom)
    {
        var session = Open("gateway");
        Offer(session, 1, rejected: 3, At(_mnq, 1));
        Pass();
        _journal.HasRoom = hasRoom;
        Offer(session, 1, rejected: 3, At(_mnq, 1));
        Offer(session, 2, rejected: 7, At(_mnq, 2));
        _rig.Run();
        _journal.HasRoom = true;
        Pass();
        Assert.Equal(new FeedReport(2, 2, 0, 10, 4), _reports[^1]);
    }

    [Fact]
    public void Batches_WithoutASequence_AreReportedToo()
    {
        var session = new FeedSession("socket", null, _reports.Add);
        Offer(session, 0, At(_mnq, 1));
        Offer(session, 0, At(_mnq, 1));
        Pass();
        Assert.Equal(new FeedReport(0, 2, 0, 0, 0), Assert.Single(_reports));
        Assert.True(_rig.Loop.IsIdle);
    }

    [Fact]
    public void Loop_WithOnlyAReportOwed_WakesForItAndComesToRest()
    {
        var session = Open("gateway");
        Offer(session, 1, rejected: 3);
        _rig.Run();
        Assert.False(_rig.Loop.IsIdle);
        Assert.InRange(_rig.Loop.WaitLimit, TimeSpan.Zero, EngineLimits.FoldInterval);
        Pass();
        Assert.True(_rig.Loop.IsIdle);
        Assert.Equal(Timeout.InfiniteTimeSpan, _rig.Loop.WaitLimit);
    }

    [Fact]
    public void Opening_WithTicksPending_JournalsThemFirst()
    {
        var first = Open("gateway");
        Offer(first, 1, At(_mnq, 1));
        Offer(first, 2, At(_mnq, 2));
        var second = Session("gateway");
        Assert.Equal(2L, _rig.Do(new OpenFeed(second) { ReceivedAt = _rig.Now }).Value);
        Offer(second, 2, At(_mnq, 2));
        Offer(second, 3, At(_mnq, 3));
        Pass();
        Assert.Equal(new FeedReport(3, 1, 0, 0, 1), _reports[^1]);
    }

    [Fact]
    public void Opening_OfOneNameTooMany_IsRefusedUntilAnotherIsOld()
    {
        for (var i = 0; i < EngineLimits.FeedsMax; i++) Open($"feed-{i}");
        var refused = _rig.Do(new OpenFeed(Session("one more")) { ReceivedAt = _rig.Now });
        Assert.Equal(Rejection.Conflict, refused.Refusal!.Kind);
        Open("feed-7");
        _rig.Time.Advance(TimeSpan.FromMicroseconds(EngineLimits.FeedAge));
        Open("feed-7");
        _rig.Time.Advance(TimeSpan.FromMicroseconds(1));
        _rig.TakeReleased();
        Open("one more");
        Assert.Equal(["feed-7", "one more"], _rig.State.Feeds.All.Select(f => f.Name).Order());
        Assert.Equal(EngineLimits.FeedsMax - 1, _rig.TakeReleased().SelectMany(g => g.Outputs).OfType<FeedForgotten>().Count());
    }

    [Fact]
    public void Ticks_OfMoreSymbolsThanARecordHolds_AreJournalledInSeveral()
    {
        var session = Open("gateway");
        var many = Enumerable.Range(0, 5000).Select(i => _rig.State.Symbols.FromCanonical($"S{i}", $"S{i}", SymbolKind.Spot, 0)).ToArray();
        var half = EngineLimits.FoldsPerRecord - 10;
        Offer(session, 1, [.. many.Take(half).Select(s => At(s, 1))]);
        Offer(session, 2, [.. many.Skip(half).Take(half).Select(s => At(s, 1))]);
        _rig.OfferTicks(null, [.. many.Take(4096).Select(s => At(s, 2))]);
        Offer(session, 3, [.. many.Take(half).Select(s => At(s, 3))]);
        Pass();
        Assert.Equal(3, _rig.State.Feeds.Find("gateway")!.Sequence);
        Assert.Equal(new FeedReport(3, 3 * half, 0, 0, 0), _reports[^1]);
        var folds = _rig.TakeReleased().SelectMany(g => g.Outputs).OfType<FoldApplied>().ToList();
        Assert.Equal(3 * half + 4096, folds.Sum(f => f.Ticks.Count));
        Assert.All(many.Take(4096), s => Assert.True(_rig.State.Prices[s.Id].HasTicked));
    }

    [Fact]
    public void Feeds_MoreThanARecordHolds_AreJournalledInSeveral()
    {
        for (var i = 0; i < EngineLimits.FeedsPerRecord + 2; i++) Offer(Open($"feed-{i}"), 1);
        Pass();
        Assert.All(_rig.State.Feeds.All, f => Assert.Equal(1, f.Sequence));
        Assert.Equal(EngineLimits.FeedsPerRecord + 2, _reports.Count);
    }

    private FeedSession Session(string name) => new("socket", name, _reports.Add);

    private FeedSession Open(string name)
    {
        var session = Session(name);
        Assert.Null(_rig.Do(new OpenFeed(session) { ReceivedAt = _rig.Now }).Refusal);
        return session;
    }

    private void Offer(FeedSession session, long sequence, params IReadOnlyList<Tick> ticks) => Offer(session, sequence, 0, ticks);

    private void Offer(FeedSession session, long sequence, int rejected, params IReadOnlyList<Tick> ticks)
    {
        var batch = TickBatch.Rent(session, _rig.Now);
        (batch.Sequence, batch.Rejected) = (sequence, rejected);
        foreach (var tick in ticks) batch.Ticks[batch.Count++] = tick;
        _rig.Offer(batch);
    }

    private void Pass()
    {
        _rig.Run();
        _rig.Time.Advance(EngineLimits.FoldInterval);
        _rig.Run();
    }

    private Tick At(Symbol symbol, decimal price, long offset = 0) => new(symbol.Id, Some.E9(price), _rig.Now + offset);
}
