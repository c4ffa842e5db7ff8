using System.Threading.Channels;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Signals;

namespace StreamRecorder.Engine;

/// <summary>
/// The bounded way out to the sink. The engine's thread releases groups whose commit is done, in order; the
/// sink reads them in batches and says up to which sequence the database is durable. Closings and fills not
/// yet there stay readable here, so that a read sees what was answered although the database is behind.
/// </summary>
public sealed class Outbox
{
    private readonly Channel<OutputGroup> _channel;
    private readonly Lock _pendingLock = new();
    private readonly Queue<OutputGroup> _pending = new();
    private long _durableSequence;
    private long _releasedSequence;

    public Outbox(int capacity)
    {
        Capacity = capacity;
        _channel = Channel.CreateBounded<OutputGroup>(new BoundedChannelOptions(capacity) { SingleReader = true, SingleWriter = true });
    }

    public int Capacity { get; }

    public ChannelReader<OutputGroup> Reader => _channel.Reader;

    /// <summary>Sequence as of which the database is.</summary>
    public long DurableSequence => Interlocked.Read(ref _durableSequence);

    /// <summary>Sequence of the newest group that was released.</summary>
    public long ReleasedSequence => Interlocked.Read(ref _releasedSequence);

    /// <summary>Groups released and not durable yet, those in the channel included.</summary>
    public int PendingCount
    {
        get
        {
            lock (_pendingLock) return _pending.Count;
        }
    }

    /// <summary>Engine time (µs) of the oldest group that is not durable; null when all are.</summary>
    public long? OldestPendingAt
    {
        get
        {
            lock (_pendingLock) return _pending.TryPeek(out var group) ? group.At : null;
        }
    }

    /// <summary>Raised on the sink's thread when there is room again.</summary>
    public event Action? Drained;

    /// <summary>Engine's thread: whether <see cref="TryRelease"/> would take a group now.</summary>
    internal bool TryReleaseIsPossible => PendingCount < Capacity;

    /// <summary>Engine's thread. False when full: the loop keeps the group and takes no further input until it goes.</summary>
    public bool TryRelease(OutputGroup group)
    {
        lock (_pendingLock)
        {
            // Bounded by the same capacity as the channel: what the sink holds in its hands counts too.
            if (_pending.Count >= Capacity) return false;
            _pending.Enqueue(group);
        }
        Invariant.Holds(_channel.Writer.TryWrite(group));
        Interlocked.Exchange(ref _releasedSequence, group.Sequence);
        return true;
    }

    /// <summary>Recovery only: blocks until the running sink has made room.</summary>
    internal void WaitForRoom()
    {
        using var room = new ManualResetEventSlim();
        void Signal() => room.Set();
        Drained += Signal;
        if (!TryReleaseIsPossible) room.Wait();
        Drained -= Signal;
    }

    /// <summary>Sink's thread, after its transaction is durable.</summary>
    public void MarkDurable(long sequence)
    {
        lock (_pendingLock)
        {
            while (_pending.TryPeek(out var group) && group.Sequence <= sequence) _pending.Dequeue();
        }
        Interlocked.Exchange(ref _durableSequence, sequence);
        Drained?.Invoke();
    }

    /// <summary>No more groups come; the sink ends when it has written the rest.</summary>
    public void Complete() => _channel.Writer.TryComplete();

    /// <summary>Any thread: positions closed and not in the database yet. Take this before asking the database, then drop what it has too.</summary>
    public IReadOnlyList<PositionView> PendingClosed()
    {
        // The views are made outside the lock, which the engine's thread needs.
        return [.. Pending<PositionClosed>(_ => true).Select(closed => closed.Output.View())];
    }

    /// <summary>Any thread: fills of a position that are not in the database yet with their inputs' sequences, oldest first.</summary>
    public IReadOnlyList<(long Sequence, FillOutput Fill)> PendingFills(long positionId) => Pending<FillOutput>(f => f.PositionId == positionId);

    /// <summary>Any thread: bodies that are not in the database yet, oldest first.</summary>
    public IReadOnlyList<LedgerEntry> PendingEntries()
    {
        OutputGroup[] groups;
        lock (_pendingLock) groups = [.. _pending];
        return [.. groups.SelectMany(group => group.Outputs, LedgerEntry.Of).OfType<LedgerEntry>()];
    }

    private List<(long Sequence, T Output)> Pending<T>(Predicate<T> isWanted) where T : Output
    {
        var found = new List<(long, T)>();
        lock (_pendingLock)
        {
            foreach (var group in _pending)
                foreach (var output in group.Outputs)
                    if (output is T wanted && isWanted(wanted)) found.Add((group.Sequence, wanted));
        }
        return found;
    }
}
