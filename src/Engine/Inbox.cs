using System.Threading.Channels;
using StreamRecorder.Engine.Messages;

namespace StreamRecorder.Engine;

/// <summary>
/// The one bounded way in: messages of all kinds in the order of their arrival, each kind with a quota of its own, so that a storm of ticks
/// never takes the places of signals. A signal has its place until it is answered, so that no more wait than can be answered in time. Signals,
/// queries and commands are refused when their quota is used up; feeds wait. Asked from any thread.
/// </summary>
public sealed class Inbox : IDisposable
{
    private readonly Channel<Message> _channel;
    private readonly SemaphoreSlim _tickPermits;
    private readonly int _signalsMax;
    private readonly int _queriesMax;
    private int _signals;
    private int _queries;
    private int _ticks;
    private volatile bool _closed;
    private volatile bool _readsClosed;

    public Inbox(int signalsMax = EngineLimits.SignalsMax, int tickBatchesMax = EngineLimits.TickBatchesMax, int queriesMax = EngineLimits.QueriesMax)
    {
        _signalsMax = signalsMax;
        _queriesMax = queriesMax;
        TickBatchesMax = tickBatchesMax;
        _tickPermits = new SemaphoreSlim(tickBatchesMax);
        _channel = Channel.CreateBounded<Message>(new BoundedChannelOptions(signalsMax + tickBatchesMax + queriesMax) { SingleReader = true });
    }

    public int TickBatchesMax { get; }

    public int SignalsMax => _signalsMax;

    public int QueriesMax => _queriesMax;

    public int SignalCount => Volatile.Read(ref _signals);

    public int TickBatchCount => Volatile.Read(ref _ticks);

    public int QueryCount => Volatile.Read(ref _queries);

    /// <summary>Called after every message, on the sender's thread: wakes the loop.</summary>
    internal Action? Arrived { get; set; }

    /// <summary>Null when taken; else why not.</summary>
    public Refusal? Offer(BodyMessage message) => TryOffer(message, ref _signals, _signalsMax) ? null : SignalRefused();

    /// <summary>Why a signal would not be taken now; null: it would. Spares the work of understanding one in vain.</summary>
    public Refusal? SignalRefusal => _closed || SignalCount >= _signalsMax ? SignalRefused() : null;

    /// <summary>Reads are answered until the engine ends, also while the service stops.</summary>
    public Refusal? Offer(Query query) =>
        !_readsClosed && TryTakePlace(query, ref _queries, _queriesMax) ? null : RefusalNow($"{_queriesMax} queries are waiting.");

    public Refusal? Offer(Command command) =>
        TryOffer(command, ref _queries, _queriesMax) ? null : RefusalNow($"{_queriesMax} commands are waiting.");

    /// <summary>
    /// Waits for a place; throws <see cref="OperationCanceledException"/>, or <see cref="InboxClosedException"/> when the service stops.
    /// </summary>
    public async ValueTask OfferAsync(TickBatch batch, CancellationToken cancel)
    {
        await _tickPermits.WaitAsync(cancel).ConfigureAwait(false);
        if (_closed)
        {
            _tickPermits.Release();
            throw new InboxClosedException();
        }
        Interlocked.Increment(ref _ticks);
        Write(batch);
    }

    /// <summary>No input is taken from here on; what waits is still handled.</summary>
    public void Close() => _closed = true;

    /// <summary>No read either: nobody will answer any more.</summary>
    public void CloseReads() => _readsClosed = true;

    public void Dispose() => _tickPermits.Dispose();

    /// <summary>Engine's thread.</summary>
    internal bool TryTake(out Message? message)
    {
        if (!TryPull(out message)) return false;
        Leave(message!);
        return true;
    }

    /// <summary>Engine's thread: ticks keep their place in their quota until <see cref="Leave"/>.</summary>
    internal bool TryPull(out Message? message) => _channel.Reader.TryRead(out message);

    /// <summary>
    /// Engine's thread: gives the place of a batch of ticks back; signals have theirs until <see cref="Answered"/>, queries and commands until
    /// <see cref="Done"/>.
    /// </summary>
    internal void Leave(Message message)
    {
        if (message is not (TickBatch or MergedTicks)) return;
        Interlocked.Decrement(ref _ticks);
        _tickPermits.Release();
    }

    /// <summary>
    /// Engine's thread: a body is about to be answered. Whoever gave it up meanwhile does not free its place: it is still to be applied or committed.
    /// </summary>
    internal void Answered() => Interlocked.Decrement(ref _signals);

    /// <summary>
    /// Engine's thread: a query or command is done; until then it keeps its place in the quota, also while it waits for its next turn.
    /// </summary>
    internal void Done() => Interlocked.Decrement(ref _queries);

    internal bool IsEmpty => _channel.Reader.Count == 0;

    private bool TryOffer(Message message, ref int count, int max) => !_closed && TryTakePlace(message, ref count, max);

    private bool TryTakePlace(Message message, ref int count, int max)
    {
        if (Interlocked.Increment(ref count) > max)
        {
            Interlocked.Decrement(ref count);
            return false;
        }
        Write(message);
        return true;
    }

    private void Write(Message message)
    {
        // Room for all quotas together, so a message with its permit always fits.
        Invariant.Holds(_channel.Writer.TryWrite(message));
        Arrived?.Invoke();
    }

    private Refusal SignalRefused() => RefusalNow($"{_signalsMax} signals are waiting for their answers.");

    private Refusal RefusalNow(string detail) =>
        _closed || _readsClosed ? Rejection.ShuttingDown.Because("Send it again in some seconds.") : Rejection.InboxFull.Because(detail);
}

/// <summary>The service is stopping; a feed ends its request and resumes later.</summary>
public sealed class InboxClosedException() : Exception("the service is stopping");
