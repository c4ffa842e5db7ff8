using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Signals;
using StreamRecorder.Engine.Tests.Support;
using Xunit;

namespace StreamRecorder.Engine.Tests.Signals;

/// <summary>
/// A strategy says after each of its orders where it stands. Whatever a network does to its alerts
/// (drops, doubles, swaps), the position must follow the newest that arrived, by the alert's own time.
/// </summary>
public sealed class TargetOrderTests : IDisposable
{
    private readonly EngineRig _rig = new EngineRig().WithInstruments(Some.Future("MNQ", 0.25m, 0.5m));
    private readonly Symbol _symbol;
    private int _recorders;

    public TargetOrderTests() => _symbol = _rig.Symbol("MNQZ2025");

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Targets_DroppedDoubledAndSwapped_EndWhereTheNewestSays()
    {
        var swaps = 0;
        Seeds.Run(400, random =>
        {
            var sent = Strategy(random, 1 + random.Next(30));
            var arrived = Disturb(sent, random, ref swaps);
            Assert.Equal(Newest(arrived), HeldAfter(arrived));
        });
        Assert.True(swaps > 100, "too few swaps to prove anything");
    }

    [Fact]
    public void Targets_InAnyOrderAtAll_EndWhereTheNewestSays() => Seeds.Run(200, random =>
    {
        var arrived = Strategy(random, 1 + random.Next(12)).ToArray();
        random.Shuffle(arrived);
        Assert.Equal(Newest(arrived), HeldAfter(arrived));
    });

    [Fact]
    public void Targets_OfOneSecondInTheirOrder_EndWhereTheLastSays() => Seeds.Run(200, random =>
    {
        var sent = Strategy(random, 1 + random.Next(12))
            .ConvertAll(s => s with { At = EngineRig.Start + (s.At - EngineRig.Start) / 4 / Timestamp.Second * Timestamp.Second });
        Assert.Equal(sent[^1].TargetPosition, HeldAfter(sent));
    });

    [Theory]
    [InlineData(3, 1, 0)]
    [InlineData(3, 2, 1)]
    [InlineData(-3, -2, 0)]
    [InlineData(0, 1, 0)]
    public void Reductions_OfOneSecondReversed_OpenNothing(int held, int first, int second)
    {
        var action = first > 0 ? SignalAction.Sell : SignalAction.Buy;
        var one = Target(action, held == 0 ? 3 : held, first, seconds: 5);
        var two = Target(action, first, second, seconds: 5);
        var opening = held == 0 ? [] : new[] { Target(held > 0 ? SignalAction.Buy : SignalAction.Sell, 0, held, seconds: 0) };
        Assert.Equal(second * Fixed9.One, HeldAfter([.. opening, two, one]));
    }

    [Fact]
    public void Target_HeldAlready_MakesOlderOnesStale()
    {
        var recorder = _rig.AddRecorder("r");
        Assert.Equal(IgnoreReason.AtTarget, Send(recorder, Target(SignalAction.Sell, 1, 0, seconds: 2)).Reason);
        Assert.Equal(IgnoreReason.Stale, Send(recorder, Target(SignalAction.Sell, 3, 1, seconds: 1)).Reason);
        Assert.Equal(Effect.Opened, Send(recorder, Target(SignalAction.Buy, 0, 1, seconds: 3)).Effect);
    }

    [Fact]
    public void Target_HeldAlready_LeavesTheFiguresAsTheyAre()
    {
        var recorder = _rig.AddRecorder("r");
        Send(recorder, Target(SignalAction.Buy, 0, 1, seconds: 1));
        _rig.Ticks(_symbol, 90, 110);
        var before = Assert.Single(_rig.OpenViews());
        _rig.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(IgnoreReason.AtTarget, Send(recorder, Target(SignalAction.Buy, -1, 1, seconds: 2)).Reason);
        Assert.Equal(before, Assert.Single(_rig.OpenViews()));
        _rig.Ticks(_symbol, 80);
        Assert.Equal("-40", Assert.Single(_rig.OpenViews()).WorstUnrealizedPnl.ToString());
    }

    /// <summary>Alerts as Pine sends them: each order leads from the position before to the one after. At least a second apart.</summary>
    private List<Signal> Strategy(Random random, int count)
    {
        var signals = new List<Signal>();
        var (held, second) = (0, 0);
        while (signals.Count < count)
        {
            var target = random.Next(-3, 4);
            if (target == held) continue;
            second += 1 + random.Next(3);
            signals.Add(Target(target > held ? SignalAction.Buy : SignalAction.Sell, held, target, second));
            held = target;
        }
        return signals;
    }

    private static List<Signal> Disturb(List<Signal> sent, Random random, ref int swaps)
    {
        var arrived = new List<Signal>();
        foreach (var signal in sent)
            for (var copies = random.Next(4) switch { 0 => 0, 1 => 2, _ => 1 }; copies > 0; copies--) arrived.Add(signal);
        for (var i = 1; i < arrived.Count; i++)
        {
            if (random.Next(3) != 0 || arrived[i].At == arrived[i - 1].At) continue;
            (arrived[i - 1], arrived[i]) = (arrived[i], arrived[i - 1]);
            swaps++;
        }
        return arrived.Count > 0 ? arrived : sent;
    }

    private static long Newest(IEnumerable<Signal> arrived) => arrived.MaxBy(s => s.At)!.TargetPosition!.Value;

    private long HeldAfter(IEnumerable<Signal> arrived)
    {
        var recorder = _rig.AddRecorder($"r{_recorders++}");
        foreach (var signal in arrived) Send(recorder, signal);
        return _rig.State.Store.TryRead(new PositionKey(recorder, _symbol.Id), out var position) ? position.Quantity : 0;
    }

    private SignalAnswer Send(long recorder, Signal signal)
    {
        var answer = _rig.Send(recorder, signal);
        Assert.Null(answer.Refusal);
        return answer;
    }

    private Signal Target(SignalAction action, int before, int after, int seconds) => new()
    {
        Symbol = _symbol,
        Action = action,
        PreviousPosition = before * Fixed9.One,
        WasFlat = before == 0,
        TargetPosition = after * Fixed9.One,
        Quantity = Math.Abs(after - before) * Fixed9.One,
        Price = Some.E9(100),
        At = EngineRig.Start + seconds * Timestamp.Second,
    };
}
