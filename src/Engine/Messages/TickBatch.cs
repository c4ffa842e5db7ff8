using System.Collections.Concurrent;
using StreamRecorder.Engine.Prices;

namespace StreamRecorder.Engine.Messages;

/// <summary>
/// Up to <see cref="EngineLimits.TicksPerBatch"/> ticks of one connection, in the order of their arrival, of one
/// symbol or several. Rented from <see cref="Rent"/>; the engine returns it, and nobody touches it after that.
/// </summary>
public sealed class TickBatch : Message
{
    private static readonly ConcurrentQueue<TickBatch> Pool = new();
    private static int _pooled;

    private TickBatch()
    {
    }

    public FeedSession Session { get; private set; } = null!; // From Rent on.

    public Tick[] Ticks { get; } = new Tick[EngineLimits.TicksPerBatch];

    public int Count { get; set; }

    /// <summary>The batch's number under the session's name, from 1 on; 0: it has none, and sent again it counts again.</summary>
    public long Sequence { get; set; }

    /// <summary>Ticks that came with these and were not understood: only counted.</summary>
    public int Rejected { get; set; }

    /// <summary>How many symbols there are among the ticks at most.</summary>
    public int SymbolsMax { get; set; }

    /// <summary>Arrival of its oldest tick by the monotonic clock of the <see cref="TimeProvider"/> that the loop has too; 0: not measured.</summary>
    public long Stamp { get; private set; }

    /// <summary>Set on the last batch of a request: completes when all ticks of the session so far are applied and durable.</summary>
    public TaskCompletionSource? Durable { get; set; }

    public bool IsFull => Count == Ticks.Length;

    public static TickBatch Rent(FeedSession session, long receivedAt, long stamp = 0)
    {
        if (Pool.TryDequeue(out var batch)) Interlocked.Decrement(ref _pooled);
        else batch = new TickBatch();
        (batch.Session, batch.ReceivedAt, batch.Stamp, batch.SymbolsMax) = (session, receivedAt, stamp, EngineLimits.TicksPerBatch);
        return batch;
    }

    /// <summary>The ticks are applied, or never will be: it serves again. The pool holds at most what the inbox may hold.</summary>
    public void Return()
    {
        (Session, Durable) = (null!, null);
        (Count, Sequence, Rejected) = (0, 0, 0);
        if (Interlocked.Increment(ref _pooled) <= EngineLimits.TickBatchesMax) Pool.Enqueue(this);
        else Interlocked.Decrement(ref _pooled);
    }
}
