using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Prices;

namespace StreamRecorder.Engine.Signals;

/// <summary>
/// Which contract's ticks a position takes that opens now. Dated and spot symbols take their own. A continuous one is resolved by, in
/// this order: the front-contract table; ticks sent under the same continuous symbol; the one dated contract of the root that ticked
/// in the last 24 h. The table and the last rule speak of the front month, so the second month onwards knows only its own ticks.
/// </summary>
internal static class ContractResolver
{
    /// <summary>Null: no contract is known.</summary>
    public static Symbol? Resolve(Symbol symbol, StateMachine state, long now)
    {
        if (symbol.Kind != SymbolKind.Continuous) return symbol;
        if (symbol.ContinuousIndex == 1 && state.FrontContracts.FrontAt(symbol.Root, now) is { } front)
            return state.Symbols.FromCanonical(front, symbol.Root, SymbolKind.Dated, 0);
        if (state.Prices[symbol.Id].HasTicked) return symbol;
        return symbol.ContinuousIndex == 1 ? OnlyTicking(state.Prices.OfRoot(symbol.Root), now) : null;
    }

    private static Symbol? OnlyTicking(IReadOnlyList<PriceStream> streams, long now)
    {
        Symbol? only = null;
        foreach (var stream in streams)
        {
            if (stream.Symbol.Kind != SymbolKind.Dated || !stream.HasTicked || stream.FoldedAt < now - EngineLimits.ContractAge) continue;
            if (only is not null) return null;
            only = stream.Symbol;
        }
        return only;
    }
}
