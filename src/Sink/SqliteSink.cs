using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Positions;

namespace StreamRecorder.Sink;

/// <summary>
/// The pump from the outbox to the database: one connection, one transaction a batch, cut only between groups. A group that the database had already
/// (replayed after a restart) is skipped; a failing database is tried again for as long as it takes, while the outbox fills and holds the engine up.
/// One thread decides, waits and tells; it has a second one do the writing, which gives way to all others.
/// </summary>
public sealed class SqliteSink : IAsyncDisposable
{
    private readonly Database _database;
    private readonly Outbox _outbox;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _abandon = new();
    private readonly Channel<SinkJob> _jobs = Channel.CreateBounded<SinkJob>(new BoundedChannelOptions(SinkLimits.JobsMax) { SingleReader = true });
    private CancellationTokenRegistration _abandonRegistration;
    private Task _run = Task.CompletedTask;
    private int _isDisposed;

    // The sink's thread, and while it waits for it the writer's.
    private readonly BatchPolicy _policy;
    private readonly List<OutputGroup> _hand = [];
    private BackgroundThread? _writer;
    private WriterSession? _session;

    /// <summary>Keeps the file that was first written readable, whatever becomes of its name while no session is open.</summary>
    private SqliteConnection? _anchor;
    private volatile bool _isRescuing;
    private SinkJob? _job;
    private Task<bool>? _groupsWait;
    private Task<bool>? _jobsWait;

    public SqliteSink(Database database, Outbox outbox, TimeProvider time, ILogger log)
        : this(database, outbox, time, log, new BatchPolicy(time, SinkLimits.RowsPerBatch, SinkLimits.GroupsPerBatch, SinkLimits.Linger))
    {
    }

    internal SqliteSink(Database database, Outbox outbox, TimeProvider time, ILogger log, BatchPolicy policy)
    {
        _database = database;
        _outbox = outbox;
        _time = time;
        _log = log;
        _policy = policy;
    }

    public SinkMetrics Metrics { get; } = new();

    /// <summary>How much of the ledger is kept. Set before the start.</summary>
    public LedgerSettings Ledger { get; init; } = new();

    /// <summary>Deliveries with a key that are kept, the newest; as many as the engine remembers. Set before the start.</summary>
    internal long KeyedMax { get; init; } = EngineLimits.RepeatKeysMax;

    /// <summary>Raised on the sink's thread after each transaction: for histograms. Must be quick and must not throw.</summary>
    public event Action<Flush>? Flushed;

    /// <summary>
    /// Starts the sink's thread. The task ends when the outbox is completed and everything in it is durable; or, with what is left unwritten, when
    /// <paramref name="abandon"/> is cancelled (the journal has it). It fails when the file is damaged or replaced, or a promise of our own is
    /// broken: the process must not go on then.
    /// </summary>
    public Task RunAsync(CancellationToken abandon = default)
    {
        _abandonRegistration = abandon.Register(_abandon.Cancel);
        return _run = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>
    /// Snapshots of open positions: rows for charts, and the live figures in the positions' own rows. Completes when written; waits when the writer
    /// is behind.
    /// </summary>
    public Task WriteSnapshotsAsync(IReadOnlyList<PositionView> openChanged, long takenAt) =>
        openChanged.Count == 0 ? Task.CompletedTask : EnqueueAsync(new SnapshotJob(openChanged, takenAt) { After = _outbox.ReleasedSequence });

    /// <summary>Deletes what is too old and merges what need not be apart, a bounded amount a call. To be called about once a minute.</summary>
    public Task ThinAsync(long now) => EnqueueAsync(new ThinJob(now));

    /// <summary>
    /// Abandons what is not written; complete the outbox and await the run first to have everything written. A write that hangs in the operating
    /// system is left to it: its threads end with the process.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        await _abandon.CancelAsync().ConfigureAwait(false);
        await Task.WhenAny(_run, Task.Delay(SinkLimits.AbandonWait)).ConfigureAwait(false);
        // The last chance to save a file without a name is waited for, however large it is.
        if (_isRescuing) await Task.WhenAny(_run).ConfigureAwait(false);
        if (!_run.IsCompleted) return;
        await _abandonRegistration.DisposeAsync().ConfigureAwait(false);
        _abandon.Dispose();
    }

