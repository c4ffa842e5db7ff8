using StreamRecorder.Engine;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Journal;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Metrics;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Engine.Recovery;
using StreamRecorder.Host.Metrics;
using StreamRecorder.Host.Reading;
using StreamRecorder.Host.Start;
using StreamRecorder.Sink;

namespace StreamRecorder.Host;

/// <summary>
/// The pipe, built in the order in which data flows and taken down in the same order: intake, engine, outbox, sink,
/// journal, lock. Has no listeners: the service adds them, and command-line verbs use it as it is while no service runs.
/// </summary>
public sealed class Composition : IAsyncDisposable
{
    private readonly TaskCompletionSource<Exception> _faulted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ILogger _log;
    private readonly StateMachine _state;
    private readonly SqliteSink _sink;
    private readonly FasterJournal _journal;
    private readonly PositionLog _positionLog;
    private Task _sinkEnded = Task.CompletedTask;
    private EngineThread? _thread;
    private Snapshots? _snapshots;
    private Upkeep? _upkeep;

    private Composition(Options options, DataDirectory directory, TimeProvider time, ILoggerFactory logs)
    {
        _log = logs.CreateLogger<Composition>();
        Directory = directory;
        Outbox = new Outbox(HostLimits.OutboxCapacity);
        Database = Database.Open(directory.Database);
        if (!Database.IsWithoutLocks) _log.LogWarning("SQLite was in use before the database was opened: it keeps locks that cost time");
        Marks = new AnsweredMarks(directory.AnsweredMarks);
        _sink = new SqliteSink(Database, Outbox, time, logs.CreateLogger<SqliteSink>())
        {
            Ledger = new LedgerSettings { Age = options.LedgerAge, BytesMax = options.LedgerBytes, AnsweredAt = Marks.TimeOf },
        };
        _journal = new FasterJournal(directory.Journal, new JournalOptions { SegmentBytes = options.JournalSegmentBytes }, time)
        { TroubleChanged = LogTrouble };
        _state = new StateMachine(new SymbolTable(), options.PositionsMax, options.LateTolerance);
        Engine = new EngineLoop(_state, _journal, Inbox, Outbox, time, new Retention(options.JournalAge, options.JournalBytes));
        _positionLog = new PositionLog(logs.CreateLogger<PositionLog>());
        Client = new EngineClient(Inbox, time);
        Tables = new Tables(_state, Client);
    }

    public DataDirectory Directory { get; }

    public Database Database { get; }

    public Inbox Inbox { get; } = new();

    public Outbox Outbox { get; }

    public EngineLoop Engine { get; }

    public EngineClient Client { get; }

    public Tables Tables { get; }

    public SymbolTable Symbols => _state.Symbols;

    /// <summary>Which answers were written; told by the webhooks, asked by the next start.</summary>
    public AnsweredMarks Marks { get; }

    /// <summary>Completes with the fault after which nothing may be acknowledged any more.</summary>
    public Task<Exception> Faulted => _faulted.Task;

    /// <summary>True while nothing has failed that ends the process.</summary>
    public bool IsHealthy => !_faulted.Task.IsCompleted && _journal.Fault is null;

    /// <summary>
    /// What does not work at the moment although the service goes on; null: nothing. Inputs are taken until the room that is left is used up.
    /// </summary>
    public string? Trouble =>
        _journal.Trouble is { } journal ? $"the journal cannot grow: {journal.Message}"
        : _sink.Metrics.IsFailing ? "the database cannot be written; the log says why"
        : null;

    /// <summary>
    /// Opens everything in the directory, recovers, and takes inputs. Whatever fails, all that
    /// was opened is closed again. Nothing is measured without <paramref name="telemetry"/>.
    /// </summary>
    public static async Task<Composition> StartAsync(
        Options options, DataDirectory directory, TimeProvider time, ILoggerFactory logs, Telemetry? telemetry = null)
    {
        Composition? pipe = null;
        try
        {
            pipe = new Composition(options, directory, time, logs);
            await pipe.StartAsync(options, time, logs, telemetry).ConfigureAwait(false);
            return pipe;
        }
        catch
        {
            if (pipe is not null) await pipe.DisposeAsync().ConfigureAwait(false);
            directory.Dispose();
            throw;
        }
    }

