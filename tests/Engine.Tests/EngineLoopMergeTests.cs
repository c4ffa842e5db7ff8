using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Prices;
using StreamRecorder.Engine.Queries;
using StreamRecorder.Engine.Tests.Positions;
using StreamRecorder.Engine.Tests.Support;
using Xunit;

namespace StreamRecorder.Engine.Tests;

/// <summary>
/// Ticks that wait while nothing can be journalled are merged: exact in every figure, in the order of all messages, in bounded memory.
/// </summary>
public sealed class EngineLoopMergeTests
{
    [Fact]
    public void Figures_OfAnEngineThatStalls_AreThoseOfTheModel()
    {
        var merged = 0L;
        Seeds.Run(10, random =>
        {
            using var trades = new TradeSteps(6, TradeScale.Ordinary);
            for (var i = 0; i < 1500; i++)
            {
                trades.Take(TradeSteps.Any(random));
                if (random.Next(4) == 0) trades.Stall();
            }
            trades.CheckAll();
            merged += trades.Rig.Loop.Counters.TicksMerged;
        });
        Assert.True(merged > 1000, $"{merged} ticks were merged");
    }

    [Fact]
    public void Flood_OfAStalledEngine_FitsAFewPlacesAndEveryTickCounts()
    {
        var journal = new HeldJournal { CommitsAtOnce = true };
        using var rig = new EngineRig(journal, inbox: new Inbox(tickBatchesMax: 4)).WithInstruments(Some.Future("MNQ", 0.25m, 0.5m));
        var recorder = rig.AddRecorder("r");
        var symbol = rig.Symbol("MNQZ2025");
        rig.Send(recorder, Some.Buy(symbol, 1, 100));
        var session = rig.Session;
        journal.HasRoom = false;
        var naive = new NaiveStretch();
        var random = new Random(5);
        for (var i = 0; i < 500; i++) Offer(rig, naive, symbol, random);
        // Behind these stands an alert: what comes after it must not be merged with what came before.
        var sell = rig.Offer(recorder, Some.Sell(symbol, 1, 100));
        var query = new OpenPositionsQuery(new OpenFilter());
        Assert.Null(rig.Inbox.Offer(query));
        for (var i = 0; i < 500; i++) Offer(rig, new NaiveStretch(), symbol, random);
        Assert.Equal((2, 1, 0, 0L), (rig.Inbox.TickBatchCount, rig.Inbox.SignalCount, session.Applied, rig.Loop.Counters.TicksMerged));
        Assert.False(sell.Answer.IsCompleted || query.Result.IsCompleted);
        Assert.Equal(EngineLimits.RoomInterval, rig.Loop.WaitLimit);

        journal.HasRoom = true;
        rig.Run();
        Assert.Equal((0, 0, 1000 * 20), (rig.Inbox.TickBatchCount, rig.Inbox.SignalCount, session.Applied + session.Late));
        Assert.InRange(rig.Loop.Counters.TicksMerged, 900 * 20 - session.Late, 998 * 20);
        Assert.Empty(EngineRig.Done(query.Result));
        var closed = Assert.Single(rig.TakeReleased().SelectMany(g => g.Outputs).OfType<PositionClosed>()).View();
        Assert.Equal(
            (naive.Count, naive.Worst, naive.Best), (closed.TickCount, closed.WorstUnrealizedPnl.ToString(), closed.BestUnrealizedPnl.ToString()));
        Assert.Equal(naive.Drawdown, closed.MaxDrawdown.ToString());
    }

    /// <summary>What waited is what the histogram is there for.</summary>
    [Theory]
    [InlineData(100, 100)]
    [InlineData(EngineLimits.MergedStampsMax * 3, EngineLimits.MergedStampsMax * 3 / 4)]
    public void Merged_Batches_AreObservedWithTheTimeEachWaited(int batches, int observed)
    {
        var journal = new HeldJournal { CommitsAtOnce = true };
        using var rig = new EngineRig(journal).WithInstruments(Some.Future("MNQ", 0.25m, 0.5m));
        var symbol = rig.Symbol("MNQZ2025");
        var seconds = new List<double>();
        rig.Loop.BatchApplied = seconds.Add;
        journal.HasRoom = false;
        for (var i = 0; i < batches; i++)
        {
            var batch = TickBatch.Rent(rig.Session, rig.Now, rig.Time.GetTimestamp());
            batch.Ticks[batch.Count++] = new Tick(symbol.Id, 1, rig.Now);
            rig.Offer(batch);
            rig.Loop.RunOnce();
            rig.Time.Advance(TimeSpan.FromMilliseconds(1));
        }
        Assert.Empty(seconds);
        journal.HasRoom = true;
        rig.Run();
        Assert.Equal(observed, seconds.Count);
        Assert.InRange(seconds.Max(), batches / 1000.0 - 0.0001, batches / 1000.0 + 0.0001);
        Assert.InRange(seconds.Min(), 0, 0.005);
    }

