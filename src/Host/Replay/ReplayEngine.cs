using StreamRecorder.Engine;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Journal;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Prices;
using StreamRecorder.Engine.Queries;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Engine.Signals;

namespace StreamRecorder.Host.Replay;

/// <summary>
/// The real engine, turned by hand on the caller's thread: the same loop, inbox and messages as in the service, with a journal in memory
/// and a clock that follows the lines. Give it lines in the order of their times, then ask <see cref="Finish"/> for the positions.
/// </summary>
internal sealed class ReplayEngine : IDisposable
{
    private readonly ReplayClock _clock = new();
    private readonly MemoryJournal _journal = new();
    private readonly Inbox _inbox = new();
    private readonly Outbox _outbox = new(ReplayLimits.OutboxGroups);
    private readonly FeedSession _session = new(FeedNames.Replay);
    private readonly Dictionary<string, long> _recorderIds = new(StringComparer.Ordinal);
    private readonly Dictionary<long, List<FillOutput>> _fills = [];
    private readonly List<PositionView> _closed = [];
    private readonly StateMachine _state;
    private readonly EngineLoop _loop;
    private readonly RecorderSettings _settings;
    private readonly bool _findsRepeats;
    private TickBatch _batch;

    /// <param name="instruments">The whole table.</param>
    /// <param name="onOpposite">Mode of every recorder.</param>
    /// <param name="duplicateWindow">µs; null: no repeats are looked for, not even by key.</param>
    public ReplayEngine(IReadOnlyList<Instrument> instruments, OnOpposite onOpposite, long? duplicateWindow)
    {
        _state = new StateMachine(Symbols, ReplayLimits.PositionsMax, ReplayLimits.LateTolerance);
        _loop = new EngineLoop(_state, _journal, _inbox, _outbox, _clock);
        _settings = new RecorderSettings { Name = "", OnOpposite = onOpposite, DuplicateWindow = duplicateWindow ?? 0 };
        _findsRepeats = duplicateWindow is not null;
        _batch = TickBatch.Rent(_session, 0);
        foreach (var chunk in instruments.Chunk(ReplayLimits.InstrumentsPerCommand)) SetInstruments(chunk);
    }

    /// <summary>Where readers of lines find symbols; knows the instruments from the start.</summary>
    public SymbolTable Symbols { get; } = new();

    public long TicksApplied => _session.Applied;

    public long TicksLate => _session.Late;

    /// <summary>
    /// One tick, with the time at which it arrives (the greatest own time of its file so far). It waits with others until a signal or a full batch.
    /// </summary>
    public void Add(in Tick tick, long arrival)
    {
        _batch.Ticks[_batch.Count++] = tick;
        _clock.MoveTo(arrival);
        if (_batch.IsFull) Flush(null);
    }

    /// <summary>One signal; its recorder is made when it is the first of that name.</summary>
    public SignalAnswer Apply(string recorder, Signal signal, long arrival)
    {
        if (_batch.Count > 0) Flush(null);
        _clock.MoveTo(arrival);
        if (RecorderIdOf(recorder, arrival, out var refusal) is not { } id) return SignalAnswer.Refused(refusal!);
        var message = new SignalMessage(id, _findsRepeats ? signal : signal with { Key = null, BodyHash = 0 }) { ReceivedAt = arrival };
        if (_inbox.Offer(message) is { } full) return SignalAnswer.Refused(full);
        Turn();
        return ResultOf(message.Answer);
    }

    /// <summary>All positions, newest opening first. Call it once, after the last line.</summary>
    public IReadOnlyList<ReplayedPosition> Finish()
    {
        // A feed's last batch asks to be durable: then every tick is folded, and figures of open positions have all of them.
        Flush(new TaskCompletionSource());
        var query = new OpenPositionsQuery(new OpenFilter { Limit = int.MaxValue });
        if (_inbox.Offer(query) is { } full) throw new ReplayException(full.Detail);
        Turn();
        return [.. _closed.Concat(ResultOf(query.Result)).OrderByDescending(view => view.Id).Select(view => new ReplayedPosition(view, _fills[view.Id]))];
    }

    public void Dispose()
    {
        _state.Dispose();
        _inbox.Dispose();
        _journal.Dispose();
    }

    private void SetInstruments(Instrument[] rows)
    {
        if (Run(new SetInstruments(rows, fromFiles: true)).Refusal is { } refusal) throw new ReplayException(refusal.Detail);
    }

    private void Flush(TaskCompletionSource? durable)
    {
        _batch.Durable = durable;
        // There is always a place: the batch before was taken in the same turn.
        ResultOf(_inbox.OfferAsync(_batch, CancellationToken.None).AsTask());
        Turn();
        _batch = TickBatch.Rent(_session, _clock.GetTimestamp());
    }

    private long? RecorderIdOf(string name, long arrival, out Refusal? refusal)
    {
        refusal = null;
        if (_recorderIds.TryGetValue(name, out var known)) return known;
        // A token is what a recorder has; nobody will ever send this one.
        var token = new RecorderToken("replay", Secret.Hash(name), arrival);
        var result = Run(new AddRecorder(_settings with { Name = name }, token) { ReceivedAt = arrival });
        refusal = result.Refusal;
        if (result.Value is not Recorder recorder) return null;
        return _recorderIds[name] = recorder.Id;
    }

    private CommandResult Run(Command command)
    {
        if (_inbox.Offer(command) is { } full) return new CommandResult(0, full, null);
        Turn();
        return ResultOf(command.Result);
    }

    /// <summary>Turns the crank until there is nothing left to do: then whatever was sent is answered, as the journal commits at once.</summary>
    private void Turn()
    {
        while (_loop.RunOnce() > 0) Collect();
    }

    private void Collect()
    {
        while (_outbox.Reader.TryRead(out var group))
        {
            foreach (var output in group.Outputs) Collect(output);
            _outbox.MarkDurable(group.Sequence);
        }
    }

    private void Collect(Output output)
    {
        if (output is PositionClosed closed) _closed.Add(closed.View());
        if (output is not FillOutput fill) return;
        if (!_fills.TryGetValue(fill.PositionId, out var fills)) _fills[fill.PositionId] = fills = [];
        fills.Add(fill);
    }

    private static T ResultOf<T>(Task<T> task)
    {
        ResultOf((Task)task);
        return task.GetAwaiter().GetResult();
    }

    private static void ResultOf(Task task)
    {
        if (!task.IsCompleted) throw new ReplayException("the engine left a message without an answer");
        task.GetAwaiter().GetResult();
    }
}

/// <summary>One position of a replay with its fills in order.</summary>
internal sealed record ReplayedPosition(PositionView View, IReadOnlyList<FillOutput> Fills);

/// <summary>A replay cannot be done; the message is the one line that says why.</summary>
internal sealed class ReplayException(string message) : Exception(message);
