using StreamRecorder.Engine.Signals;

namespace StreamRecorder.Engine.Messages;

/// <summary>What waits in the inbox. One order for all kinds; each kind has a quota of its own.</summary>
public abstract class Message
{
    /// <summary>Arrival, µs UTC, stamped by whoever received it.</summary>
    public long ReceivedAt { get; set; }
}

/// <summary>One body under a valid token, and where its answer goes once it is durable.</summary>
public abstract class BodyMessage(long recorderId) : Message
{
    private const int Answered = 1;
    private const int Abandoned = 2;
    private readonly TaskCompletionSource<SignalAnswer> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _end;

    public long RecorderId { get; } = recorderId;

    /// <summary>What the ledger keeps of it; null: nothing.</summary>
    public Receipt? Receipt { get; init; }

    /// <summary>Completes when what became of it is committed, or it is abandoned.</summary>
    public Task<SignalAnswer> Answer => _answer.Task;

    /// <summary>
    /// Its own number in the journal and in the ledger, once it is answered; 0: it was not kept. A repeat's answer has the first one's.
    /// </summary>
    public long EntryId { get; internal set; }

    /// <summary>The sender was answered 503 while the commit was under way: an identical body is then the same alert sent again.</summary>
    public bool IsAbandoned => Volatile.Read(ref _end) == Abandoned;

    /// <summary>Whoever waits gets <paramref name="instead"/>; false when the answer is there or on its way, and must be used.</summary>
    public bool TryAbandon(SignalAnswer instead)
    {
        if (Interlocked.CompareExchange(ref _end, Abandoned, 0) != 0) return false;
        _answer.TrySetResult(instead);
        return true;
    }

    /// <summary>False when nobody waits any more.</summary>
    internal bool Complete(SignalAnswer answer)
    {
        if (Interlocked.CompareExchange(ref _end, Answered, 0) == Abandoned) return false;
        _answer.TrySetResult(answer);
        return true;
    }

    internal void Fail(Exception fault) => _answer.TryFail(fault);
}

/// <summary>A body that was understood.</summary>
public sealed class SignalMessage(long recorderId, Signal signal) : BodyMessage(recorderId)
{
    public Signal Signal { get; } = signal;

    /// <summary>Its place, or that of the one it repeats, in the memory of bodies, when it has no key.</summary>
    internal BodyMemory.Delivery? Delivery { get; set; }
}

/// <summary>A body that was refused before it came here: kept like any other, and answered with its refusal when that is durable.</summary>
public sealed class RefusedMessage(long recorderId, Refusal refusal) : BodyMessage(recorderId)
{
    public Refusal Refusal { get; } = refusal;

    public SignalGist Gist { get; init; } = SignalGist.Empty;

    public UInt128 BodyHash { get; init; }
}

/// <summary>A read. Runs on the engine's thread in bounded turns; changes nothing; answered when the sequence it saw is committed.</summary>
public abstract class Query : Message
{
    /// <summary>Looks at up to <paramref name="budget"/> positions; true when done.</summary>
    internal abstract bool Step(StateMachine state, int budget);

    internal abstract void Complete();

    internal abstract void Fail(Exception fault);
}

/// <summary>A query with a result.</summary>
public abstract class Query<T> : Query
{
    private readonly TaskCompletionSource<T> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Result => _result.Task;

    private protected T Value { get; set; } = default!;

    internal override void Complete() => _result.TrySetResult(Value);

    internal override void Fail(Exception fault) => _result.TryFail(fault);
}

/// <summary>
/// A change of tables (recorders, keys, instruments, front contracts) or a closing by hand: checked against the state, then an input or a refusal.
/// </summary>
public abstract class Command : Message
{
    private readonly TaskCompletionSource<CommandResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the change is committed, or refused.</summary>
    public Task<CommandResult> Result => _result.Task;

    /// <summary>Decides. Either a refusal, or the input to apply and what to say when it is durable (null input: nothing to change).</summary>
    internal abstract CommandPlan Plan(StateMachine state);

    /// <summary>The root whose pending ticks must be folded before <see cref="Plan"/>; null: none.</summary>
    internal virtual string? RootOf(StateMachine state) => null;

    internal void Complete(CommandResult result) => _result.TrySetResult(result);

    internal void Fail(Exception fault) => _result.TryFail(fault);
}

/// <summary><paramref name="Value"/> is what the command made (a recorder, …).</summary>
public sealed record CommandResult(long Sequence, Refusal? Refusal, object? Value);

internal sealed record CommandPlan(Refusal? Refusal, Input? Input, object? Value)
{
    public static CommandPlan Refuse(Refusal refusal) => new(refusal, null, null);
}
