using StreamRecorder.Engine.Journal;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Engine.Signals;
using StreamRecorder.Engine.Tests.Support;
using Xunit;

namespace StreamRecorder.Engine.Tests;

/// <summary>The thread that turns the crank in production: wakes, drains, reports the first fault. Every wait has a limit.</summary>
public sealed class EngineThreadTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Thread_SignalsAndStop_AnswersAllAndEnds()
    {
        using var rig = new EngineRig().WithInstruments(Some.Future("MNQ", 0.25m, 0.5m));
        var recorder = rig.AddRecorder("r");
        var symbol = rig.Symbol("MNQZ2025");
        Exception? fault = null;
        using var thread = new EngineThread(rig.Loop, rig.Inbox, rig.Outbox, rig.Journal, e => fault = e);
        thread.Start();
        for (var i = 0; i < 100; i++)
        {
            var signal = i % 2 == 0 ? Some.Buy(symbol, 1, 1) : Some.Sell(symbol, 1, 1);
            var answer = await rig.Offer(recorder, signal).Answer.WaitAsync(Limit, TestContext.Current.CancellationToken);
            Assert.Equal(SignalStatus.Accepted, answer.Status);
        }
        var last = rig.Offer(recorder, Some.Buy(symbol, 1, 1));
        rig.Inbox.Close();
        await thread.StopAsync().WaitAsync(Limit, TestContext.Current.CancellationToken);
        Assert.True(last.Answer.IsCompletedSuccessfully);
        Assert.Null(fault);
    }

    [Fact]
    public async Task Thread_JournalFault_IsReportedAndFailsWhoWaits()
    {
        var journal = new HeldJournal();
        using var rig = new EngineRig(journal);
        var faulted = new TaskCompletionSource<Exception>();
        using var thread = new EngineThread(rig.Loop, rig.Inbox, rig.Outbox, journal, faulted.SetResult);
        thread.Start();
        var command = new AddRecorder(new RecorderSettings { Name = "r" }, new RecorderToken("t", "h", 1)) { ReceivedAt = rig.Now };
        Assert.Null(rig.Inbox.Offer(command));
        journal.Fault = new IOException("disk full");
        journal.EndCommit();
        Assert.IsType<JournalFailedException>(await faulted.Task.WaitAsync(Limit, TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<JournalFailedException>(() => command.Result.WaitAsync(Limit, TestContext.Current.CancellationToken));
        await thread.Ended.WaitAsync(Limit, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Thread_FaultOfTheProgramItself_IsReportedAndEndsIt()
    {
        using var rig = new EngineRig();
        var faulted = new TaskCompletionSource<Exception>();
        rig.Loop.Released = _ => throw new InvalidOperationException("planted");
        using var thread = new EngineThread(rig.Loop, rig.Inbox, rig.Outbox, rig.Journal, faulted.SetResult);
        thread.Start();
        Assert.Null(rig.Inbox.Offer(new AddRecorder(new RecorderSettings { Name = "r" }, new RecorderToken("t", "h", 1)) { ReceivedAt = rig.Now }));
        Assert.Equal("planted", (await faulted.Task.WaitAsync(Limit, TestContext.Current.CancellationToken)).Message);
        await thread.Ended.WaitAsync(Limit, TestContext.Current.CancellationToken);
    }
}
