using StreamRecorder.Engine.Journal;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Prices;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Engine.Recovery;
using StreamRecorder.Engine.Signals;

namespace StreamRecorder.Engine;

/// <summary>
/// The single writer. One bounded turn (<see cref="RunOnce"/>) releases what is committed, takes messages, applies them,
/// appends them to the journal and starts the next commit; a thread turns it in production (<see cref="EngineThread"/>),
/// a test turns it by hand. Nothing leaves before the commit of its input: answers and outputs wait in the
/// <see cref="CommitQueue"/> until the journal's committed sequence has passed them, while the loop goes on applying.
/// </summary>
public sealed class EngineLoop
{
    private readonly StateMachine _state;
    private readonly IJournal _journal;
    private readonly Inbox _inbox;
    private readonly Outbox _outbox;
    private readonly InputCodec _codec;
    private readonly TimeProvider _time;
    private readonly Retention _retention;
    private readonly Queue<Query> _queries = new();
    private readonly List<Output> _outputs = [];
    private readonly Backlog _backlog;
    private readonly CommitQueue _commits;
    private readonly PendingTicks _ticks;
    private (long Sequence, uint Checksum) _loaded;

    public EngineLoop(StateMachine state, IJournal journal, Inbox inbox, Outbox outbox, TimeProvider time, Retention? retention = null)
    {
        _retention = retention ?? new Retention(EngineLimits.JournalAge, EngineLimits.JournalBytesMax);
        _state = state;
        _journal = journal;
        _inbox = inbox;
        _outbox = outbox;
        _time = time;
        _codec = new InputCodec(state.Symbols);
        _backlog = new Backlog(inbox, state.Prices);
        _commits = new CommitQueue(state, journal, _codec, inbox, outbox, _retention, Counters, time);
        _ticks = new PendingTicks(state.Prices, _commits, Counters, time, () => Now);
    }

    /// <summary>Counters of the loop, written here and read by anyone.</summary>
    public EngineCounters Counters { get; } = new();

    /// <summary>Recorders, tokens and keys as of the newest applied input; any thread.</summary>
    public RecorderDirectory Directory => _state.Directory;

    /// <summary>Stretches (µs) in which the service took no inputs, all together.</summary>
    public long TotalGap => _state.TotalGap;

    /// <summary>Deliveries with an id, and without, of which a repeat would be a new order because too many were remembered; any thread.</summary>
    public (long Ids, long Bodies) RepeatsForgotten => (_state.Repeats.Forgotten, _state.Bodies.Forgotten);

    /// <summary>
    /// Called on the loop's thread for each batch of ticks with the seconds from its arrival until it was applied. Must not block or throw.
    /// </summary>
    public Action<double>? BatchApplied
    {
        get => _ticks.BatchApplied;
        set => _ticks.BatchApplied = value;
    }

    /// <summary>
    /// Called on the loop's thread for each group as it is released: for log lines and metrics of positions. Must not block or throw.
    /// </summary>
    public Action<OutputGroup>? Released
    {
        get => _commits.Released;
        set => _commits.Released = value;
    }

    /// <summary>Nothing waits: neither messages, nor commits, nor releases.</summary>
    public bool IsIdle => !HasMessages && _commits.IsEmpty && _queries.Count == 0 && !_ticks.IsWaitedFor && _ticks.IsEmpty;

    /// <summary>True when a turn would have something to do at once, without a new message or commit.</summary>
    internal bool HasWork =>
        _journal.Fault is not null || _commits.IsReleasable || (_commits.HasRoom && WantsRoom);

    /// <summary>
    /// How long to wait at most: until ticks that nobody waits for are due for the journal; a moment when
    /// work waits for room that makes no sound when it comes (a segment written ahead); otherwise for ever.
    /// </summary>
    internal TimeSpan WaitLimit
    {
        get
        {
            if (!_commits.HasRoom) return !_ticks.IsEmpty || WantsRoom ? EngineLimits.RoomInterval : Timeout.InfiniteTimeSpan;
            return _ticks.IsEmpty ? Timeout.InfiniteTimeSpan : _ticks.UntilFold;
        }
    }

    private bool WantsRoom => HasMessages || _queries.Count > 0 || _ticks.IsWaitedFor;

    private bool HasMessages => !_backlog.IsEmpty || !_inbox.IsEmpty;

    private long Now => Math.Max(_state.Now, Clock);

    private long Clock => Timestamp.From(_time.GetUtcNow());

