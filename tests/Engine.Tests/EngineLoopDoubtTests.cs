using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Engine.Signals;
using StreamRecorder.Engine.Tests.Support;
using Xunit;

namespace StreamRecorder.Engine.Tests;

/// <summary>Bodies without a key: a repeat only of a delivery in doubt, or within the recorder's window; otherwise another order.</summary>
public sealed class EngineLoopDoubtTests : IDisposable
{
    private readonly EngineRig _rig = new EngineRig().WithInstruments(Some.Future("MNQ", 0.25m, 0.5m));
    private readonly long _recorder;
    private readonly Symbol _symbol;

    public EngineLoopDoubtTests()
    {
        _recorder = _rig.AddRecorder("r");
        _symbol = _rig.Symbol("MNQZ2025");
    }

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void AnswerNotWritten_SameBodyAgain_IsARepeatOnce()
    {
        var first = _rig.Send(_recorder, Body(1));
        _rig.Do(new DoubtDelivery(_recorder, 1, first.Sequence));
        Assert.Equal(first with { Status = SignalStatus.Duplicate }, _rig.Send(_recorder, Body(1)));
        Assert.Equal(Effect.Added, _rig.Send(_recorder, Body(1)).Effect);
    }

    [Fact]
    public void AnswerNotWritten_OtherBodyOrOtherRecorder_IsAnOrder()
    {
        _rig.Do(new DoubtDelivery(_recorder, 1, _rig.Send(_recorder, Body(1)).Sequence));
        Assert.Equal(SignalStatus.Accepted, _rig.Send(_recorder, Body(2)).Status);
        Assert.Equal(SignalStatus.Accepted, _rig.Send(_rig.AddRecorder("other"), Body(1)).Status);
    }

    [Fact]
    public void AnswerNotWritten_SameBodyAfterAMinute_IsAnOrder()
    {
        _rig.Do(new DoubtDelivery(_recorder, 1, _rig.Send(_recorder, Body(1)).Sequence));
        _rig.Time.Advance(TimeSpan.FromSeconds(60) + TimeSpan.FromMicroseconds(1));
        Assert.Equal(Effect.Added, _rig.Send(_recorder, Body(1)).Effect);
    }

    [Fact]
    public void TwoEqualOrdersInDoubt_EachSentAgain_AreTwoOrders()
    {
        var (first, second) = (_rig.Send(_recorder, Body(1)), _rig.Send(_recorder, Body(1)));
        _rig.Do(new DoubtDelivery(_recorder, 1, first.Sequence));
        _rig.Do(new DoubtDelivery(_recorder, 1, second.Sequence));
        Assert.Equal(SignalStatus.Duplicate, _rig.Send(_recorder, Body(1)).Status);
        Assert.Equal(SignalStatus.Duplicate, _rig.Send(_recorder, Body(1)).Status);
        Assert.Equal(SignalStatus.Accepted, _rig.Send(_recorder, Body(1)).Status);
    }

    [Fact]
    public void AnsweredTooLate_SameBodyBeforeAndAfterTheCommit_IsARepeat()
    {
        var journal = new HeldJournal();
        using var rig = new EngineRig(journal);
        Prepare(rig, journal);
        var first = rig.Offer(1, Body(1) with { Symbol = rig.Symbol("MNQZ2025") });
        rig.Run();
        Assert.True(first.TryAbandon(SignalAnswer.Refused(Rejection.CommitSlow.Because("late"))));
        // Sent again while the commit is still under way: it waits for it.
        var again = rig.Offer(1, Body(1) with { Symbol = rig.Symbol("MNQZ2025") });
        rig.Run();
        Assert.False(again.Answer.IsCompleted);
        Commit(rig, journal);
        Assert.Equal(SignalStatus.Duplicate, EngineRig.Done(again.Answer).Status);

        var next = rig.Offer(1, Body(2) with { Symbol = rig.Symbol("MNQZ2025") });
        rig.Run();
        Assert.True(next.TryAbandon(SignalAnswer.Refused(Rejection.CommitSlow.Because("late"))));
        Commit(rig, journal);
        var nextAgain = rig.Offer(1, Body(2) with { Symbol = rig.Symbol("MNQZ2025") });
        Commit(rig, journal);
        Assert.Equal(SignalStatus.Duplicate, EngineRig.Done(nextAgain.Answer).Status);
    }

    [Fact]
    public void Repeat_AnsweredTooLateItself_IsRepeatedBySameBody()
    {
        var journal = new HeldJournal();
        using var rig = new EngineRig(journal);
        Prepare(rig, journal);
        var body = Body(1) with { Symbol = rig.Symbol("MNQZ2025") };
        var tries = new List<SignalMessage>();
        for (var i = 0; i < 4; i++)
        {
            tries.Add(rig.Offer(1, body));
            rig.Run();
            if (i < 3) Assert.True(tries[i].TryAbandon(SignalAnswer.Refused(Rejection.CommitSlow.Because("late"))));
            if (i % 2 == 1) Commit(rig, journal);
        }
        Assert.Equal(SignalStatus.Duplicate, EngineRig.Done(tries[3].Answer).Status);
        rig.Offer(1, body);
        Commit(rig, journal);
        Assert.Equal(Some.E9(2), Assert.Single(rig.OpenViews()).TotalQuantity.Units / 10);
    }

