using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Prices;
using StreamRecorder.Engine.Signals;
using StreamRecorder.Engine.Tests.Support;
using Xunit;

namespace StreamRecorder.Engine.Tests.Feeds;

/// <summary>
/// What two feeds and a strategy send, out of a seed, and a play of it from whatever records an earlier play
/// left in its journal: feeds open and go on behind the sequence they are told, the strategy sends all its
/// alerts again under their keys. Each feed has symbols of its own, so that no order among feeds matters.
/// </summary>
internal sealed class FeedScript(int seed)
{
    private static readonly string[] Names = ["north", "south"];
    private static readonly string[][] SymbolsOf = [["MNQZ2025", "ESZ2025", "MNQH2026"], ["AAPL", "GCZ2025"]];

    private readonly List<Step> _steps = Make(new Random(seed));

    /// <summary>A batch (<paramref name="Feed"/> 0 or 1), or a signal of a symbol (−1).</summary>
    private sealed record Step(
        int Feed, long Sequence, (string Symbol, decimal Price, long At)[] Ticks, string Symbol, SignalAction Action, bool TurnsAfter,
            bool WaitsAfter, bool StallsAfter);

    /// <summary>
    /// Figures of all positions in the order of their opening and ticks of each symbol, as text; and the journal as it was in the end.
    /// </summary>
    public (string Result, IReadOnlyList<byte[]> Records) Play(IReadOnlyList<byte[]>? records)
    {
        var journal = new HeldJournal(records) { CommitsAtOnce = true };
        using var rig = new EngineRig(journal);
        if (records is null) Begin(rig);
        else rig.Loop.Replay();
        FeedSession[] sessions = [.. Names.Select(name => new FeedSession("socket", name, _ => { }))];
        long[] from = [.. sessions.Select(session => (long)rig.Do(new OpenFeed(session) { ReceivedAt = rig.Now }).Value!)];
        for (var i = 0; i < _steps.Count; i++) Take(rig, journal, sessions, from, _steps[i], i);
        Pass(rig);
        return (Text(rig), journal.Records);
    }

    private static void Begin(EngineRig rig)
    {
        rig.WithInstruments(Some.Future("MNQ", 0.25m, 0.5m), Some.Future("ES", 0.25m, 12.5m), Some.Future("GC", 0.1m, 10m), Some.Spot("AAPL"));
        rig.AddRecorder("r");
    }

    private static List<Step> Make(Random random)
    {
        var sequences = new long[Names.Length];
        var steps = new List<Step>();
        for (var i = 0; i < 60; i++)
        {
            var feed = random.Next(3) - 1;
            var symbols = SymbolsOf[Math.Max(feed, 0)];
            var ticks = Enumerable.Range(0, random.Next(5))
                .Select(_ => (symbols[random.Next(symbols.Length)], 100 + random.Next(-40, 40) * 0.25m, EngineRig.Start + AtOf(random, i)));
            var all = SymbolsOf.SelectMany(s => s).ToArray();
            steps.Add(new Step(
                feed, feed < 0 ? 0 : ++sequences[feed], [.. ticks], all[random.Next(all.Length)],
                random.Next(2) == 0 ? SignalAction.Buy : SignalAction.Sell,
                random.Next(3) == 0, random.Next(8) == 0, random.Next(3) == 0));
        }
        return steps;
    }

    /// <summary>Some are late.</summary>
    private static long AtOf(Random random, int step) =>
        (step * Timestamp.Second) - (random.Next(8) == 0 ? 20 * Timestamp.Second : random.Next(1000));

    private static void Take(EngineRig rig, HeldJournal journal, FeedSession[] sessions, long[] from, Step step, int index)
    {
        if (step.Feed < 0)
            rig.Offer(1, Some.Order(rig.Symbol(step.Symbol), step.Action, 1 + index % 3, 100 + index % 7) with { Key = $"order {index}" });
        else if (step.Sequence > from[step.Feed]) Offer(rig, sessions[step.Feed], step);
        journal.HasRoom = !step.StallsAfter;
        if (step.TurnsAfter || step.StallsAfter) rig.Run();
        journal.HasRoom = true;
        if (step.WaitsAfter) Pass(rig);
    }

    private static void Offer(EngineRig rig, FeedSession session, Step step)
    {
        var batch = TickBatch.Rent(session, rig.Now);
        batch.Sequence = step.Sequence;
        foreach (var (symbol, price, at) in step.Ticks) batch.Ticks[batch.Count++] = new Tick(rig.Symbol(symbol).Id, Some.E9(price), at);
        rig.Offer(batch);
    }

    private static void Pass(EngineRig rig)
    {
        rig.Run();
        rig.Time.Advance(EngineLimits.FoldInterval);
        rig.Run();
    }

    private static string Text(EngineRig rig)
    {
        var outputs = rig.TakeReleased().SelectMany(g => g.Outputs).ToList();
        var closed = outputs.OfType<PositionClosed>().Select(c => c.View());
        var figures = closed.Concat(rig.OpenViews()).OrderBy(v => v.Id).Select(v =>
            $"{v.Symbol} {v.Side} {v.EntryQuantity} {v.AvgEntryPrice} {v.RealizedPnl} {v.UnrealizedPnl} {v.WorstUnrealizedPnl} {v.WorstAt} {v.BestUnrealizedPnl} {v.BestAt} "
            + $"{v.WorstTotalPnl} {v.BestTotalPnl} {v.MaxDrawdown} {v.TickCount}");
        var ticks = outputs.OfType<FoldApplied>().GroupBy(f => f.Symbol.Name).OrderBy(g => g.Key).Select(g => $"{g.Key} {g.Sum(f => f.Ticks.Count)}");
        return string.Join("\n", figures.Concat(ticks).Concat(rig.State.Feeds.All.OrderBy(f => f.Name).Select(f => $"{f.Name} {f.Sequence}")));
    }
}
