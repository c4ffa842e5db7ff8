using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Prices;

namespace StreamRecorder.Engine.Queries;

/// <summary>The figures that metrics show of one open position.</summary>
public readonly record struct OpenFigure(PositionKey Key, string Currency, Amount Unrealized, Amount Worst);

/// <summary>
/// A root whose prices open positions depend on; µs of the oldest of its contracts' last ticks, or of the opening where that is later. 0: all that
/// is open in it is unpriced.
/// </summary>
public readonly record struct HeldRoot(string Root, long PriceAt);

/// <summary>Open positions as metrics show them, all as of one moment.</summary>
public sealed record OpenFigures
{
    /// <summary>Those of the pairs asked for that are open.</summary>
    public required IReadOnlyList<OpenFigure> Pairs { get; init; }

    /// <summary>Open positions of each recorder asked for, in the order asked.</summary>
    public required IReadOnlyList<int> Counts { get; init; }

    /// <summary>All open positions, asked for or not.</summary>
    public required int Total { get; init; }

    /// <summary>Those whose symbol has no contract that ticks.</summary>
    public required int Unpriced { get; init; }
    public required IReadOnlyList<HeldRoot> Roots { get; init; }
}

/// <summary>Reads the pairs and recorders that have series of their own, whatever else is open: bounded by what was asked for.</summary>
public sealed class OpenFiguresQuery(IReadOnlyList<PositionKey> pairs, IReadOnlyList<long> recorderIds) : Query<OpenFigures>
{
    private readonly List<OpenFigure> _open = [];
    private int _next;

    internal override bool Step(StateMachine state, int budget)
    {
        for (; _next < pairs.Count; _next++)
        {
            if (budget-- == 0) return false;
            if (!state.Store.TryRead(pairs[_next], out var stored) || !stored.IsOpen) continue;
            var p = state.Figures(stored);
            var unrealized = Amount.Money((Int128)p.LastPrice * p.Quantity - p.Cost, p.TickValue, p.TickSize);
            _open.Add(
                new OpenFigure(pairs[_next], CurrencyCode.Unpack(p.Currency), unrealized, Amount.Money(p.WorstUnrealized, p.TickValue, p.TickSize)));
        }
        var held = state.Prices.Held;
        Value = new OpenFigures
        {
            Pairs = _open,
            Counts = [.. recorderIds.Select(state.OpenCountOf)],
            Total = state.Open.Count,
            Unpriced = held.Where(IsUnpriced).Sum(s => s.OpenCount),
            Roots = [.. held.GroupBy(s => s.Symbol.Root, (root, streams) => new HeldRoot(root, OldestOf(streams)))],
        };
        return true;
    }

    /// <summary>What is unpriced waits for its first tick, and has no price that could be old.</summary>
    private static long OldestOf(IEnumerable<PriceStream> streams) =>
        streams.Where(s => !IsUnpriced(s)).Select(s => Math.Max(s.ChangedAt, s.HeldSince)).DefaultIfEmpty().Min();

    private static bool IsUnpriced(PriceStream stream) => !stream.HasTicked && stream.Symbol.Kind == SymbolKind.Continuous;
}
