using System.Runtime.CompilerServices;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Messages;

namespace StreamRecorder.Engine.Prices;

/// <summary>
/// All contracts' prices. Ticks go into a contract's <see cref="PriceStream.Pending"/>, which costs O(1); what is pending
/// becomes state when it is folded: applied (and journalled) as one <see cref="TickFold"/>. The engine's thread alone.
/// </summary>
public sealed class PriceBook(SymbolTable symbols, long lateTolerance)
{
    private readonly PriceStream?[] _streams = new PriceStream?[EngineLimits.SymbolsMax];
    private readonly Dictionary<string, List<PriceStream>> _byRoot = new(StringComparer.Ordinal);
    private readonly List<PriceStream> _withPending = [];
    private readonly List<PriceStream> _held = [];

    /// <summary>Streams that ticked or that a position looks at, in order of appearance.</summary>
    public List<PriceStream> All { get; } = [];

    /// <summary>Streams with ticks not folded yet.</summary>
    public IReadOnlyList<PriceStream> WithPending => _withPending;

    /// <summary>Streams that open positions take ticks from.</summary>
    public IReadOnlyList<PriceStream> Held => _held;

    public PriceStream this[int symbolId] => _streams[symbolId] ?? Add(symbols[symbolId]);

    /// <summary>The root's contracts that ticked or are looked at.</summary>
    public IReadOnlyList<PriceStream> OfRoot(string root) => _byRoot.TryGetValue(root, out var streams) ? streams : [];

    /// <summary>
    /// Takes ticks in the order of arrival. A tick older than the symbol's newest by more than the tolerance
    /// is late and not taken. Returns how many were late. Allocates nothing once a symbol is known.
    /// </summary>
    public int Observe(ReadOnlySpan<Tick> ticks)
    {
        var late = 0;
        for (var index = 0; index < ticks.Length;)
        {
            ref readonly var tick = ref ticks[index];
            var stream = this[tick.SymbolId];
            if (tick.At < stream.NewestAt - lateTolerance)
            {
                late++;
                index++;
                continue;
            }
            if (stream.PendingIndex < 0) AddPending(stream);
            index += index + 1 < ticks.Length && ticks[index + 1].SymbolId == tick.SymbolId
                ? ObserveRun(stream, ticks[index..])
                : ObserveOne(stream, tick);
        }
        return late;
    }

    /// <summary>
    /// False for a tick that is late by those taken before it. For ticks that wait:
    /// they become pending later, by <see cref="AddPending(int, in Excursion)"/>.
    /// </summary>
    internal bool TryJudge(in Tick tick)
    {
        var stream = this[tick.SymbolId];
        if (tick.At < stream.NewestAt - lateTolerance) return false;
        if (tick.At > stream.NewestAt) stream.NewestAt = tick.At;
        return true;
    }

    /// <summary>Ticks that were judged before and have waited.</summary>
    internal void AddPending(int symbolId, in Excursion ticks)
    {
        var stream = this[symbolId];
        if (stream.PendingIndex < 0) AddPending(stream);
        stream.Pending.Append(ticks);
    }

    /// <summary>Takes what is pending of a stream as the input to journal and apply.</summary>
    public TickFold TakePending(PriceStream stream)
    {
        var fold = new TickFold(stream.Symbol, stream.Pending);
        stream.Pending = default;
        // The last takes its place: the order of folds of different symbols means nothing.
        var last = _withPending[^1];
        _withPending[stream.PendingIndex] = last;
        last.PendingIndex = stream.PendingIndex;
        stream.PendingIndex = -1;
        _withPending.RemoveAt(_withPending.Count - 1);
        return fold;
    }

    /// <summary>A position opens, at <paramref name="openedAt"/>, that takes this stream's ticks.</summary>
    internal void Hold(PriceStream stream, long openedAt)
    {
        if (stream.OpenCount++ > 0) return;
        stream.HeldSince = openedAt;
        stream.HeldIndex = _held.Count;
        _held.Add(stream);
    }

    internal void Release(PriceStream stream)
    {
        if (--stream.OpenCount > 0) return;
        var last = _held[^1];
        _held[stream.HeldIndex] = last;
        last.HeldIndex = stream.HeldIndex;
        _held.RemoveAt(_held.Count - 1);
    }

    /// <summary>The stream of a symbol, if it ticked or is looked at.</summary>
    internal PriceStream? Find(int symbolId) => _streams[symbolId];

    /// <summary>Contracts that ticked at or after an engine time.</summary>
    public IEnumerable<int> TickedSince(long moment) => All.Where(s => s.HasTicked && s.ChangedAt >= moment).Select(s => s.Symbol.Id);

    /// <summary>The stream of a canonical name, if it ticked or is looked at.</summary>
    internal PriceStream? Find(string name) => All.Find(s => s.Symbol.Name == name);

    /// <summary>At a start, before anything is applied.</summary>
    internal void Load(Symbol symbol, in Recovery.StoredPrice price)
    {
        var stream = this[symbol.Id];
        stream.LastPrice = price.LastPrice;
        stream.LastAt = price.LastAt;
        stream.HasTicked = true;
        stream.FoldedAt = price.NewestAt;
        stream.NewestAt = price.NewestAt;
        stream.ChangedAt = price.ChangedAt;
        stream.OutageTotal = price.OutageTotal;
        stream.OutageSince = price.OutageSince;
    }

