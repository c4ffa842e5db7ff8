using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Journal;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Prices;
using StreamRecorder.Engine.Queries;
using StreamRecorder.Engine.Signals;
using StreamRecorder.Engine.Tests.Positions;
using StreamRecorder.Engine.Tests.Support;
using Xunit;

namespace StreamRecorder.Engine.Tests;

/// <summary>Positions are marked with the time in which their contract's ticks could not come.</summary>
public sealed class EngineLoopOutageTests : IDisposable
{
    private readonly EngineRig _rig = new EngineRig().WithInstruments();
    private readonly long _recorder;
    private readonly Symbol _mnq;
    private readonly Symbol _es;

    public EngineLoopOutageTests()
    {
        _rig.Do(new StartService { ReceivedAt = _rig.Now });
        _recorder = _rig.AddRecorder("a");
        (_mnq, _es) = (_rig.Symbol("MNQ1!"), _rig.Symbol("ES1!"));
    }

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Feed_BreaksOff_MarksFromItsLastTickUntilTheNext()
    {
        Open(_mnq);
        _rig.Ticks(_mnq, 100);
        Wait(7);
        // It may have been dead since its last tick.
        Lose(_mnq);
        Wait(5);
        Assert.Equal(12, Gap(_mnq));
        _rig.Ticks(_mnq, 101);
        Wait(100);
        Assert.Equal(12, Gap(_mnq));
        _rig.Ticks(_mnq, 102);
        Assert.Equal(12, Gap(_mnq));
    }

    [Fact]
    public void Feed_BreaksOff_MarksOnlyItsOwnContracts()
    {
        Open(_mnq);
        Open(_es);
        _rig.Ticks(_mnq, 100);
        _rig.Ticks(_es, 100);
        Lose(_mnq);
        Wait(9);
        Assert.Equal((9, 0), (Gap(_mnq), Gap(_es)));
    }

    [Fact]
    public void Position_OpenedWhileItsFeedIsOut_IsMarkedFromItsOpening()
    {
        _rig.Ticks(_mnq, 100);
        Lose(_mnq);
        Wait(10);
        Open(_mnq);
        Wait(3);
        Assert.Equal(3, Gap(_mnq));
        _rig.Ticks(_mnq, 100);
        Assert.Equal(3, Gap(_mnq));
    }

    [Fact]
    public void Position_ClosedWhileItsFeedIsOut_IsMarkedUpToItsClosing()
    {
        Open(_mnq);
        _rig.Ticks(_mnq, 100);
        Lose(_mnq);
        Wait(4);
        _rig.TakeReleased();
        _rig.Send(_recorder, new Signal { Symbol = _mnq, Action = SignalAction.CloseAll, Price = Some.E9(100) });
        Wait(50);
        Assert.Equal(4, _rig.TakeReleased().SelectMany(g => g.Outputs).OfType<PositionClosed>().Single().View().GapSeconds);
    }

    [Fact]
    public void Feed_LostAgainBeforeItsTicksCame_IsOneOutage()
    {
        Open(_mnq);
        _rig.Ticks(_mnq, 100);
        Lose(_mnq);
        Wait(4);
        var sequence = _rig.State.Sequence;
        Lose(_mnq);
        Assert.Equal(sequence, _rig.State.Sequence);
        Wait(4);
        Assert.Equal(8, Gap(_mnq));
    }

    [Fact]
    public void Contract_ThatNeverTickedOrHasPendingTicks_IsNotLost()
    {
        Lose(_es);
        _rig.Ticks(_mnq, 100);
        _rig.OfferTicks(null, new Tick(_mnq.Id, Some.E9(101), _rig.Now));
        _rig.Loop.RunOnce();
        Lose(_mnq);
        Assert.Empty(_rig.TakeReleased().SelectMany(g => g.Outputs).OfType<OutageChanged>());
    }

    [Fact]
    public void Service_StopsWithinAnOutage_CountsTheStopOnce()
    {
        Open(_mnq);
        Open(_es);
        _rig.Ticks(_mnq, 100);
        Lose(_mnq);
        Wait(3);
        _rig.Ticks(_es, 100);
        using var again = Restart(after: 100);
        Wait(again, 2);
        // Both were alone for 100 s; the lost one for 3 s before and 2 s after, the other for the 2 s after, because its feed went with the process.
        Assert.Equal((105, 102), (Gap(again, _mnq), Gap(again, _es)));
        again.Ticks(_mnq, 100);
        Wait(again, 10);
        Assert.Equal((105, 112), (Gap(again, _mnq), Gap(again, _es)));
    }

    [Fact]
    public void Service_StopsLongAfterTheLastTick_MarksTheStopAlone()
    {
        Open(_mnq);
        _rig.Ticks(_mnq, 100);
        Wait(61);
        Open(_es);
        using var again = Restart(after: 30);
        Wait(again, 10);
        Assert.Equal(30, Gap(again, _mnq));
    }

    [Fact]
    public void Outage_Replayed_GivesTheSameGaps()
    {
        Open(_mnq);
        _rig.Ticks(_mnq, 100);
        Lose(_mnq);
        Wait(5);
        Open(_es);
        using var again = new EngineRig(_rig.Journal);
        again.Loop.Replay();
        ViewAssert.Equal(_rig.OpenViews(), again.OpenViews());
    }

    /// <summary>The next process on the same journal, as the host starts it.</summary>
    private EngineRig Restart(int after)
    {
        var again = new EngineRig(_rig.Journal);
        again.Loop.Replay();
        again.Do(new LoseContracts([.. again.State.Prices.TickedSince(again.State.Now - EngineLimits.FedAge)], withProcess: true));
        again.Time.Advance(TimeSpan.FromTicks((again.State.Now - again.Now) * TimeSpan.TicksPerMicrosecond) + TimeSpan.FromSeconds(after));
        again.Do(new StartService { ReceivedAt = again.Now });
        return again;
    }

    private void Open(Symbol symbol) =>
        _rig.Send(_recorder, new Signal { Symbol = symbol, Action = SignalAction.Buy, Quantity = Some.E9(1), Price = Some.E9(100) });

    private void Lose(Symbol contract) => _rig.Do(new LoseContracts([contract.Id]) { ReceivedAt = _rig.Now });

    private void Wait(int seconds) => Wait(_rig, seconds);

    private static void Wait(EngineRig rig, int seconds) => rig.Time.Advance(TimeSpan.FromSeconds(seconds));

    private long Gap(Symbol symbol) => Gap(_rig, symbol);

    private static long Gap(EngineRig rig, Symbol symbol) =>
        rig.Ask(new OpenPositionsQuery(new OpenFilter()) { ReceivedAt = rig.Now }).Single(p => p.Symbol == symbol.Name).GapSeconds;
}