    private async Task EnqueueAsync(SinkJob job)
    {
        try
        {
            await _jobs.Writer.WriteAsync(job).ConfigureAwait(false);
        }
        catch (ChannelClosedException e)
        {
            throw Ended(e);
        }
        await job.Done.ConfigureAwait(false);
    }

    private void Run()
    {
        try
        {
            _writer = new BackgroundThread("database");
            // Opens the session, so that the outbox knows at once as of which sequence the database is.
            Flush();
            while (Turn())
            {
            }
        }
        catch (SqliteException fault)
        {
            throw _database.Translate(fault);
        }
        catch (DatabaseDamagedException gone) when ((_anchor ?? _session?.Connection) is { } open && OpenFile.HasMoved(open))
        {
            throw new DatabaseDamagedException($"{gone.Message} {Rescue(open)}", gone);
        }
        finally
        {
            End();
        }
    }

    /// <summary>
    /// A file that was deleted is there as long as we have it open: its history
    /// is older than the journal reaches, and the last chance to save it is now.
    /// </summary>
    private string Rescue(SqliteConnection open)
    {
        _isRescuing = true;
        try
        {
            var sequence = Database.StateOf(open).Sequence;
            var target = FormattableString.Invariant($"{_database.Path}.rescued-{sequence}");
            if (File.Exists(target)) throw new IOException($"{target} exists already.");
            // Under its name only when it is whole.
            File.Delete(target + ".part");
            DatabaseCopy.Write(open, target + ".part");
            File.Move(target + ".part", target);
            return FormattableString.Invariant($"All that it held, as of sequence {sequence}, is saved in {target}: ")
                + "put that in its place and start again; the journal has the rest.";
        }
        catch (Exception e) when (e is SqliteException or DatabaseDamagedException or IOException or UnauthorizedAccessException)
        {
            return $"What it held could not be saved: {e.Message}";
        }
    }

    /// <summary>One bounded piece of work, or a wait for some; false when all is done or to be abandoned.</summary>
    private bool Turn()
    {
        if (_abandon.IsCancellationRequested) return false;
        Take();
        var ended = _outbox.Reader.Completion.IsCompleted;
        var wait = ended && _hand.Count > 0 ? TimeSpan.Zero : _policy.Wait();
        var isDue = wait == TimeSpan.Zero || (_hand.Count > 0 && IsJobKeptWaiting());
        if (isDue) Flush();
        // At most one step of a job between two batches: neither can starve the other.
        if (StepJob() || isDue) return true;
        if (ended) return false;
        AwaitWork(wait);
        return true;
    }

    /// <summary>A snapshot of a position whose fill still lingers would find the row of the fill before, and be given up.</summary>
    private bool IsJobKeptWaiting() => (_job is not null || _jobs.Reader.TryRead(out _job)) && _job!.After > Written;

    private long Written => _session?.Sequence ?? -1;

    private void Take()
    {
        while (!_policy.IsFull && _outbox.Reader.TryRead(out var group))
        {
            _hand.Add(group);
            _policy.Took(group.Outputs.Count);
        }
    }

    /// <summary>Writes what is in hand, however often it takes.</summary>
    private void Flush()
    {
        while (!_abandon.IsCancellationRequested)
        {
            try
            {
                WriteHand();
                break;
            }
            catch (SqliteException fault) when (Faults.IsTransient(fault))
            {
                DropSession();
                _database.NoteWriterFailed();
                Pause(fault);
            }
        }
    }

    private void WriteHand()
    {
        var (batch, duration) = _writer!.Run(() =>
        {
            var session = Session();
            var batch = new Batch(_hand, session.Sequence);
            var started = _time.GetTimestamp();
            if (batch.GroupCount > 0) session.Write(batch);
            return (batch, _time.GetElapsedTime(started));
        });
        _outbox.MarkDurable(_session!.Sequence);
        Note(batch, duration);
        _hand.Clear();
        _policy.Written();
        // One that was opened while the file could not be written would keep later connections from writing too.
        if (batch.GroupCount > 0) _anchor ??= TryAnchor();
    }