    /// <summary>Takes over what the database holds as of its sequence (null: it is new). It may be let go then: what follows writes it.</summary>
    public void Load(StoredState? stored)
    {
        if (stored is null) return;
        _state.Load(stored);
        _loaded = (stored.Sequence, stored.Checksum);
    }

    /// <summary>
    /// Applies every journalled input after what was loaded through the same <see cref="StateMachine.Apply"/>. Their groups go to the outbox again;
    /// the sink must be running. Returns the inputs applied.
    /// </summary>
    public long Replay()
    {
        var loaded = _state.Sequence;
        _journal.Replay(Replayed);
        if (_journal.AppendedSequence != _state.Sequence)
            throw new StateDamagedException(
                $"as of sequence {loaded}, but the journal ends at {_journal.AppendedSequence}: journal files are missing");
        return _state.Sequence - loaded;
    }

    /// <summary>One bounded turn. Returns how much was done; 0 means: wait for a message, a commit or the fold interval.</summary>
    public int RunOnce()
    {
        if (_journal.Fault is { } fault) throw new JournalFailedException("The journal cannot be written.", fault);
        var done = _commits.ReleaseCommitted();
        for (var taken = 0; taken < EngineLimits.MessagesPerTurn && CanHandle() && TryTake(out var message); taken++, done++) Handle(message!);
        if (!_commits.HasRoom) done += _backlog.Absorb(EngineLimits.MessagesPerTurn);
        done += StepQueries();
        done += _ticks.FoldIfDue();
        if (_journal.WantsCommit) _journal.StartCommit();
        return done + _commits.ReleaseCommitted();
    }

    /// <summary>Ends everything that waits, with the fault that stops the loop.</summary>
    public void FailAll(Exception fault)
    {
        _inbox.Close();
        _inbox.CloseReads();
        _commits.Fail(fault);
        foreach (var query in _queries) query.Fail(fault);
        _queries.Clear();
        _ticks.Fail(fault);
        while (TryTake(out var message)) new Release(0, null, message, null).Fail(fault);
    }

    private void Replayed(long sequence, ReadOnlySpan<byte> payload)
    {
        _retention.Note(sequence, InputCodec.TimeOf(payload), payload.Length);
        if (sequence == _loaded.Sequence && _loaded.Checksum != 0 && _journal.Checksum != _loaded.Checksum)
            throw new StateDamagedException(
                $"as of sequence {sequence}, but of another history than the journal, whose record of this sequence is another one");
        // The database holds it already; the journal keeps it longer so that a restored backup catches up.
        if (sequence <= _state.Sequence) return;
        if (sequence != _state.Sequence + 1)
            throw new StateDamagedException($"as of sequence {_state.Sequence}, but the journal begins at {sequence}: inputs between are missing");
        Input input;
        long at;
        try
        {
            input = _codec.Read(payload, out at);
        }
        catch (Exception error) when (error is InvalidDataException or ArgumentException)
        {
            throw new JournalDamagedException($"the journal's record of sequence {sequence} cannot be read: {error.Message}", error);
        }
        _outputs.Clear();
        _state.Apply(sequence, at, input, _outputs);
        var group = new OutputGroup(sequence, at, [.. _outputs]) { Checksum = _journal.Checksum };
        while (!_outbox.TryRelease(group)) _outbox.WaitForRoom();
    }

    /// <summary>What waited longest first.</summary>
    private bool TryTake(out Message? message) => _backlog.TryTake(out message) || _inbox.TryTake(out message);

    private bool CanHandle() => _ticks.HasRoom && _commits.HasRoom;

    private void Handle(Message message)
    {
        switch (message)
        {
            case SignalMessage signal:
                HandleSignal(signal);
                break;
            case RefusedMessage refused:
                HandleRefused(refused);
                break;
            case TickBatch batch:
                _ticks.Take(batch);
                break;
            case MergedTicks merged:
                _ticks.Take(merged);
                break;
            case Query query:
                _queries.Enqueue(query);
                break;
            case Command command:
                HandleCommand(command);
                break;
            default:
                Invariant.Broken("message of unknown kind");
                break;
        }
    }

