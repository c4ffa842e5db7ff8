using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Prices;
using StreamRecorder.Engine.Signals;
using StreamRecorder.Engine.Tests.Support;
using Xunit;

namespace StreamRecorder.Engine.Tests;

/// <summary>Ticks between other messages: merged without loss, never overtaken, journalled soon.</summary>
public sealed class EngineLoopTickTests : IDisposable
{
    private readonly EngineRig _rig = new EngineRig().WithInstruments(Some.Future("MNQ", 0.25m, 0.5m), Some.Future("ES", 0.25m, 12.5m));
    private readonly long _recorder;
    private readonly Symbol _mnq;
    private readonly Symbol _es;

    public EngineLoopTickTests()
    {
        _recorder = _rig.AddRecorder("r");
        _mnq = _rig.Symbol("MNQZ2025");
        _es = _rig.Symbol("ESZ2025");
        _rig.TakeReleased();
    }

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Ticks_OfBatchesBetweenTwoSignals_AreOneRecordAndAllCount()
    {
        _rig.Offer(_recorder, Some.Buy(_mnq, 1, 100));
        for (var i = 0; i < 10; i++) _rig.OfferTicks(null, At(_mnq, 90 + i), At(_mnq, 110 - i));
        _rig.Offer(_recorder, Some.Sell(_mnq, 1, 100));
        _rig.Run();
        var released = _rig.TakeReleased();
        Assert.Equal(20, Assert.Single(released.SelectMany(g => g.Outputs).OfType<FoldApplied>()).Ticks.Count);
        var closed = Assert.Single(released.SelectMany(g => g.Outputs).OfType<PositionClosed>()).View();
        Assert.Equal((20, "-20", "20"), (closed.TickCount, closed.WorstUnrealizedPnl.ToString(), closed.BestUnrealizedPnl.ToString()));
        // Down to 90, up to 110, and so on: the fall is from 110 to 91, not from the merged last.
        Assert.Equal("38", closed.MaxDrawdown.ToString());
    }

    [Fact]
    public void Batch_WithAStamp_IsMeasuredOnceFromItsArrival()
    {
        var measured = new List<double>();
        _rig.Loop.BatchApplied = measured.Add;
        var batch = TickBatch.Rent(_rig.Session, _rig.Now, _rig.Time.GetTimestamp());
        batch.Ticks[batch.Count++] = At(_mnq, 1);
        batch.Ticks[batch.Count++] = At(_mnq, 2);
        _rig.Time.Advance(TimeSpan.FromMilliseconds(3));
        _rig.Offer(batch);
        _rig.OfferTicks(null, At(_mnq, 3));
        _rig.Run();
        Assert.Equal([0.003], measured);
        var feed = _rig.Loop.Counters.Feeds.Single(f => f.Name == _rig.Session.Feed);
        Assert.Equal((3, 0, _rig.Now), (feed.Applied, feed.Late, feed.LastArrival));
    }

    [Fact]
    public void Signal_AfterTicks_SeesThemAndNoLaterOnes()
    {
        _rig.OfferTicks(null, At(_mnq, 1));
        var buy = _rig.Offer(_recorder, Some.Buy(_mnq, 1, 100));
        _rig.OfferTicks(null, At(_mnq, 90));
        var sell = _rig.Offer(_recorder, Some.Sell(_mnq, 1, 100));
        _rig.OfferTicks(null, At(_mnq, 2));
        _rig.Run();
        Assert.True(buy.Answer.IsCompletedSuccessfully && sell.Answer.IsCompletedSuccessfully);
        var closed = Assert.Single(_rig.TakeReleased().SelectMany(g => g.Outputs).OfType<PositionClosed>()).View();
        Assert.Equal(("-20", "90", 1), (closed.WorstUnrealizedPnl.ToString(), closed.WorstPrice.ToString(), closed.TickCount));
    }

    [Fact]
    public void Signal_OfOneRoot_TakesOnlyItsOwnRootsTicksAlong()
    {
        FoldNow();
        _rig.OfferTicks(null, At(_es, 1), At(_mnq, 1), At(_rig.Symbol("MNQH2026"), 1));
        _rig.Offer(_recorder, Some.Buy(_mnq, 1, 100));
        _rig.Loop.RunOnce();
        var folded = _rig.TakeReleased().SelectMany(g => g.Outputs).OfType<FoldApplied>().Select(f => f.Symbol.Name).Order();
        Assert.Equal(["MNQH2026", "MNQZ2025"], folded);
        Assert.Same(_es, Assert.Single(_rig.State.Prices.WithPending).Symbol);
    }