    /// <summary>
    /// The written stop: no more intake; what waits is applied and committed; its outputs are written; files are closed. Each step has a
    /// limit. What a step could not finish is in the journal and comes back at the next start. Returns the step that ran out of time, or null.
    /// </summary>
    public async Task<string?> StopAsync()
    {
        Inbox.Close();
        if (_snapshots is not null)
        {
            await WrittenAsync().ConfigureAwait(false);
            await _snapshots.DisposeAsync().ConfigureAwait(false);
        }
        if (_upkeep is not null) await _upkeep.DisposeAsync().ConfigureAwait(false);
        string? late = null;
        if (_thread is not null && !await EndsAsync(_thread.StopAsync(), HostLimits.StopEngine).ConfigureAwait(false)) late = "the engine";
        Inbox.CloseReads();
        Outbox.Complete();
        if (!await EndsAsync(_sinkEnded, HostLimits.StopSink).ConfigureAwait(false)) late ??= "the database";
        await _sink.DisposeAsync().ConfigureAwait(false);
        await _positionLog.DisposeAsync().ConfigureAwait(false);
        // A thread that hangs may still touch the journal; the end of the process closes it.
        if (late != "the engine")
        {
            _thread?.Dispose();
            _journal.Dispose();
            _state.Dispose();
            Inbox.Dispose();
            Marks.Dispose();
        }
        Directory.Dispose();
        return late;
    }

    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);

    /// <summary>
    /// Waits until the rows of what was accepted are there, which the last snapshots are to refresh; gives up when the database is in trouble.
    /// </summary>
    private async Task WrittenAsync()
    {
        var started = TimeProvider.System.GetTimestamp();
        while ((Inbox.SignalCount > 0 || Inbox.TickBatchCount > 0 || Outbox.PendingCount > 0) && IsHealthy
               && TimeProvider.System.GetElapsedTime(started) < HostLimits.StopSnapshots)
            await Task.Delay(HostLimits.CatchUpStep).ConfigureAwait(false);
    }

    private async Task StartAsync(Options options, TimeProvider time, ILoggerFactory logs, Telemetry? telemetry)
    {
        _sinkEnded = _sink.RunAsync();
        // Without the sink nothing reaches the database; and a task that none expects to fail must not be missing in silence.
        _ = WatchAsync(_sinkEnded);
        _ = WatchAsync(_positionLog.Ended);
        var started = time.GetTimestamp();
        var recovering = Task.Run(Recover);
        // A sink that fails leaves recovery waiting for room in the outbox for ever.
        if (await Task.WhenAny(recovering, Faulted).ConfigureAwait(false) == Faulted)
            throw new StartException((await Faulted.ConfigureAwait(false)).Message);
        var inputs = await recovering.ConfigureAwait(false);
        var took = time.GetElapsedTime(started);
        _log.LogInformation(
            "Recovered sequence {Sequence} ({Inputs} inputs of the journal) in {Milliseconds} ms", _state.Sequence, inputs,
            (long)took.TotalMilliseconds);
        Engine.Released = _positionLog.Offer;
        if (telemetry is not null) Measure(telemetry, options, time, took);
        _thread = new EngineThread(Engine, Inbox, Outbox, _journal, fault => _faulted.TrySetResult(fault));
        var fed = _state.Prices.TickedSince(_state.Now - EngineLimits.FedAge).Chunk(EngineLimits.ContractsPerLoss).ToArray();
        _thread.Start();
        // At the last journalled moment: before the service's own gap, which begins there and ends with the first input that has a later time.
        foreach (var contracts in fed) await DoAsync(new LoseContracts(contracts, withProcess: true)).ConfigureAwait(false);
        await DoAsync(new StartService(Marks.AreKnown ? Marks.WasSent : null) { ReceivedAt = Client.Now }).ConfigureAwait(false);
        await OfferTablesAsync().ConfigureAwait(false);
        await new AdminKey(Directory.Root, _log).EnsureAsync(Engine, DoAsync, Client.Now).ConfigureAwait(false);
        _upkeep = new Upkeep(
            Client, Database, _sink, () => _journal.DiskBytes > options.JournalBytes, time, logs.CreateLogger<Upkeep>(),
            fault => _faulted.TrySetResult(fault));
        _ = WatchAsync(_upkeep.Ended);
        if (options.SnapshotRows <= 0) return;
        _snapshots = new Snapshots(Client, _sink, options.SnapshotRows, time, logs.CreateLogger<Snapshots>());
        _ = WatchAsync(_snapshots.Ended);
    }

    private void Measure(Telemetry telemetry, Options options, TimeProvider time, TimeSpan recovery)
    {
        telemetry.Add(new EngineMeter(telemetry.Scope, Engine, Inbox, _journal));
        telemetry.Add(new SinkMeter(telemetry.Scope, _sink, Outbox, time));
        var host = telemetry.Add(new HostMeter(telemetry.Scope, options, Client, Engine, Symbols, time));
        host.AddRecovery(recovery);
        host.AddDisk(Directory, _journal);
        host.Start(_state.Open.Keys);
        _ = WatchAsync(host.Ended);
        Engine.Released += host.Note;
    }

    private void LogTrouble(Exception? trouble)
    {
        if (trouble is null) _log.LogInformation("The journal in {Directory} grows again.", Directory.Journal);
        else _log.LogError(
            "The journal in {Directory} cannot grow ({Fault}). Nothing is lost; trying again until it works.", Directory.Journal, trouble.Message);
    }

    private long Recover()
    {
        try
        {
            // Let go before the replay: while a transaction reads, what the sink writes piles up in the -wal file, without a bound.
            using (var stored = new StateReader(Database)) Engine.Load(stored.Read());
            return Engine.Replay();
        }
        catch (StateDamagedException misfit)
        {
            throw new DatabaseDamagedException($"{Database.Path}: {misfit.Message}", misfit);
        }
    }

    /// <summary>Instruments of the program and of the directory, then front contracts, which name them. Only differences enter the journal.</summary>
    private async Task OfferTablesAsync()
    {
        var rows = InstrumentFile.BuiltIn.ToDictionary(i => i.Root, StringComparer.Ordinal);
        if (File.Exists(Directory.Instruments))
            foreach (var row in InstrumentFile.Read(Directory.Instruments)) rows[row.Root] = row;
        foreach (var chunk in rows.Values.OrderBy(i => i.Root, StringComparer.Ordinal).Chunk(HostLimits.TableRowsPerCommand))
            await DoAsync(new SetInstruments(chunk, fromFiles: true) { ReceivedAt = Client.Now }).ConfigureAwait(false);
        var fronts = File.Exists(Directory.FrontContracts) ? FrontContractFile.Read(Directory.FrontContracts, Symbols) : [];
        await DoAsync(new SetFrontContracts(fronts, fromFile: true) { ReceivedAt = Client.Now }).ConfigureAwait(false);
    }

    /// <summary>A command of the start itself: whatever refuses it stops the start.</summary>
    private async Task DoAsync(Command command)
    {
        if (Inbox.Offer(command) is { } full) throw new StartException(full.Detail);
        var ended = await Task.WhenAny(command.Result, Faulted).ConfigureAwait(false);
        if (ended == Faulted) throw new StartException((await Faulted.ConfigureAwait(false)).Message);
        if ((await command.Result.ConfigureAwait(false)).Refusal is { } refusal) throw new StartException($"{refusal.Kind.Title} {refusal.Detail}");
    }

    /// <summary>Whatever ends a part before its time ends the process.</summary>
    private async Task WatchAsync(Task part)
    {
        try
        {
            await part.ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Each part handles what can happen to it: what comes here is a fault of the program, or the end of the database.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            _faulted.TrySetResult(fault);
        }
    }

    /// <summary>True when the step ended in time, in whatever way; how it failed is reported elsewhere.</summary>
    private static async Task<bool> EndsAsync(Task step, TimeSpan limit) => await Task.WhenAny(step, Task.Delay(limit)).ConfigureAwait(false) == step;
}
