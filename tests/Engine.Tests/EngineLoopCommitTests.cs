using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Journal;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Prices;
using StreamRecorder.Engine.Queries;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Engine.Signals;
using StreamRecorder.Engine.Tests.Support;
using Xunit;

namespace StreamRecorder.Engine.Tests;

/// <summary>Nothing leaves before the commit of its input.</summary>
public sealed class EngineLoopCommitTests : IDisposable
{
    private readonly HeldJournal _journal = new();
    private readonly EngineRig _rig;
    private readonly Symbol _symbol;

    public EngineLoopCommitTests()
    {
        _rig = new EngineRig(_journal);
        Assert.Null(_rig.Inbox.Offer(new SetInstruments([Some.Future("MNQ", 0.25m, 0.5m)], fromFiles: true)));
        var recorder = new AddRecorder(new RecorderSettings { Name = "r" }, new RecorderToken("first", "hash", 1)) { ReceivedAt = _rig.Now };
        Assert.Null(_rig.Inbox.Offer(recorder));
        Commit();
        Assert.True(recorder.Result.IsCompletedSuccessfully);
        _symbol = _rig.Symbol("MNQZ2025");
        _rig.TakeReleased();
    }

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Signal_CommitHeldBack_NeitherAnsweredNorReleased()
    {
        var message = _rig.Offer(1, Some.Buy(_symbol, 1, 100));
        _rig.Run();
        Assert.False(message.Answer.IsCompleted);
        Assert.Empty(_rig.TakeReleased());
        Commit();
        Assert.Equal(Effect.Opened, EngineRig.Done(message.Answer).Effect);
        Assert.Equal(EngineRig.Done(message.Answer).Sequence, Assert.Single(_rig.TakeReleased()).Sequence);
    }

    [Fact]
    public void Signal_CommitHeldBack_KeepsItsPlaceAlsoWhenItWasGivenUp()
    {
        var given = _rig.Offer(1, Some.Buy(_symbol, 1, 100));
        var refusal = Rejection.SymbolMissing.Because("There is none.");
        var refused = new RefusedMessage(1, refusal) { ReceivedAt = _rig.Now, BodyHash = given.Signal.BodyHash };
        Assert.Null(_rig.Inbox.Offer(refused));
        _rig.Run();
        Assert.True(given.TryAbandon(SignalAnswer.Refused(Rejection.CommitSlow.Because("It takes too long."))));
        Assert.Equal((2, false), (_rig.Inbox.SignalCount, refused.Answer.IsCompleted));
        Commit();
        Assert.Equal((0, true), (_rig.Inbox.SignalCount, refused.Answer.IsCompleted));
    }

    [Fact]
    public void Signals_DuringACommit_WaitForTheNextOne()
    {
        var first = _rig.Offer(1, Some.Buy(_symbol, 1, 100));
        _rig.Run();
        var second = _rig.Offer(1, Some.Buy(_symbol, 1, 101));
        _rig.Run();
        Assert.Equal(2, _rig.State.Store.TryRead(new(1, _symbol.Id), out var position) ? position.Held / Fixed9.One : 0);
        _journal.EndCommit();
        _rig.Run();
        Assert.True(first.Answer.IsCompleted);
        Assert.False(second.Answer.IsCompleted);
        Commit();
        Assert.Equal(EngineRig.Done(first.Answer).Sequence + 1, EngineRig.Done(second.Answer).Sequence);
    }

    [Fact]
    public void Refusal_AfterAnUncommittedClosing_WaitsForWhatItSaw()
    {
        _rig.Offer(1, Some.Buy(_symbol, 1, 100));
        Commit();
        var close = _rig.Offer(1, Some.Order(_symbol, SignalAction.CloseAll, price: 100));
        var add = _rig.Offer(1, Some.Order(_symbol, SignalAction.Add, price: 100));
        var remove = new RemoveRecorder(77);
        Assert.Null(_rig.Inbox.Offer(remove));
        _rig.Run();
        // Were the closing lost now, the position would be open and "nothing to add to" would have been untrue.
        Assert.False(close.Answer.IsCompleted);
        Assert.False(add.Answer.IsCompleted);
        Assert.False(remove.Result.IsCompleted);
        Commit();
        Assert.Equal(Rejection.PositionMissing, EngineRig.Done(add.Answer).Refusal!.Kind);
        Assert.Equal(Rejection.NotFound, EngineRig.Done(remove.Result).Refusal!.Kind);
    }

    [Fact]
    public void Query_OfAnUncommittedPosition_WaitsForItsCommit()
    {
        _rig.Offer(1, Some.Buy(_symbol, 1, 100));
        var query = new OpenPositionsQuery(new OpenFilter());
        Assert.Null(_rig.Inbox.Offer(query));
        _rig.Run();
        Assert.False(query.Result.IsCompleted);
        Commit();
        Assert.Single(EngineRig.Done(query.Result));
    }

