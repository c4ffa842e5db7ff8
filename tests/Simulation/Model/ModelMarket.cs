using StreamRecorder.Engine.Prices;

namespace StreamRecorder.Simulation;

/// <summary>One tick as it was sent; <paramref name="Batch"/> counts batches over the whole run.</summary>
internal readonly record struct ModelTick(long Price, long At, int Batch);

/// <summary>
/// Every tick that was sent and not late, in order, per symbol. A fold says how many of them were applied, nothing else is learnt
/// from it. What waits when the machine goes down is lost, unless a fold of it turns up at the recovery: then it was in the journal.
/// </summary>
internal sealed class ModelMarket
{
    private const long LateTolerance = 5_000_000;

    private readonly Dictionary<string, Stream> _streams = [];

    public IReadOnlyDictionary<string, Stream> Streams => _streams;

    public int BatchesSent { get; private set; }

    public void BeginBatch() => BatchesSent++;

    public void Send(Contract contract, long price, long at)
    {
        var stream = Of(contract.Name);
        if (stream.NewestSent - at > LateTolerance) return;
        stream.NewestSent = Math.Max(stream.NewestSent, at);
        stream.Waiting.Add(new ModelTick(price, at, BatchesSent));
    }

    /// <summary>The ticks that a fold stands for.</summary>
    public IReadOnlyList<ModelTick> Apply(string symbol, in Excursion fold)
    {
        var stream = Of(symbol);
        var queue = stream.Find(fold) ?? throw new BrokenException($"a fold of {symbol} with {fold.Count} ticks is not what was sent next");
        var ticks = queue.GetRange(0, (int)fold.Count);
        queue.RemoveRange(0, ticks.Count);
        stream.Take(ticks);
        return ticks;
    }

    /// <summary>Everything of a batch, and of those before it, must be applied when its sender is told so.</summary>
    public void RequireApplied(int batch)
    {
        foreach (var (symbol, stream) in _streams)
            Check.That(stream.Waiting.All(t => t.Batch > batch), $"ticks of {symbol} were answered before they were applied");
    }

    /// <summary>A new process is up: what it did not bring back is lost.</summary>
    public void Restarted()
    {
        foreach (var stream in _streams.Values) stream.Restarted();
    }

    public Stream Of(string symbol)
    {
        if (!_streams.TryGetValue(symbol, out var stream)) _streams[symbol] = stream = new Stream();
        return stream;
    }

    internal sealed class Stream
    {
        // Of earlier processes, newest first: bytes that were never committed may still be found by a later recovery.
        private readonly List<List<ModelTick>> _lost = [];

        public List<ModelTick> Waiting { get; private set; } = [];

        public long NewestSent { get; set; }

        public long NewestApplied { get; private set; }

        public ModelTick Last { get; private set; }

        public bool HasTicked => NewestApplied != 0;

        public List<ModelTick>? Find(Excursion fold)
        {
            if (IsNext(Waiting, fold)) return Waiting;
            return _lost.Find(queue => IsNext(queue, fold));
        }

        public void Take(List<ModelTick> ticks)
        {
            Last = ticks[^1];
            NewestApplied = Math.Max(NewestApplied, ticks.Max(t => t.At));
        }

        public void Restarted()
        {
            if (Waiting.Count > 0) _lost.Insert(0, Waiting);
            Waiting = [];
            NewestSent = NewestApplied;
        }

        private static bool IsNext(List<ModelTick> queue, in Excursion fold) =>
            queue.Count >= fold.Count && Is(queue[0], fold.First, fold.FirstAt) && Is(queue[(int)fold.Count - 1], fold.Last, fold.LastAt);

        private static bool Is(ModelTick tick, long price, long at) => tick.Price == price && tick.At == at;
    }
}
