using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Signals;
using StreamRecorder.Engine.Tests.Support;
using Xunit;

namespace StreamRecorder.Engine.Tests;

/// <summary>What waits for the sink is bounded: the loop stops, and goes on when there is room.</summary>
public sealed class OutboxTests
{
    [Fact]
    public void Outbox_Full_HoldsAnswersBackUntilThereIsRoom()
    {
        using var rig = Rig(2, out var symbol);
        var messages = Enumerable.Range(0, 5).Select(i => rig.Offer(1, Some.Buy(symbol, 1, i))).ToList();
        rig.Run();
        Assert.Equal(2, messages.Count(m => m.Answer.IsCompleted));
        Assert.False(rig.Loop.HasWork);
        Assert.Equal(2, rig.TakeReleased().Count);
        Assert.True(rig.Loop.HasWork);
        rig.Run();
        Assert.Equal(4, messages.Count(m => m.Answer.IsCompleted));
    }

    [Fact]
    public void Outbox_TakenButNotDurable_StillCounts()
    {
        using var rig = Rig(2, out var symbol);
        for (var i = 0; i < 3; i++) rig.Offer(1, Some.Buy(symbol, 1, i));
        rig.Run();
        while (rig.Outbox.Reader.TryRead(out _)) { }
        rig.Run();
        Assert.Equal(2, rig.Outbox.PendingCount);
        Assert.Equal(rig.Now, rig.Outbox.OldestPendingAt);
        rig.Outbox.MarkDurable(3);
        rig.Run();
        Assert.Equal((2, 3), (rig.Outbox.PendingCount, rig.Outbox.DurableSequence));
    }

    [Fact]
    public void Outbox_FullForLong_RefusesSignalsAndLosesNothing()
    {
        using var rig = Rig(16, out var symbol);
        var messages = new List<SignalMessage>();
        var isRefused = false;
        while (!isRefused)
        {
            var message = new SignalMessage(1, messages.Count % 2 == 0 ? Some.Buy(symbol, 1, 1) : Some.Sell(symbol, 1, 1)) { ReceivedAt = rig.Now };
            if (rig.Inbox.SignalCount == EngineLimits.SignalsMax) rig.Run();
            isRefused = rig.Inbox.Offer(message) is { } refusal && refusal.Kind == Rejection.InboxFull;
            if (!isRefused) messages.Add(message);
        }
        Assert.Equal(EngineLimits.SignalsMax + 16, messages.Count);
        var released = 0;
        for (var taken = rig.TakeReleased(); taken.Count > 0; taken = rig.TakeReleased())
        {
            released += taken.Count;
            rig.Run();
        }
        Assert.Equal(messages.Count, released);
        Assert.All(messages, m => Assert.Equal(SignalStatus.Accepted, EngineRig.Done(m.Answer).Status));
    }

    [Fact]
    public void Outbox_FullForLong_StopsTheLoopBeforeAnswersPileUp()
    {
        using var rig = Rig(16, out var symbol);
        var signals = Enumerable.Range(0, 17).Select(_ => rig.Offer(1, Some.Buy(symbol, 1, 1))).ToList();
        rig.Run();
        var commands = new List<RemoveRecorder>();
        for (var isTaken = true; isTaken;)
        {
            var command = new RemoveRecorder(77);
            if (rig.Inbox.QueryCount == EngineLimits.QueriesMax) rig.Run();
            isTaken = rig.Inbox.Offer(command) is null;
            if (isTaken) commands.Add(command);
        }
        // The last signal is the first of those that wait.
        Assert.Equal(EngineLimits.ReleasesMax - 1 + EngineLimits.QueriesMax, commands.Count);
        Assert.Equal((true, false), (signals[15].Answer.IsCompleted, signals[16].Answer.IsCompleted));
        for (var taken = rig.TakeReleased(); taken.Count > 0; taken = rig.TakeReleased()) rig.Run();
        Assert.Equal(SignalStatus.Accepted, EngineRig.Done(signals[16].Answer).Status);
        Assert.All(commands, c => Assert.Equal(Rejection.NotFound, EngineRig.Done(c.Result).Refusal!.Kind));
    }

    [Fact]
    public void Pending_ClosedAndFillsNotInTheDatabase_AreReadableUntilTheyAre()
    {
        using var rig = Rig(100, out var symbol);
        var opened = rig.Send(1, Some.Buy(symbol, 2, 100));
        rig.Send(1, Some.Sell(symbol, 1, 101));
        var closed = rig.Send(1, Some.Order(symbol, SignalAction.CloseAll, price: 102));
        Assert.Equal("6", Assert.Single(rig.Outbox.PendingClosed()).RealizedPnl.ToString());
        Assert.Equal([true, false, false], rig.Outbox.PendingFills(opened.PositionId).Select(f => f.Fill.IsEntry));
        rig.Outbox.MarkDurable(closed.Sequence);
        Assert.Empty(rig.Outbox.PendingClosed());
        Assert.Empty(rig.Outbox.PendingFills(opened.PositionId));
    }

    private static EngineRig Rig(int capacity, out Symbol symbol)
    {
        var rig = new EngineRig(outboxCapacity: capacity).WithInstruments(Some.Future("MNQ", 0.25m, 0.5m));
        rig.AddRecorder("r");
        symbol = rig.Symbol("MNQZ2025");
        rig.TakeReleased();
        return rig;
    }
}
