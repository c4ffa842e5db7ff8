using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Engine.Signals;
using StreamRecorder.Engine.Tests.Support;
using Xunit;

namespace StreamRecorder.Engine.Tests;

/// <summary>Repeats by key, told apart by the body.</summary>
public sealed class EngineLoopRepeatTests : IDisposable
{
    private readonly EngineRig _rig = new EngineRig().WithInstruments(Some.Future("MNQ", 0.25m, 0.5m));
    private readonly long _recorder;
    private readonly Symbol _symbol;

    public EngineLoopRepeatTests()
    {
        _recorder = _rig.AddRecorder("r");
        _symbol = _rig.Symbol("MNQZ2025");
    }

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void SameKeySameBody_Again_IsADuplicateWithTheFirstFields()
    {
        var first = _rig.Send(_recorder, Keyed("a", 1));
        var again = _rig.Send(_recorder, Keyed("a", 1));
        Assert.Equal(first with { Status = SignalStatus.Duplicate }, again);
        Assert.Equal(Some.E9(1), Assert.Single(_rig.OpenViews()).TotalQuantity.Units / 10);
    }

    [Fact]
    public void SameKeySameBody_BeforeTheFirstIsCommitted_WaitsForIt()
    {
        var journal = new HeldJournal();
        using var rig = new EngineRig(journal);
        Commit();
        rig.Inbox.Offer(new SetInstruments([Some.Future("MNQ", 0.25m, 0.5m)], true));
        rig.Inbox.Offer(new AddRecorder(new RecorderSettings { Name = "r" }, new RecorderToken("t", "h", 1)) { ReceivedAt = rig.Now });
        Commit();
        var first = rig.Offer(1, Keyed("a", 1) with { Symbol = rig.Symbol("MNQZ2025") });
        var again = rig.Offer(1, Keyed("a", 1) with { Symbol = rig.Symbol("MNQZ2025") });
        rig.Run();
        Assert.False(again.Answer.IsCompleted);
        Commit();
        Assert.Equal(SignalStatus.Accepted, EngineRig.Done(first.Answer).Status);
        Assert.Equal(SignalStatus.Duplicate, EngineRig.Done(again.Answer).Status);

        void Commit()
        {
            rig.Run();
            journal.EndCommit();
            rig.Run();
        }
    }

    [Fact]
    public void SameKeyOtherBody_IsANewSignalFlagged()
    {
        _rig.Send(_recorder, Keyed("a", 1));
        var other = _rig.Send(_recorder, Keyed("a", 2));
        Assert.Equal((SignalStatus.Accepted, Effect.Added, Flags.IdReused), (other.Status, other.Effect, other.Flags));
        Assert.Equal(SignalStatus.Duplicate, _rig.Send(_recorder, Keyed("a", 2)).Status);
        Assert.Equal(SignalStatus.Duplicate, _rig.Send(_recorder, Keyed("a", 1)).Status);
    }

    [Fact]
    public void SameKey_OfAnotherRecorder_IsNoRepeat()
    {
        _rig.Send(_recorder, Keyed("a", 1));
        var answer = _rig.Send(_rig.AddRecorder("other"), Keyed("a", 1));
        Assert.Equal((SignalStatus.Accepted, Flags.None), (answer.Status, answer.Flags));
    }

    [Fact]
    public void SameKeySameBody_AtAndAfter24Hours_IsADuplicateThenANewSignal()
    {
        _rig.Send(_recorder, Keyed("a", 1));
        _rig.Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(SignalStatus.Duplicate, _rig.Send(_recorder, Keyed("a", 1)).Status);
        _rig.Time.Advance(TimeSpan.FromMicroseconds(1));
        var anew = _rig.Send(_recorder, Keyed("a", 1));
        Assert.Equal((SignalStatus.Accepted, Effect.Added, Flags.None), (anew.Status, anew.Effect, anew.Flags));
    }

    [Fact]
    public void OlderBody_AfterItsOwn24Hours_IsFlaggedWhileANewerBodyIsRemembered()
    {
        _rig.Send(_recorder, Keyed("a", 1));
        _rig.Time.Advance(TimeSpan.FromHours(23));
        _rig.Send(_recorder, Keyed("a", 2));
        _rig.Time.Advance(TimeSpan.FromHours(2));
        Assert.Equal(Flags.IdReused, _rig.Send(_recorder, Keyed("a", 1)).Flags);
        Assert.Equal(SignalStatus.Duplicate, _rig.Send(_recorder, Keyed("a", 1)).Status);
    }

    [Fact]
    public void IgnoredSignal_Repeated_IsADuplicateOfIt()
    {
        var close = Keyed("a", 1) with { Action = SignalAction.CloseAll };
        var first = _rig.Send(_recorder, close);
        var again = _rig.Send(_recorder, close);
        Assert.Equal((SignalStatus.Ignored, IgnoreReason.Flat), (first.Status, first.Reason));
        Assert.Equal(first with { Status = SignalStatus.Duplicate }, again);
    }

    [Fact]
    public void RefusedSignal_SentAgain_IsJudgedAnew()
    {
        var add = Keyed("a", 1) with { Action = SignalAction.Add };
        Assert.Equal(SignalStatus.Refused, _rig.Send(_recorder, add).Status);
        _rig.Send(_recorder, Some.Buy(_symbol, 1, 100));
        Assert.Equal((SignalStatus.Accepted, Flags.None), (_rig.Send(_recorder, add).Status, _rig.Send(_recorder, add).Flags));
    }

    [Fact]
    public void WithoutAKey_TheSameBodyTwice_IsTwoSignals()
    {
        var signal = Some.Buy(_symbol, 1, 100) with { BodyHash = 1, Label = "order 7" };
        _rig.Send(_recorder, signal);
        Assert.Equal(Effect.Added, _rig.Send(_recorder, signal).Effect);
    }

    [Fact]
    public void SameKey_AfterRecovery_IsStillARepeat()
    {
        var first = _rig.Send(_recorder, Keyed("a", 1));
        using var recovered = new EngineRig(_rig.Journal);
        recovered.Loop.Replay();
        var symbol = recovered.Symbol("MNQZ2025");
        Assert.Equal(first with { Status = SignalStatus.Duplicate }, recovered.Send(_recorder, Keyed("a", 1) with { Symbol = symbol }));
        Assert.Equal(Flags.IdReused, recovered.Send(_recorder, Keyed("a", 2) with { Symbol = symbol }).Flags);
    }

    [Fact]
    public void Memory_ManyKeysOverDays_KeepsOneDay()
    {
        for (var i = 0; i < 100; i++)
        {
            _rig.Send(_recorder, Keyed($"key {i}", 1));
            _rig.Time.Advance(TimeSpan.FromHours(1));
        }
        Assert.InRange(_rig.State.Repeats.Count, 24, 26);
    }

    private Signal Keyed(string key, int body) => Some.Buy(_symbol, 1, 100) with { Key = key, BodyHash = (UInt128)body };
}
