using StreamRecorder.Engine.Feeds;
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
/// The single writer. One bounded turn (<see cref="RunOnce"/>) releases what is committed, takes messages, applies them, appends them to the journal and starts
/// the next commit; a thread turns it in production (<see cref="EngineThread"/>), a test turns it by hand. Nothing leaves before the commit of its input:
/// answers and outputs wait in <see cref="_releases"/> until the journal's committed sequence has passed them, while the loop goes on applying.
/// </summary>
public sealed class EngineLoop
{
    /// <summary>Bytes that one message may append: its own record and the folds of its root's contracts.</summary>
    private const int AppendHeadroom = 1 << 20;

    private readonly StateMachine _state;
    private readonly IJournal _journal;
    private readonly Inbox _inbox;
    private readonly Outbox _outbox;
    private readonly InputCodec _codec;
    private readonly TimeProvider _time;
    private readonly Retention _retention;
    private readonly Queue<Release> _releases = new();
    private readonly Queue<Query> _queries = new();
    private readonly List<TaskCompletionSource> _durableWaiters = [];
    private readonly List<Output> _outputs = [];
    private readonly FeedProgress _feeds = new();
    private readonly Backlog _backlog;
    private long _foldedStamp;

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
        _foldedStamp = time.GetTimestamp();
    }

    /// <summary>Counters of the loop, written here and read by anyone.</summary>
    public EngineCounters Counters { get; } = new();

    /// <summary>Recorders, tokens and keys as of the newest applied input; any thread.</summary>
    public RecorderDirectory Directory => _state.Directory;

    /// <summary>Stretches (µs) in which the service took no inputs, all together.</summary>
    public long TotalGap => _state.TotalGap;

    /// <summary>Called on the loop's thread for each batch of ticks with the seconds from its arrival until it was applied. Must not block or throw.</summary>
    public Action<double>? BatchApplied { get; set; }

    /// <summary>Called on the loop's thread for each group as it is released: for log lines and metrics of positions. Must not block or throw.</summary>
    public Action<OutputGroup>? Released { get; set; }

    /// <summary>Nothing waits: neither messages, nor commits, nor releases.</summary>
    public bool IsIdle => !HasMessages && _releases.Count == 0 && _queries.Count == 0 && _durableWaiters.Count == 0 && !HasPending;

    /// <summary>True when a turn would have something to do at once, without a new message or commit.</summary>
    internal bool HasWork =>
        _journal.Fault is not null || IsReleasable() || (CanTake() && (HasMessages || _queries.Count > 0 || _durableWaiters.Count > 0));

    /// <summary>
    /// How long to wait at most: until ticks that nobody waits for are due for the journal; a moment when work waits for room that makes no sound when it comes (a segment
    /// written ahead); otherwise for ever.
    /// </summary>
    internal TimeSpan WaitLimit
    {
        get
        {
            var pending = HasPending;
            if (!CanTake()) return pending || HasMessages || _queries.Count > 0 || _durableWaiters.Count > 0 ? EngineLimits.RoomInterval : Timeout.InfiniteTimeSpan;
            return pending ? UntilFold : Timeout.InfiniteTimeSpan;
        }
    }

    /// <summary>Ticks that are not journalled, or connections that are to be told of some that are.</summary>
    private bool HasPending => _state.Prices.WithPending.Count > 0 || !_feeds.IsEmpty;

    private bool HasMessages => !_backlog.IsEmpty || !_inbox.IsEmpty;

    private long Now => Math.Max(_state.Now, Clock);

    private long Clock => Timestamp.From(_time.GetUtcNow());

    private TimeSpan UntilFold
    {
        get
        {
            var left = EngineLimits.FoldInterval - _time.GetElapsedTime(_foldedStamp);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>
    /// Rebuilds the state: what the database holds as of its sequence (null: it is new), then every journalled input after it through the same
    /// <see cref="StateMachine.Apply"/>. Their groups go to the outbox again; the sink must be running. Returns the inputs applied.
    /// </summary>
    public long Recover(StoredState? stored)
    {
        if (stored is not null) _state.Load(stored);
        var loaded = _state.Sequence;
        _journal.Replay(Replayed);
        if (_journal.AppendedSequence != _state.Sequence)
            throw new StateDamagedException($"as of sequence {loaded}, but the journal ends at {_journal.AppendedSequence}: journal files are missing");
        return _state.Sequence - loaded;
    }

    /// <summary>One bounded turn. Returns how much was done; 0 means: wait for a message, a commit or the fold interval.</summary>
    public int RunOnce()
    {
        if (_journal.Fault is { } fault) throw new JournalFailedException("the journal cannot be written", fault);
        var done = ReleaseCommitted();
        for (var taken = 0; taken < EngineLimits.MessagesPerTurn && CanHandle() && TryTake(out var message); taken++, done++) Handle(message!);
        if (!CanTake()) done += _backlog.Absorb(EngineLimits.MessagesPerTurn);
        done += StepQueries();
        done += FoldIfDue();
        if (_journal.AppendedSequence > _journal.CommittedSequence) _journal.StartCommit();
        return done + ReleaseCommitted();
    }

    /// <summary>Ends everything that waits, with the fault that stops the loop.</summary>
    public void FailAll(Exception fault)
    {
        _inbox.Close();
        _inbox.CloseReads();
        foreach (var release in _releases) release.Fail(fault);
        _releases.Clear();
        foreach (var query in _queries) query.Fail(fault);
        _queries.Clear();
        foreach (var waiter in _durableWaiters) waiter.TrySetException(fault);
        _durableWaiters.Clear();
        while (TryTake(out var message)) new Release(0, null, message, null).Fail(fault);
    }

    private void Replayed(long sequence, ReadOnlySpan<byte> payload)
    {
        _retention.Note(sequence, InputCodec.TimeOf(payload), payload.Length);
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
        var group = new OutputGroup(sequence, at, [.. _outputs]);
        while (!_outbox.TryRelease(group)) _outbox.WaitForRoom();
    }

    /// <summary>What waited longest first.</summary>
    private bool TryTake(out Message? message) => _backlog.TryTake(out message) || _inbox.TryTake(out message);

    private bool CanTake() => _releases.Count < EngineLimits.ReleasesMax && _journal.CanAppend(AppendHeadroom);

    /// <summary>Too many symbols with pending ticks: they go to the journal first.</summary>
    private bool CanHandle() => _state.Prices.WithPending.Count <= EngineLimits.FoldsPerRecord && CanTake();

    private bool IsReleasable() =>
        _releases.TryPeek(out var release) && release.Sequence <= _journal.CommittedSequence && (release.Group is null || _outbox.TryReleaseIsPossible);

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
                HandleTicks(batch);
                break;
            case MergedTicks merged:
                HandleTicks(merged);
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

    private void HandleTicks(TickBatch batch)
    {
        if (batch.Session.TryTake(batch.Sequence)) Observe(batch);
        else _feeds.Took(batch.Session, new FeedTally { Repeated = batch.Count });
        if (batch.Durable is { } waiter) _durableWaiters.Add(waiter);
        batch.Return();
    }

    private void Observe(TickBatch batch)
    {
        MakeRoom(batch.Sequence != 0 ? 1 : 0, Math.Min(batch.SymbolsMax, batch.Count));
        var late = _state.Prices.Observe(batch.Ticks.AsSpan(0, batch.Count));
        Took(batch.Session, new FeedTally(batch.Sequence, batch.Count - late, late, batch.Rejected, Repeated: 0), batch.ReceivedAt);
        if (batch.Count > 0) NoteApplied(batch.Stamp);
    }

    private void HandleTicks(MergedTicks merged)
    {
        MakeRoom(merged.MarkCount, merged.SymbolCount);
        merged.Observe(_state.Prices);
        foreach (var (session, tally) in merged.BySession) Took(session, tally, merged.ReceivedAt);
        Counters.TicksMerged += merged.MergedCount;
        _durableWaiters.AddRange(merged.DurableWaiters);
        NoteApplied(merged.Stamp);
    }

    private void Took(FeedSession session, in FeedTally tally, long arrival)
    {
        _feeds.Took(session, tally);
        Counters.Took(session, tally.Applied, tally.Late, arrival);
    }

    private void NoteApplied(long stamp)
    {
        if (stamp != 0) BatchApplied?.Invoke(_time.GetElapsedTime(stamp).TotalSeconds);
    }

    /// <summary>While sequences of feeds are pending, what is pending must fit one record together with them.</summary>
    private void MakeRoom(int marks, int symbols)
    {
        if (marks + _feeds.MarkCount == 0) return;
        if (_state.Prices.WithPending.Count + symbols > EngineLimits.FoldsPerRecord || _feeds.MarkCount + marks > EngineLimits.FeedsPerRecord) FoldAll(Now);
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
            Await(message, repeated);
            return;
        }
        FoldRoot(signal.Symbol.Root, now);
        var (input, refusal) = SignalResolver.Resolve(_state, message.RecorderId, signal, message.ReceivedAt, flags, receipt: message.Receipt);
        if (input is null) RefuseSignal(now, message, refusal!);
        else Append(now, input, message);
        if (input is not null && signal.Key is null && _state.Bodies.Newest is { } delivery && delivery.Answer.Sequence == _state.Sequence) Await(message, delivery);
    }

    /// <summary>From now on it is this message whose answer may stay unknown to the sender.</summary>
    private static void Await(SignalMessage message, BodyMemory.Delivery delivery)
    {
        delivery.Asker = message;
        message.Delivery = delivery;
    }

    /// <summary>Kept like any other body, unless the sender will send it again or nobody keeps it.</summary>
    private void RefuseSignal(long now, SignalMessage message, Refusal refusal)
    {
        if (message.Receipt is null || refusal.Kind.IsOverload) Refuse(message, SignalAnswer.Refused(refusal));
        else Note(now, message, message.Signal, SignalAnswer.Refused(refusal));
    }

    private void Note(long now, SignalMessage message, Signal signal, SignalAnswer answer) => Append(
        now, new SignalNoted(message.RecorderId, answer) { Gist = SignalGist.Of(signal), BodyHash = signal.BodyHash, Receipt = message.Receipt }, message, answer);

    private void HandleRefused(RefusedMessage message)
    {
        var answer = SignalAnswer.Refused(message.Refusal);
        if (_state.Directory.Find(message.RecorderId) is null)
        {
            Refuse(message, answer);
            return;
        }
        var noted = new SignalNoted(message.RecorderId, answer) { Gist = message.Gist, BodyHash = message.BodyHash, Receipt = message.Receipt };
        Append(Math.Max(_state.Now, message.ReceivedAt), noted, message, answer);
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
        if (command.RootOf(_state) is { } root) FoldRoot(root, now);
        if (command is OpenFeed) FoldAll(now);
        var plan = command.Plan(_state);
        _inbox.Done();
        if (plan.Refusal is not null) Refuse(command, new CommandResult(0, plan.Refusal, null));
        else if (plan.Input is not null && _codec.Write(now, plan.Input).Length > JournalLimits.PayloadBytesMax) Refuse(command, new CommandResult(0, TooLarge(), null));
        else if (plan.Input is null) _releases.Enqueue(new Release(_state.Sequence, null, command, new CommandResult(_state.Sequence, null, plan.Value)));
        else Append(now, plan.Input, command, plan.Value);
    }

    /// <summary>Tables are set in as many commands as they need; only their rows can come to more than a record holds.</summary>
    private static Refusal TooLarge() => Rejection.RequestInvalid.Because($"The rows come to more than {JournalLimits.PayloadBytesMax / 1024} KiB; send them in parts.");

    /// <summary>A refusal speaks of the state too (nothing to add to): it waits until what it saw cannot be lost any more.</summary>
    private void Refuse(Message asker, object result) => _releases.Enqueue(new Release(_state.Sequence, null, asker, result));

    /// <summary>
    /// Applies an input under the next sequence and appends it; its outputs and the answer to <paramref name="asker"/> (<paramref name="value"/>, or what Apply answers) wait
    /// for the commit.
    /// </summary>
    private void Append(long at, Input input, Message? asker, object? value = null)
    {
        var sequence = _state.Sequence + 1;
        var payload = _codec.Write(at, input);
        _journal.Append(sequence, payload);
        _retention.Note(sequence, at, payload.Length);
        _outputs.Clear();
        var answer = _state.Apply(sequence, at, input, _outputs);
        value ??= answer;
        Counters.InputsApplied++;
        var body = asker as BodyMessage;
        body?.EntryId = sequence;
        var group = new OutputGroup(sequence, at, [.. _outputs]) { DecidedAt = HasReceipt(input) ? Clock : null };
        _releases.Enqueue(new Release(sequence, group, asker, asker is Command ? new CommandResult(sequence, null, value) : value));
    }

    private static bool HasReceipt(Input input) => input is SignalInput { Receipt: not null } or SignalNoted { Receipt: not null };

    private void FoldRoot(string root, long now)
    {
        var pending = _state.Prices.WithPending;
        for (var i = pending.Count - 1; i >= 0; i--)
        {
            if (pending[i].Symbol.Root != root) continue;
            if (_feeds.MarkCount > 0)
            {
                FoldAll(now);
                return;
            }
            Fold(pending[i], now);
        }
    }

    /// <summary>What is pending, of all symbols, with the sequences of feeds if there are any.</summary>
    private void FoldAll(long now)
    {
        var pending = _state.Prices.WithPending;
        if (_feeds.MarkCount > 0) Append(now, _feeds.TakeFold(_state.Prices), null);
        while (pending.Count > 0) Fold(pending[^1], now);
        _feeds.TakeReports((session, report) => _releases.Enqueue(new Release(_state.Sequence, null, session, report)));
    }

    private void Fold(PriceStream stream, long now) => Append(now, _state.Prices.TakePending(stream), null);

    /// <summary>Journals pending ticks: at once when a feed waits for its answer, otherwise every 100 ms, so that storms cost one record a symbol.</summary>
    private int FoldIfDue()
    {
        var pending = _state.Prices.WithPending;
        var isWaitedFor = _durableWaiters.Count > 0 || pending.Count > EngineLimits.FoldsPerRecord;
        if (!CanTake() || (!isWaitedFor && (!HasPending || UntilFold > TimeSpan.Zero))) return 0;
        var now = Now;
        var folded = 1;
        // More than fit a record have no sequences among them, and may be more than the journal has room for.
        for (; pending.Count > EngineLimits.FoldsPerRecord && CanTake(); folded++) Fold(pending[^1], now);
        if (!CanTake()) return folded;
        FoldAll(now);
        _foldedStamp = _time.GetTimestamp();
        foreach (var waiter in _durableWaiters) _releases.Enqueue(new Release(_state.Sequence, null, waiter, null));
        folded += _durableWaiters.Count;
        _durableWaiters.Clear();
        return folded;
    }

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
                _releases.Enqueue(new Release(_state.Sequence, null, query, null));
            }
            else _queries.Enqueue(query);
            budget -= EngineLimits.PositionsPerTurn / 8;
        }
        return done;
    }

    private int ReleaseCommitted()
    {
        var released = 0;
        var committed = _journal.CommittedSequence;
        for (; _releases.TryPeek(out var release) && release.Sequence <= committed; released++)
        {
            // The group goes first: who reads after the answer must find it.
            if (release.Group is not null)
            {
                if (release.Group.DecidedAt is not null) release.Group.CommittedAt ??= Clock;
                if (!_outbox.TryRelease(release.Group)) break;
                Released?.Invoke(release.Group);
            }
            _releases.Dequeue();
            release.Complete();
        }
        return released;
    }

    /// <summary>What waits for the commit of a sequence: a group for the sink, and whom to answer.</summary>
    private readonly record struct Release(long Sequence, OutputGroup? Group, object? Asker, object? Result)
    {
        public void Complete()
        {
            switch (Asker)
            {
                case SignalMessage signal:
                    BodyMemory.Released(signal, signal.Complete((SignalAnswer)Result!));
                    break;
                case BodyMessage body:
                    body.Complete((SignalAnswer)Result!);
                    break;
                case Command command:
                    command.Complete((CommandResult)Result!);
                    break;
                case Query query:
                    query.Complete();
                    break;
                case TaskCompletionSource waiter:
                    waiter.TrySetResult();
                    break;
                case FeedSession session:
                    session.Tell((FeedReport)Result!);
                    break;
            }
        }

        public void Fail(Exception fault)
        {
            switch (Asker)
            {
                case BodyMessage body:
                    body.Fail(fault);
                    break;
                case Command command:
                    command.Fail(fault);
                    break;
                case Query query:
                    query.Fail(fault);
                    break;
                case TickBatch batch:
                    batch.Durable?.TrySetException(fault);
                    break;
                case MergedTicks merged:
                    foreach (var held in merged.DurableWaiters) held.TrySetException(fault);
                    break;
                case TaskCompletionSource waiter:
                    waiter.TrySetException(fault);
                    break;
            }
        }
    }
}