    [Fact]
    public void Ticks_NobodyWaitsFor_AreJournalledAfterTheInterval()
    {
        FoldNow();
        Assert.Equal(Timeout.InfiniteTimeSpan, _rig.Loop.WaitLimit);
        _rig.OfferTicks(null, At(_mnq, 1));
        _rig.Run();
        Assert.Equal(EngineLimits.FoldInterval, _rig.Loop.WaitLimit);
        Assert.False(_rig.Loop.IsIdle);
        _rig.Time.Advance(EngineLimits.FoldInterval - TimeSpan.FromMicroseconds(1));
        Assert.Equal(0, _rig.Loop.RunOnce());
        _rig.Time.Advance(TimeSpan.FromMicroseconds(1));
        _rig.Run();
        Assert.Single(_rig.TakeReleased());
        Assert.True(_rig.Loop.IsIdle);
    }

    [Fact]
    public void Ticks_WithSomebodyWaiting_AreJournalledAtOnce()
    {
        FoldNow();
        var durable = new TaskCompletionSource();
        _rig.OfferTicks(null, At(_mnq, 1), At(_es, 1));
        _rig.OfferTicks(durable, At(_mnq, 2));
        _rig.Run();
        Assert.True(durable.Task.IsCompletedSuccessfully);
        Assert.Equal(2, _rig.TakeReleased().Count);
    }

    [Fact]
    public void Ticks_LaterThanTheTolerance_AreCountedAndNotApplied()
    {
        _rig.Send(_recorder, Some.Buy(_mnq, 1, 100));
        _rig.OfferTicks(
            new TaskCompletionSource(), At(_mnq, 101), At(_mnq, 50, -EngineRig.LateTolerance - 1), At(_mnq, 99, -EngineRig.LateTolerance),
            At(_es, 1, -60_000_000));
        _rig.Run();
        Assert.Equal((3, 1), (_rig.Session.Applied, _rig.Session.Late));
        var view = Assert.Single(_rig.OpenViews());
        Assert.Equal((2, "99"), (view.TickCount, view.WorstPrice.ToString()));
        Assert.Equal((3, 1), (_rig.Loop.Counters.TicksApplied, _rig.Loop.Counters.TicksLate));
    }

    [Fact]
    public void Ticks_OfSizeZeroAtOneMicrosecond_AllCount()
    {
        _rig.Send(_recorder, Some.Buy(_mnq, 1, 100));
        _rig.OfferTicks(new TaskCompletionSource(), At(_mnq, 99), At(_mnq, 99), At(_mnq, 98));
        _rig.Run();
        Assert.Equal(3, Assert.Single(_rig.OpenViews()).TickCount);
    }

    [Fact]
    public void Tick_AtTheEpochItself_IsALastPrice()
    {
        _rig.OfferTicks(new TaskCompletionSource(), new Tick(_mnq.Id, Some.E9(7), 0));
        _rig.Run();
        Assert.True(_rig.State.Prices[_mnq.Id].HasTicked);
    }

    [Fact]
    public void Price_ReadFromTheLastTick_IsTheNewestBeforeTheSignal()
    {
        _rig.OfferTicks(null, At(_mnq, 1), At(_mnq, 2));
        var message = _rig.Offer(_recorder, Some.Buy(_mnq, 1));
        _rig.OfferTicks(null, At(_mnq, 3));
        _rig.Run();
        Assert.True(message.Answer.IsCompletedSuccessfully);
        var fill = Assert.Single(_rig.TakeReleased().SelectMany(g => g.Outputs).OfType<FillOutput>());
        Assert.Equal((Some.E9(2), PriceSource.Tick), (fill.Price, fill.PriceSource));
    }

    private Tick At(Symbol symbol, decimal price, long offset = 0) => new(symbol.Id, Some.E9(price), _rig.Now + offset);

    /// <summary>Begins a fresh interval.</summary>
    private void FoldNow()
    {
        _rig.OfferTicks(new TaskCompletionSource(), At(_mnq, 1));
        _rig.Run();
        _rig.TakeReleased();
    }
}
