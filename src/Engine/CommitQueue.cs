using StreamRecorder.Engine.Journal;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Numbers;

namespace StreamRecorder.Engine;

/// <summary>
/// Applies inputs, appends them to the journal and holds their outputs and answers until the journal's committed sequence has passed
/// them. Only what was decided on the newest state may be held, so the queue is in the order of sequences. The engine's thread alone.
/// </summary>
internal sealed class CommitQueue(
    StateMachine state, IJournal journal, InputCodec codec, Inbox inbox, Outbox outbox, Retention retention, EngineCounters counters,
    TimeProvider time)
{
    /// <summary>Bytes that one message may append: its own record and the folds of its root's contracts.</summary>
    private const int AppendHeadroom = 1 << 20;

    private readonly Queue<Release> _releases = new();
    private readonly List<Output> _outputs = [];

    public Action<OutputGroup>? Released { get; set; }

    public bool IsEmpty => _releases.Count == 0;

    /// <summary>One more message may append whatever it may have to.</summary>
    public bool HasRoom => _releases.Count < EngineLimits.ReleasesMax && journal.CanAppend(AppendHeadroom);

    public bool IsReleasable =>
        _releases.TryPeek(out var release) && release.Sequence <= journal.CommittedSequence && (release.Group is null || outbox.TryReleaseIsPossible);

    private long Clock => Timestamp.From(time.GetUtcNow());

    /// <summary>
    /// Applies an input under the next sequence and appends it; its outputs and the answer to
    /// <paramref name="asker"/> (<paramref name="value"/>, or what Apply answers) wait for the commit.
    /// </summary>
    public void Append(long at, Input input, Message? asker, object? value = null)
    {
        var sequence = state.Sequence + 1;
        var payload = codec.Write(at, input);
        journal.Append(sequence, payload);
        retention.Note(sequence, at, payload.Length);
        _outputs.Clear();
        var answer = state.Apply(sequence, at, input, _outputs);
        value ??= answer;
        counters.InputsApplied++;
        var body = asker as BodyMessage;
        body?.EntryId = sequence;
        var group = new OutputGroup(sequence, at, [.. _outputs])
        {
            DecidedAt = HasReceipt(input) ? Clock : null,
            Checksum = journal.Checksum,
        };
        _releases.Enqueue(new Release(sequence, group, asker, asker is Command ? new CommandResult(sequence, null, value) : value));
    }

    /// <summary>Tells <paramref name="asker"/> the result once nothing that it speaks of can be lost any more.</summary>
    public void Answer(object asker, object? result) => _releases.Enqueue(new Release(state.Sequence, null, asker, result));

    /// <summary>Everything whose commit has returned goes out, in order. Returns how much.</summary>
    public int ReleaseCommitted()
    {
        var released = 0;
        var committed = journal.CommittedSequence;
        for (; _releases.TryPeek(out var release) && release.Sequence <= committed; released++)
        {
            // The group goes first: who reads after the answer must find it.
            if (release.Group is not null)
            {
                if (release.Group.DecidedAt is not null) release.Group.CommittedAt ??= Clock;
                if (!outbox.TryRelease(release.Group)) break;
                Released?.Invoke(release.Group);
            }
            _releases.Dequeue();
            // Before the answer: who has it may have the place too.
            if (release.Asker is BodyMessage) inbox.Answered();
            release.Complete();
        }
        return released;
    }

    public void Fail(Exception fault)
    {
        foreach (var release in _releases) release.Fail(fault);
        _releases.Clear();
    }

    private static bool HasReceipt(Input input) => input is SignalInput { Receipt: not null } or SignalNoted { Receipt: not null };
}
