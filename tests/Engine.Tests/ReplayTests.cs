using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Journal;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Recovery;
using StreamRecorder.Engine.Tests.Positions;
using StreamRecorder.Engine.Tests.Recovery;
using StreamRecorder.Engine.Tests.Support;
using Xunit;

namespace StreamRecorder.Engine.Tests;

/// <summary>Recovery and replay are the same Apply: two runs over one input give the same state and the same outputs.</summary>
public sealed class ReplayTests
{
    [Fact]
    public void Journal_Replayed_GivesTheSamePositionsAndOutputs() => Seeds.Run(3, random =>
    {
        using var trades = Traded(random, out var released);
        using var replayed = new EngineRig(trades.Rig.Journal);
        Assert.Equal(trades.Rig.State.Sequence, replayed.Loop.Replay());
        Same(trades.Rig, replayed);
        Assert.Equal(released.Select(Text), replayed.TakeReleased().Select(Text));
    });

    [Fact]
    public void Journal_ReplayedWithTicksCutOtherwise_GivesTheSameFigures() => Seeds.Run(2, random =>
    {
        // The same stream in batches that merge differently must come to the same positions.
        var seed = random.Next();
        using var whole = new TradeSteps(5, TradeScale.Ordinary);
        using var torn = new TradeSteps(5, TradeScale.Ordinary);
        foreach (var step in Enumerable.Range(0, 2000).Select(_ => TradeSteps.Any(random)))
        {
            whole.Take(step);
            torn.Take(step);
            if (step.Form % 3 == 0) torn.Rig.Run();
        }
        whole.CheckAll();
        torn.CheckAll();
    });

    [Fact]
    public void Database_AsOfAnySequence_ThenTheRestOfTheJournal_GivesTheSamePositions() => Seeds.Run(4, random =>
    {
        using var trades = Traded(random, out var released);
        for (var i = 0; i < 5; i++)
        {
            var asOf = released[random.Next(released.Count)].Sequence;
            using var recovered = new EngineRig(trades.Rig.Journal);
            var stored = new ModelDatabase(released.TakeWhile(g => g.Sequence <= asOf)).Stored(random);
            recovered.Loop.Load(stored);
            Assert.Equal(trades.Rig.State.Sequence - asOf, recovered.Loop.Replay());
            Same(trades.Rig, recovered);
        }
    });

    [Fact]
    public void Database_AheadOfTheJournal_IsRefused()
    {
        using var rig = new EngineRig(new MemoryJournal());
        var stored = new ModelDatabase([new OutputGroup(5, 1, [])]).Stored(new Random(1));
        rig.Loop.Load(stored);
        Assert.Throws<StateDamagedException>(() => rig.Loop.Replay());
    }

    /// <summary>A long random history, and all groups that it released.</summary>
    private static TradeSteps Traded(Random random, out List<OutputGroup> released)
    {
        var trades = new TradeSteps(6, TradeScale.Ordinary);
        var groups = new List<OutputGroup>();
        trades.Rig.Loop.Released = groups.Add;
        groups.AddRange(trades.Rig.TakeReleased());
        for (var i = 0; i < 1500; i++) trades.Take(TradeSteps.Any(random));
        trades.CheckAll();
        released = groups;
        return trades;
    }

    private static void Same(EngineRig expected, EngineRig actual)
    {
        ViewAssert.Equal(expected.OpenViews(), actual.OpenViews());
        var (left, right) = (expected.State, actual.State);
        Assert.Equal(
            (left.Sequence, left.Now, left.Store.KeyCount, left.Open.Count), (right.Sequence, right.Now, right.Store.KeyCount, right.Open.Count));
        foreach (var stream in left.Prices.All.Where(s => s.HasTicked))
        {
            var other = right.Prices[
                right.Symbols.FromCanonical(stream.Symbol.Name, stream.Symbol.Root, stream.Symbol.Kind, stream.Symbol.ContinuousIndex).Id];
            Assert.Equal(
                (stream.LastPrice, stream.LastAt, stream.NewestAt, stream.ChangedAt, stream.OpenCount),
                (other.LastPrice, other.LastAt, other.NewestAt, other.ChangedAt, other.OpenCount));
        }
    }

    private static string Text(OutputGroup group) => $"{group.Sequence} {group.At}: {string.Join(", ", group.Outputs.Select(Text))}";

    private static string Text(Output output) => output switch
    {
        PositionChanged changed => $"changed {Convert.ToHexString(PositionCodec.Write(changed.Position))} {changed.Names}",
        PositionClosed closed => $"closed {closed.View()}",
        FoldApplied fold => $"fold {fold.Symbol} {Prices.NaivePath.Text(fold.Ticks)}",
        FillOutput fill => fill.ToString(),
        SignalApplied applied => $"signal {applied.Answer}",
        _ => output.GetType().Name,
    };
}