    /// <summary>
    /// Writer's thread. Another file that was put there meanwhile would be opened with what is left of the old one's write-ahead file: it is not.
    /// </summary>
    private WriterSession Session()
    {
        if (_session is null && _anchor is not null && OpenFile.HasMoved(_anchor)) throw _database.Gone();
        return _session ??= new WriterSession(_database, Ledger, KeyedMax);
    }

    /// <summary>
    /// Has read once, so that it holds the write-ahead file too. Null when it cannot be opened now, or another file has that name already: what was
    /// written is durable all the same, and the next transaction tries again.
    /// </summary>
    private SqliteConnection? TryAnchor()
    {
        SqliteConnection? connection = null;
        try
        {
            connection = _database.OpenReader();
            if (Database.StateOf(connection).Identity == _database.Identity) return connection;
        }
        catch (Exception e) when (e is SqliteException or DatabaseDamagedException)
        {
            // The writer meets it too, and decides.
        }
        connection?.Dispose();
        return null;
    }

    private void Note(Batch batch, TimeSpan duration)
    {
        if (_policy.Failures > 0)
            _log.LogInformation("The database {Path} is written again, after {Failures} failed tries.", _database.Path, _policy.Failures);
        Metrics.Recovered();
        Metrics.Skipped(batch.SkippedCount);
        if (batch.GroupCount == 0) return;
        var flush = new Flush(batch.GroupCount, batch.RowCount, duration.Ticks / TimeSpan.TicksPerMicrosecond, Lag());
        Metrics.Flushed(flush);
        Flushed?.Invoke(flush);
    }

    private void Pause(SqliteException fault)
    {
        var pause = _policy.Failed();
        Metrics.Failed(Lag());
        if (_policy.Failures == 1)
            _log.LogError(
                fault, "The database {Path} cannot be written ({Fault}). Nothing is lost; trying again until it works.", _database.Path,
                fault.Message);
        Wait([Task.Delay(pause, _time, _abandon.Token)]);
    }

    /// <summary>From the oldest group's engine time until now.</summary>
    private long Lag() => _hand.Count == 0 ? 0 : Math.Max(0, Timestamp.From(_time.GetUtcNow()) - _hand[0].At);

    private bool StepJob()
    {
        if (_job is null && !_jobs.Reader.TryRead(out _job)) return false;
        var job = _job!;
        // In the channel by now: the next turn has them in its hand.
        if (_session is { } session && job.After > session.Sequence) return true;
        try
        {
            if (!_writer!.Run(() => job.Step(Session(), Metrics))) return true;
            job.Complete();
        }
        catch (SqliteException fault) when (Faults.IsTransient(fault))
        {
            DropSession();
            job.Fail(Faults.Translate(fault, _database.Path), Metrics);
        }
        _job = null;
        return true;
    }

    private void AwaitWork(TimeSpan wait)
    {
        _jobsWait ??= _jobs.Reader.WaitToReadAsync().AsTask();
        if (wait == Timeout.InfiniteTimeSpan)
        {
            _groupsWait ??= _outbox.Reader.WaitToReadAsync().AsTask();
            Wait([_groupsWait, _jobsWait]);
        }
        // Groups that arrive during the linger are taken at its end: waking for each would cost two switches of threads a group.
        else Wait([_jobsWait, _outbox.Reader.Completion, Task.Delay(wait, _time, _abandon.Token)]);
        if (_groupsWait is { IsCompleted: true }) _groupsWait = null;
        if (_jobsWait.IsCompleted) _jobsWait = null;
    }

    private void Wait(Task[] tasks)
    {
        try
        {
            Task.WaitAny(tasks, _abandon.Token);
        }
        catch (OperationCanceledException)
        {
            // Abandoned: the loop sees it next.
        }
    }

    private void End()
    {
        try
        {
            // Before the session: the last to close takes the write-ahead file away, which one that only reads cannot.
            _anchor?.Dispose();
            DropSession();
        }
        finally
        {
            _writer?.Dispose();
            _jobs.Writer.TryComplete();
            _job?.Fail(Ended(null), Metrics);
            while (_jobs.Reader.TryRead(out var job)) job.Fail(Ended(null), Metrics);
        }
    }

    private void DropSession()
    {
        _session?.Dispose();
        _session = null;
    }

    private DatabaseUnavailableException Ended(Exception? inner) => new($"The service no longer writes to {_database.Path}.", inner);
}