    [Fact]
    public void Query_WithNothingUncommitted_IsAnsweredAtOnce()
    {
        var query = new OpenPositionsQuery(new OpenFilter());
        Assert.Null(_rig.Inbox.Offer(query));
        _rig.Loop.RunOnce();
        Assert.Empty(EngineRig.Done(query.Result));
    }

    [Fact]
    public void Ticks_WithSomebodyWaiting_AreDurableAfterTheCommit()
    {
        var durable = new TaskCompletionSource();
        _rig.OfferTicks(durable, new Tick(_symbol.Id, 1, _rig.Now));
        _rig.Run();
        Assert.False(durable.Task.IsCompleted);
        Assert.Equal(3, _journal.AppendedSequence);
        Commit();
        Assert.True(durable.Task.IsCompletedSuccessfully);
    }

    [Fact]
    public void Ticks_NoneSinceTheLastFold_AreDurableAtOnce()
    {
        var durable = new TaskCompletionSource();
        _rig.OfferTicks(durable);
        _rig.Run();
        Assert.True(durable.Task.IsCompletedSuccessfully);
        Assert.Equal(2, _journal.AppendedSequence);
    }

    [Fact]
    public void Answers_OfManySignals_ComeInOrder()
    {
        var groups = new List<long>();
        _rig.Loop.Released = group => groups.Add(group.Sequence);
        var messages = Enumerable.Range(0, 100).Select(i => _rig.Offer(1, i % 2 == 0 ? Some.Buy(_symbol, 1, i) : Some.Sell(_symbol, 1, i))).ToList();
        for (var done = 0; done < 100; done++)
        {
            _rig.Loop.RunOnce();
            _journal.EndCommit();
        }
        _rig.Run();
        Assert.Equal(Enumerable.Range(3, 100).Select(i => (long)i), messages.Select(m => EngineRig.Done(m.Answer).Sequence));
        Assert.Equal(groups.Order(), groups);
    }

    [Fact]
    public void Journal_WithoutRoom_StopsTheLoopTakingUntilThereIs()
    {
        _journal.HasRoom = false;
        var message = _rig.Offer(1, Some.Buy(_symbol, 1, 100));
        _rig.Run();
        // It keeps its place: nobody may send more than the quota.
        Assert.Equal(1, _rig.Inbox.SignalCount);
        Assert.Equal(_journal.Records.Count, _rig.State.Sequence);
        Assert.False(_rig.Loop.HasWork || message.Answer.IsCompleted);
        _journal.HasRoom = true;
        Assert.True(_rig.Loop.HasWork);
        Commit();
        Assert.True(message.Answer.IsCompletedSuccessfully);
    }

    [Fact]
    public void Journal_Faulted_FailsEverythingThatWaits()
    {
        var durable = new TaskCompletionSource();
        var applied = _rig.Offer(1, Some.Buy(_symbol, 1, 100));
        var query = new OpenPositionsQuery(new OpenFilter());
        Assert.Null(_rig.Inbox.Offer(query));
        _rig.OfferTicks(durable, new Tick(_symbol.Id, 1, _rig.Now));
        _rig.Run();
        var queued = _rig.Offer(1, Some.Buy(_symbol, 1, 100));
        var command = new RemoveRecorder(1);
        Assert.Null(_rig.Inbox.Offer(command));
        var queuedDurable = new TaskCompletionSource();
        _rig.OfferTicks(queuedDurable, new Tick(_symbol.Id, 1, _rig.Now));
        _journal.Fault = new IOException("disk full");
        Assert.True(_rig.Loop.HasWork);
        var fault = Assert.Throws<JournalFailedException>(() => _rig.Loop.RunOnce());
        Assert.IsType<IOException>(fault.InnerException);
        _rig.Loop.FailAll(fault);
        foreach (var task in new Task[] { applied.Answer, query.Result, durable.Task, queued.Answer, command.Result, queuedDurable.Task })
            Assert.Same(fault, task.Exception?.InnerException);
        Assert.Equal(Rejection.ShuttingDown, _rig.Inbox.Offer(new SignalMessage(1, Some.Buy(_symbol, 1, 100)))!.Kind);
        Assert.Empty(_rig.TakeReleased());
    }

    /// <summary>Ends commits until nothing is left to commit.</summary>
    private void Commit()
    {
        do
        {
            _rig.Run();
            _journal.EndCommit();
            _rig.Run();
        }
        while (_journal.CommittedSequence < _journal.AppendedSequence);
    }
}
