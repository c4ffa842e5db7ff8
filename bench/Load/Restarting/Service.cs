using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Journal;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Sink;

namespace StreamRecorder.Load.Restarting;

/// <summary>The parts of the service that a start opens, in a directory, as its host composes them, without listeners.</summary>
internal sealed class Service : IDisposable
{
    private readonly Inbox _inbox = new();
    private readonly EngineLoop _loop;

    public Service(string directory, int positionsMax)
    {
        Database = Sink.Database.Open(DatabaseIn(directory));
        Journal = new FasterJournal(JournalIn(directory), new JournalOptions(), TimeProvider.System);
        State = NewState(positionsMax);
        Outbox = new Outbox(OutboxCapacity);
        _loop = new EngineLoop(State, Journal, _inbox, Outbox, TimeProvider.System);
    }

    /// <summary>As the host has it: a database is never further behind than this.</summary>
    public static int OutboxCapacity => Host.HostLimits.OutboxCapacity;

    public Sink.Database Database { get; }

    public FasterJournal Journal { get; }

    public StateMachine State { get; }

    public Outbox Outbox { get; }

    public static string DatabaseIn(string directory) => Path.Combine(directory, "stream_recorder.db");

    public static string JournalIn(string directory) => Path.Combine(directory, "journal");

    public static StateMachine NewState(int positionsMax) => new(new SymbolTable(), positionsMax, 5 * Timestamp.Second);

    /// <summary>What the database holds, then the journal.</summary>
    public void Recover()
    {
        using (var reader = new StateReader(Database)) _loop.Load(reader.Read());
        _loop.Replay();
    }

    /// <summary>The same with a sink that writes what is replayed, to the end.</summary>
    public async Task RecoverAndWriteAsync()
    {
        var sink = new SqliteSink(Database, Outbox, TimeProvider.System, NullLogger.Instance);
        await using (sink.ConfigureAwait(false))
        {
            var written = sink.RunAsync();
            await Task.Run(Recover).ConfigureAwait(false);
            Outbox.Complete();
            await written.ConfigureAwait(false);
        }
    }

    /// <summary>Journals inputs up to a sequence, applied or not, all durable on return.</summary>
    public void Append(Inputs inputs, long until)
    {
        var codec = new InputCodec(State.Symbols);
        while (Journal.AppendedSequence < until)
        {
            var sequence = Journal.AppendedSequence + 1;
            var payload = codec.Write(Inputs.TimeOf(sequence), inputs.Of(sequence));
            while (!Journal.CanAppend(payload.Length)) Commit();
            Journal.Append(sequence, payload);
        }
        while (Journal.CommittedSequence < until) Commit();
    }

    public void Dispose()
    {
        Journal.Dispose();
        State.Dispose();
        _inbox.Dispose();
    }

    private void Commit()
    {
        if (Journal.Fault is { } fault) throw new InvalidOperationException("The journal failed.", fault);
        Journal.StartCommit();
        Thread.Yield();
    }

    public static TimeSpan Timed(Action action)
    {
        var started = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(started);
    }
}