    [Fact]
    public void Repeat_WhoseAnswerIsInDoubt_CountsTheMinuteAnew()
    {
        var first = _rig.Send(_recorder, Body(1));
        _rig.Do(new DoubtDelivery(_recorder, 1, first.Sequence));
        for (var i = 0; i < 3; i++)
        {
            _rig.Time.Advance(TimeSpan.FromSeconds(50));
            Assert.Equal(SignalStatus.Duplicate, _rig.Send(_recorder, Body(1)).Status);
            _rig.Do(new DoubtDelivery(_recorder, 1, first.Sequence));
        }
        _rig.Time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(Effect.Added, _rig.Send(_recorder, Body(1)).Effect);
    }

    [Fact]
    public void Restart_RepeatSettledTheDoubtBeforeIt_SameBodyIsAnOrder()
    {
        var first = _rig.Send(_recorder, Body(1));
        _rig.Do(new StartService { ReceivedAt = _rig.Now });
        Assert.Equal(SignalStatus.Duplicate, _rig.Send(_recorder, Body(1)).Status);
        using var recovered = new EngineRig(_rig.Journal);
        recovered.Loop.Replay();
        recovered.Do(new StartService(sequence => sequence == first.Sequence) { ReceivedAt = recovered.Now });
        Assert.Equal(SignalStatus.Accepted, recovered.Send(_recorder, Body(1) with { Symbol = recovered.Symbol("MNQZ2025") }).Status);
    }

    [Fact]
    public void AnswerOnItsWay_GivingUp_IsNotPossibleAndLeavesNoDoubt()
    {
        var message = _rig.Offer(_recorder, Body(1));
        _rig.Run();
        Assert.False(message.TryAbandon(SignalAnswer.Refused(Rejection.CommitSlow.Because("late"))));
        Assert.Equal(Effect.Added, _rig.Send(_recorder, Body(1)).Effect);
    }

    [Fact]
    public void Restart_BodiesOfTheLastMinute_AreRepeatsOnce()
    {
        _rig.Send(_recorder, Body(1));
        _rig.Time.Advance(TimeSpan.FromSeconds(61));
        var second = _rig.Send(_recorder, Body(2));
        using var recovered = new EngineRig(_rig.Journal);
        recovered.Time.Advance(TimeSpan.FromSeconds(63));
        recovered.Loop.Replay();
        recovered.Do(new StartService { ReceivedAt = recovered.Now });
        var symbol = recovered.Symbol("MNQZ2025");
        Assert.Equal(SignalStatus.Accepted, recovered.Send(_recorder, Body(1) with { Symbol = symbol }).Status);
        Assert.Equal(second with { Status = SignalStatus.Duplicate }, recovered.Send(_recorder, Body(2) with { Symbol = symbol }));
        Assert.Equal(SignalStatus.Accepted, recovered.Send(_recorder, Body(2) with { Symbol = symbol }).Status);
    }

    [Fact]
    public void Restart_BodiesWhoseAnswersWereWritten_AreOrders()
    {
        var written = _rig.Send(_recorder, Body(1));
        _rig.Send(_recorder, Body(2));
        using var recovered = new EngineRig(_rig.Journal);
        recovered.Loop.Replay();
        recovered.Do(new StartService(sequence => sequence == written.Sequence) { ReceivedAt = recovered.Now });
        var symbol = recovered.Symbol("MNQZ2025");
        Assert.Equal(SignalStatus.Accepted, recovered.Send(_recorder, Body(1) with { Symbol = symbol }).Status);
        Assert.Equal(SignalStatus.Duplicate, recovered.Send(_recorder, Body(2) with { Symbol = symbol }).Status);
    }

    [Fact]
    public void DuplicateWindow_SameBodyWithAFiringTime_IsARepeatWithinItAlways()
    {
        var windowed = _rig.AddRecorder("w", s => s with { DuplicateWindow = 300_000_000 });
        var body = Body(1) with { At = _rig.Now, HasFiringTime = true };
        _rig.Send(windowed, body);
        _rig.Time.Advance(TimeSpan.FromSeconds(299));
        Assert.Equal(SignalStatus.Duplicate, _rig.Send(windowed, body).Status);
        Assert.Equal(SignalStatus.Duplicate, _rig.Send(windowed, body).Status);
        Assert.Equal(SignalStatus.Accepted, _rig.Send(windowed, Body(2)).Status);
        Assert.Equal(SignalStatus.Accepted, _rig.Send(windowed, Body(2)).Status);
        _rig.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(SignalStatus.Accepted, _rig.Send(windowed, body).Status);
    }

    [Fact]
    public void Memory_ManyBodiesOverHours_KeepsAMinute()
    {
        for (var i = 1; i <= 200; i++)
        {
            _rig.Send(_recorder, Body(i));
            _rig.Time.Advance(TimeSpan.FromSeconds(30));
        }
        Assert.InRange(_rig.State.Bodies.Count, 2, 4);
    }

    private static void Prepare(EngineRig rig, HeldJournal journal)
    {
        Commit(rig, journal);
        rig.Inbox.Offer(new SetInstruments([Some.Future("MNQ", 0.25m, 0.5m)], true));
        rig.Inbox.Offer(new AddRecorder(new RecorderSettings { Name = "r" }, new RecorderToken("t", "h", 1)) { ReceivedAt = rig.Now });
        Commit(rig, journal);
    }

    /// <summary>The commit under way, and the next, which takes what came in between.</summary>
    private static void Commit(EngineRig rig, HeldJournal journal)
    {
        for (var i = 0; i < 2; i++)
        {
            rig.Run();
            journal.EndCommit();
            rig.Run();
        }
    }

    private Signal Body(int body) => Some.Buy(_symbol, 1, 100) with { BodyHash = (UInt128)body };
}
