namespace StreamRecorder.Naive;

/// <summary>Every tick applied so far, in one list; each question about prices is a walk over it.</summary>
public sealed class Market
{
    private const long LateTolerance = 5 * Moment.Second;
    private const long ContractMemory = 24 * 60 * 60 * Moment.Second;
    private const long PriceMaxAge = 60 * Moment.Second;

    private readonly List<Tick> _ticks = [];
    private readonly Dictionary<string, long> _newestOwnTime = [];

    public IReadOnlyList<Tick> Ticks => _ticks;

    /// <summary>False if the tick is late: too much older than the newest of its symbol.</summary>
    public bool Apply(Tick tick)
    {
        var newest = Math.Max(tick.OwnTime, _newestOwnTime.GetValueOrDefault(tick.Symbol.Name, long.MinValue));
        if (newest - tick.OwnTime > LateTolerance) return false;
        _newestOwnTime[tick.Symbol.Name] = newest;
        _ticks.Add(tick);
        return true;
    }

    /// <summary>The contract that a position opened now would take its prices from; null if there is none.</summary>
    public string? ContractOf(Symbol symbol, long now)
    {
        if (symbol.Kind != SymbolKind.Continuous) return symbol.Name;
        if (_ticks.Any(tick => tick.Symbol.Name == symbol.Name)) return symbol.Name;
        if (!symbol.IsFrontMonth) return null;
        var dated = _ticks.Where(tick => tick.Symbol.Kind == SymbolKind.Dated && tick.Symbol.Instrument.Root == symbol.Instrument.Root);
        var names = dated.Where(tick => tick.OwnTime >= now - ContractMemory).Select(tick => tick.Symbol.Name).Distinct().ToList();
        return names.Count == 1 ? names[0] : null;
    }

    /// <summary>The newest price of a contract, unless there is none or it is too old to fill a signal at.</summary>
    public Fraction? RecentPrice(string? contract, long now)
    {
        var last = _ticks.FindLast(tick => tick.Symbol.Name == contract);
        return last is null || now - last.OwnTime > PriceMaxAge ? null : last.Price;
    }
}