    private void HandleSignal(SignalMessage message)
    {
        var (now, signal) = (Math.Max(_state.Now, message.ReceivedAt), message.Signal);
        var flags = Flags.None;
        if (_state.Directory.Find(message.RecorderId) is null)
        {
            Refuse(message, SignalAnswer.Refused(Rejection.TokenUnknown.Because("Check the address of the webhook.")));
            return;
        }
        if (signal.Key is { } key)
        {
            if (_state.Repeats.Find(message.RecorderId, key, signal.BodyHash, now, out var isReused) is { } first)
            {
                Note(now, message, signal, first with { Status = SignalStatus.Duplicate });
                return;
            }
            if (isReused) flags = Flags.IdReused;
        }
        else if (_state.FindRepeat(message.RecorderId, signal, now) is { } repeated)
        {
            Note(now, message, signal, repeated.Answer with { Status = SignalStatus.Duplicate });
            repeated.Await(message);
            return;
        }
        _ticks.FoldRoot(signal.Symbol.Root, now);
        var (input, refusal) = SignalResolver.Resolve(_state, message.RecorderId, signal, message.ReceivedAt, flags, receipt: message.Receipt);
        if (input is null) RefuseSignal(now, message, refusal!);
        else _commits.Append(now, input, message);
        if (input is not null && signal.Key is null && _state.Bodies.Newest is { } delivery && delivery.Answer.Sequence == _state.Sequence)
            delivery.Await(message);
    }

    /// <summary>Kept like any other body, unless the sender will send it again or nobody keeps it.</summary>
    private void RefuseSignal(long now, SignalMessage message, Refusal refusal)
    {
        if (message.Receipt is null || refusal.Kind.IsOverload) Refuse(message, SignalAnswer.Refused(refusal));
        else Note(now, message, message.Signal, SignalAnswer.Refused(refusal));
    }

    private void Note(long now, SignalMessage message, Signal signal, SignalAnswer answer) => _commits.Append(
        now, new SignalNoted(message.RecorderId, answer) { Gist = SignalGist.Of(signal), BodyHash = signal.BodyHash, Receipt = message.Receipt },
        message, answer);

    private void HandleRefused(RefusedMessage message)
    {
        var answer = SignalAnswer.Refused(message.Refusal);
        if (_state.Directory.Find(message.RecorderId) is null)
        {
            Refuse(message, answer);
            return;
        }
        var noted = new SignalNoted(message.RecorderId, answer) { Gist = message.Gist, BodyHash = message.BodyHash, Receipt = message.Receipt };
        _commits.Append(Math.Max(_state.Now, message.ReceivedAt), noted, message, answer);
    }

    private void HandleCommand(Command command)
    {
        var now = Math.Max(_state.Now, command.ReceivedAt);
        if (command is TruncateJournal truncation)
        {
            _retention.Truncate(_journal, truncation.DurableSequence, now);
            _inbox.Done();
            command.Complete(new CommandResult(_state.Sequence, null, _journal.FirstSequence));
            return;
        }
        if (command.RootOf(_state) is { } root) _ticks.FoldRoot(root, now);
        if (command is OpenFeed) _ticks.FoldAll(now);
        var plan = command.Plan(_state);
        _inbox.Done();
        if (plan.Refusal is not null) Refuse(command, new CommandResult(0, plan.Refusal, null));
        else if (plan.Input is not null && _codec.Write(now, plan.Input).Length > JournalLimits.PayloadBytesMax)
            Refuse(command, new CommandResult(0, TooLarge(), null));
        else if (plan.Input is null) _commits.Answer(command, new CommandResult(_state.Sequence, null, plan.Value));
        else _commits.Append(now, plan.Input, command, plan.Value);
    }

    /// <summary>Tables are set in as many commands as they need; only their rows can come to more than a record holds.</summary>
    private static Refusal TooLarge() =>
        Rejection.RequestInvalid.Because($"The rows come to more than {JournalLimits.PayloadBytesMax / 1024} KiB; send them in parts.");

    /// <summary>A refusal speaks of the state too (nothing to add to): it waits until what it saw cannot be lost any more.</summary>
    private void Refuse(Message asker, object result) => _commits.Answer(asker, result);

    private int StepQueries()
    {
        var budget = EngineLimits.PositionsPerTurn;
        var done = 0;
        for (var count = _queries.Count; count > 0 && budget > 0; count--, done++)
        {
            var query = _queries.Dequeue();
            if (query.Step(_state, budget))
            {
                _inbox.Done();
                _commits.Answer(query, null);
            }
            else _queries.Enqueue(query);
            budget -= EngineLimits.PositionsPerTurn / 8;
        }
        return done;
    }
}