    /// <summary>State change: part of Apply. Ticks end an outage.</summary>
    internal void Apply(TickFold fold, long now, List<Output> outputs)
    {
        var stream = this[fold.Symbol.Id];
        outputs.Add(new FoldApplied(fold.Symbol, fold.Ticks));
        if (stream.IsOut) outputs.Add(stream.EndOutage(now));
        stream.Epochs.Append(fold.Ticks);
        stream.ChangedAt = now;
        stream.HasTicked = true;
        stream.LastPrice = fold.Ticks.Last;
        stream.LastAt = fold.Ticks.LastAt;
        stream.FoldedAt = Math.Max(stream.FoldedAt, fold.Ticks.NewestAt);
        stream.NewestAt = Math.Max(stream.NewestAt, fold.Ticks.NewestAt);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int ObserveOne(PriceStream stream, in Tick tick)
    {
        if (tick.At > stream.NewestAt) stream.NewestAt = tick.At;
        stream.Pending.Observe(tick.Price, tick.At);
        return 1;
    }

    /// <summary>
    /// Takes ticks of one symbol that stand together, up to a late one, and returns how many they are, at least one. What changes with every tick
    /// stays in registers until the run ends; a price that widens nothing, as nearly all are, costs one comparison.
    /// </summary>
    private int ObserveRun(PriceStream stream, ReadOnlySpan<Tick> ticks)
    {
        ref var pending = ref stream.Pending;
        var symbolId = ticks[0].SymbolId;
        var newestEver = stream.NewestAt;
        var newest = pending.IsEmpty ? long.MinValue : pending.NewestAt;
        // No price is as low, so the first tick always widens.
        var (low, width) = pending.IsEmpty ? (long.MinValue, 0) : pending.Inert;
        var index = 0;
        for (; index < ticks.Length && ticks[index].SymbolId == symbolId; index++)
        {
            var at = ticks[index].At;
            if (at > newestEver) newestEver = at;
            else if (at < newestEver - lateTolerance) break;
            else if (at > newest) newest = at;
            var price = ticks[index].Price;
            if ((ulong)(price - low) <= width) continue;
            pending.Widen(price, at, isFirst: pending.Count + index == 0);
            (low, width) = pending.Inert;
        }
        if (newestEver > stream.NewestAt) newest = stream.NewestAt = newestEver;
        pending.Extend(index, ticks[index - 1].Price, ticks[index - 1].At, newest);
        return index;
    }

    private void AddPending(PriceStream stream)
    {
        stream.PendingIndex = _withPending.Count;
        _withPending.Add(stream);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private PriceStream Add(Symbol symbol)
    {
        var stream = new PriceStream(symbol);
        _streams[symbol.Id] = stream;
        All.Add(stream);
        if (!_byRoot.TryGetValue(symbol.Root, out var streams)) _byRoot[symbol.Root] = streams = [];
        streams.Add(stream);
        return stream;
    }
}

/// <summary>One contract's prices.</summary>
public sealed class PriceStream(Symbol symbol)
{
    /// <summary>Ticks taken and not folded into state yet.</summary>
    public Excursion Pending;

    /// <summary>Place in the book's list of streams with pending ticks; -1: not there.</summary>
    internal int PendingIndex = -1;

    /// <summary>Place in the book's list of held streams; meaningless while <see cref="OpenCount"/> is 0.</summary>
    internal int HeldIndex;

    public Symbol Symbol { get; } = symbol;

    public PriceEpochs Epochs { get; } = new();

    /// <summary>Last folded price; meaningless while <see cref="HasTicked"/> is false.</summary>
    public long LastPrice { get; internal set; }

    public long LastAt { get; internal set; }

    /// <summary>Engine time of the last fold.</summary>
    public long ChangedAt { get; internal set; }

    /// <summary>Newest own time of folded ticks.</summary>
    public long FoldedAt { get; internal set; }

    /// <summary>Newest own time of all ticks taken, pending ones too: later ones are judged late by it.</summary>
    public long NewestAt { get; internal set; }

    /// <summary>Open positions that take these ticks.</summary>
    public int OpenCount { get; internal set; }

    /// <summary>Engine time at which the first of the positions now open opened; meaningless while <see cref="OpenCount"/> is 0.</summary>
    public long HeldSince { get; internal set; }

    /// <summary>Of its own, because a replayed tick may have the time 0.</summary>
    public bool HasTicked { get; internal set; }

    /// <summary>Sum of the outages that ended, µs.</summary>
    public long OutageTotal { get; internal set; }

    /// <summary>Engine time since when its feed is out; moved on by stops of the service, which are counted by themselves. 0: it is not.</summary>
    public long OutageSince { get; internal set; }

    public bool IsOut => OutageSince != 0;

    /// <summary>All outages up to a moment, µs.</summary>
    public long OutagesAt(long now) => OutageTotal + (IsOut ? now - OutageSince : 0);

    internal OutageChanged BeginOutage(long since)
    {
        OutageSince = since;
        return Outages();
    }

    internal OutageChanged EndOutage(long now)
    {
        (OutageTotal, OutageSince) = (OutagesAt(now), 0);
        return Outages();
    }

    private OutageChanged Outages() => new(Symbol, OutageTotal, OutageSince);
}
