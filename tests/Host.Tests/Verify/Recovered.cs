using Microsoft.Extensions.Logging.Abstractions;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Journal;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Sink;
using StreamRecorder.Tests.Shared;

namespace StreamRecorder.Host.Tests.Verify;

/// <summary>
/// What a directory comes to by recovery alone: the parts of <see cref="Composition"/> put together as there, up to where a start would
/// append inputs of its own (that it started, its key), which have the time of the day in them.
/// </summary>
/// <param name="Sequence">Of the last input.</param>
/// <param name="Hash">Of all state as of it.</param>
/// <param name="InputCount">Inputs that came from the journal; the rest was in the database.</param>
internal sealed record Recovered(long Sequence, string Hash, long InputCount)
{
    /// <summary>Recovers, and leaves a database that has all of it, without what is too old as of the last input.</summary>
    public static async Task<Recovered> FromAsync(string directory)
    {
        var outbox = new Outbox(HostLimits.OutboxCapacity);
        var database = Database.Open(DataFiles.Database(directory));
        await using var sink = new SqliteSink(database, outbox, TimeProvider.System, NullLogger.Instance);
        var written = sink.RunAsync();
        using var journal = new FasterJournal(DataFiles.Journal(directory), new JournalOptions(), TimeProvider.System);
        using var inbox = new Inbox();
        var options = new Options();
        using var state = new StateMachine(new SymbolTable(), options.PositionsMax, options.LateTolerance);
        var loop = new EngineLoop(state, journal, inbox, outbox, TimeProvider.System);
        using (var reader = new StateReader(database)) loop.Load(reader.Read());
        var inputs = loop.Replay();
        await ReachedAsync(outbox, state.Sequence);
        // The live figures of open rows, which a running service refreshes by the clock, as of the last input; unless the service has done it.
        if (inputs > 0) await sink.WriteSnapshotsAsync(OpenOf(state), state.Now);
        await sink.ThinAsync(state.Now);
        outbox.Complete();
        await written.WaitAsync(DataFiles.Limit, TestContext.Current.CancellationToken);
        return new Recovered(state.Sequence, StateHash.Of(state), inputs);
    }

    private static async Task ReachedAsync(Outbox outbox, long sequence)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look()
        {
            if (outbox.DurableSequence >= sequence) reached.TrySetResult();
        }
        outbox.Drained += Look;
        Look();
        await reached.Task.WaitAsync(DataFiles.Limit, TestContext.Current.CancellationToken);
        outbox.Drained -= Look;
    }

    private static List<PositionView> OpenOf(StateMachine state)
    {
        var views = new List<PositionView>();
        foreach (var key in state.Open.Keys)
        {
            Assert.True(state.Store.TryRead(key, out var stored));
            var position = state.Figures(stored);
            views.Add(PositionView.Of(position, state.NamesOf(key, position)));
        }
        return views;
    }
}