    [Fact]
    public void Merged_TicksSomebodyWaitsFor_AreAnsweredOnceDurable()
    {
        var journal = new HeldJournal { CommitsAtOnce = true };
        using var rig = new EngineRig(journal).WithInstruments(Some.Future("MNQ", 0.25m, 0.5m));
        var symbol = rig.Symbol("MNQZ2025");
        journal.HasRoom = false;
        var (first, second) = (new TaskCompletionSource(), new TaskCompletionSource());
        rig.OfferTicks(first, new Tick(symbol.Id, 1, rig.Now));
        rig.OfferTicks(second, new Tick(symbol.Id, 2, rig.Now));
        rig.Run();
        Assert.False(first.Task.IsCompleted || second.Task.IsCompleted || rig.Loop.IsIdle);
        journal.HasRoom = true;
        rig.Run();
        Assert.True(first.Task.IsCompletedSuccessfully && second.Task.IsCompletedSuccessfully && rig.Loop.IsIdle);
        Assert.Equal(2, Assert.Single(rig.TakeReleased().SelectMany(g => g.Outputs).OfType<FoldApplied>()).Ticks.Count);
    }

    [Fact]
    public void Merged_WhenTheLoopFails_FailsThoseWhoWait()
    {
        var journal = new HeldJournal { CommitsAtOnce = true };
        using var rig = new EngineRig(journal).WithInstruments(Some.Future("MNQ", 0.25m, 0.5m));
        journal.HasRoom = false;
        var durable = new TaskCompletionSource();
        rig.OfferTicks(durable, new Tick(rig.Symbol("MNQZ2025").Id, 1, rig.Now));
        rig.Run();
        rig.Loop.FailAll(new InvalidOperationException("disk"));
        Assert.True(durable.Task.IsFaulted);
    }

    [Fact]
    public void Merged_OfMoreSymbolsThanARecordHolds_AreSeveral()
    {
        var journal = new HeldJournal { CommitsAtOnce = true };
        using var rig = new EngineRig(journal);
        var symbols = Enumerable.Range(0, 3000).Select(i => rig.State.Symbols.FromCanonical($"S{i}", $"S{i}", SymbolKind.Spot, 0)).ToArray();
        journal.HasRoom = false;
        foreach (var part in symbols.Chunk(600)) rig.OfferTicks(null, [.. part.Select(s => new Tick(s.Id, 1, rig.Now))]);
        rig.OfferTicks(null, [.. symbols.TakeLast(600).Select(s => new Tick(s.Id, 2, rig.Now))]);
        rig.Run();
        Assert.Equal(5, rig.Inbox.TickBatchCount);
        journal.HasRoom = true;
        rig.OfferTicks(new TaskCompletionSource());
        rig.Run();
        Assert.Equal(3600, rig.TakeReleased().SelectMany(g => g.Outputs).OfType<FoldApplied>().Sum(f => f.Ticks.Count));
    }

    /// <summary>A batch that must find a place at once, though the engine journals nothing.</summary>
    private static void Offer(EngineRig rig, NaiveStretch naive, Symbol symbol, Random random)
    {
        var ticks = new Tick[20];
        for (var i = 0; i < ticks.Length; i++)
        {
            ticks[i] = new Tick(symbol.Id, Some.E9(random.Next(50, 150)), rig.Now - (random.Next(10) == 0 ? EngineRig.LateTolerance + 1 : 0));
            if (ticks[i].At == rig.Now) naive.Observe(ticks[i].Price);
        }
        rig.OfferTicks(null, ticks);
        rig.Run();
        Assert.InRange(rig.Inbox.TickBatchCount, 0, 2);
    }

    /// <summary>One MNQ long at 100, tick by tick.</summary>
    private sealed class NaiveStretch
    {
        private decimal _worst;
        private decimal _best;
        private decimal _drawdown;

        public int Count { get; private set; }

        public string Worst => Text(_worst);

        public string Best => Text(_best);

        public string Drawdown => Text(_drawdown);

        public void Observe(long price)
        {
            var result = (price / 1_000_000_000m - 100) * 2;
            Count++;
            (_worst, _best) = (Math.Min(_worst, result), Math.Max(_best, result));
            _drawdown = Math.Max(_drawdown, _best - result);
        }

        private static string Text(decimal value) => value.ToString("0", System.Globalization.CultureInfo.InvariantCulture);
    }
}
