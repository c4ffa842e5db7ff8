using StreamRecorder.Engine;
using StreamRecorder.Engine.Messages;

namespace StreamRecorder.Ingest.Ticks;

/// <summary>
/// Which contracts are being sent at the moment, and by how many senders. One whose last sender breaks off is told
/// to the engine as lost: positions on it are marked until its ticks come again. Shared by all ways in; any thread.
/// </summary>
public sealed class LiveFeeds(Inbox inbox, TimeProvider time)
{
    private readonly int[] _senders = new int[EngineLimits.SymbolsMax];
    private readonly Lock _gate = new();
    private readonly HashSet<int> _lost = [];
    private bool _isTelling;

    /// <summary>For one connection, from its first tick to its end.</summary>
    public LiveFeed Open() => new(this);

    internal void Joined(int symbolId) => Interlocked.Increment(ref _senders[symbolId]);

    internal void Left(int symbolId, bool isBroken)
    {
        if (Interlocked.Decrement(ref _senders[symbolId]) > 0 || !isBroken) return;
        lock (_gate) _lost.Add(symbolId);
    }

    /// <summary>
    /// Tells the engine in the background: when thousands break off at once, in as few messages as fit, and again while it has no room.
    /// </summary>
    internal void Tell()
    {
        lock (_gate)
        {
            if (_isTelling || _lost.Count == 0) return;
            _isTelling = true;
        }
        _ = TellAsync();
    }

    private async Task TellAsync()
    {
        while (Next() is { } lost)
        {
            while (inbox.Offer(new LoseContracts(lost)) is { } refusal)
            {
                // Whoever stops or has failed loses all its feeds; the next start tells.
                if (refusal.Kind == Rejection.ShuttingDown) return;
                await Task.Delay(IngestLimits.LossPause, time).ConfigureAwait(false);
            }
        }
    }

    private int[]? Next()
    {
        lock (_gate)
        {
            var next = _lost.Take(EngineLimits.ContractsPerLoss).ToArray();
            _lost.ExceptWith(next);
            _isTelling = next.Length > 0;
            return _isTelling ? next : null;
        }
    }
}

/// <summary>
/// The contracts of one sender. To be disposed of when the connection ends and what it
/// sent is durable; without <see cref="End"/> before, it broke off. One thread at a time.
/// </summary>
public sealed class LiveFeed : IDisposable
{
    private readonly LiveFeeds _feeds;

    /// <summary>A bit for each symbol: at most 8 KB.</summary>
    private ulong[] _seen = [];
    private bool _isBroken = true;

    internal LiveFeed(LiveFeeds feeds) => _feeds = feeds;

    /// <summary>Contracts seen so far.</summary>
    public int Count { get; private set; }

    /// <summary>A tick of the symbol came. Cheap, but not needed more than once.</summary>
    public void See(int symbolId)
    {
        var (word, bit) = (symbolId / 64, 1UL << symbolId);
        if (word >= _seen.Length) Array.Resize(ref _seen, Math.Max(word + 1, _seen.Length * 2));
        if ((_seen[word] & bit) != 0) return;
        _seen[word] |= bit;
        Count++;
        _feeds.Joined(symbolId);
    }

    /// <summary>The sender said that it is done: nothing is missing.</summary>
    public void End() => _isBroken = false;

    public void Dispose()
    {
        for (var word = 0; word < _seen.Length; word++)
            for (var bits = _seen[word]; bits != 0; bits &= bits - 1)
                _feeds.Left(word * 64 + System.Numerics.BitOperations.TrailingZeroCount(bits), _isBroken);
        _seen = [];
        _feeds.Tell();
    }
}
