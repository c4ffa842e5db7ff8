using System.Numerics;

namespace StreamRecorder.Naive;

/// <summary>
/// The figures of one position, recomputed from nothing by walking over every tick of its symbol between its opening and its closing.
/// Slow and obvious on purpose: it is what the engine's clever way is measured against.
/// </summary>
public sealed class Figures
{
    // Price and quantity have 9 decimals each, so cost is a whole number of this unit.
    private const int CostDecimals = 18;

    private readonly Position _position;
    private readonly Fraction _pointValue;
    private BigInteger _cost;
    private Fraction _entryValue;
    private Fraction _exitQuantity;
    private Fraction _exitValue;
    private Fraction _peakTotal;

    private Figures(Position position)
    {
        _position = position;
        _pointValue = position.Symbol.Instrument.PointValue;
    }

    public Fraction Held { get; private set; }

    public Fraction MaxQuantity { get; private set; }

    public Fraction EntryQuantity { get; private set; }

    public Fraction AvgEntryPrice => _position.IsOpen ? Cost / Held : _entryValue / EntryQuantity;

    public Fraction? ExitPrice => _exitQuantity.Sign == 0 ? null : _exitValue / _exitQuantity;

    public Fraction CurrentPrice { get; private set; }

    public long CurrentPriceAt { get; private set; }

    public Fraction UnrealizedPnl { get; private set; }

    public Fraction RealizedPnl { get; private set; }

    public Fraction WorstUnrealizedPnl { get; private set; }

    public Fraction BestUnrealizedPnl { get; private set; }

    public Fraction WorstTotalPnl { get; private set; }

    public Fraction BestTotalPnl { get; private set; }

    public Fraction MaxDrawdown { get; private set; }

    public Fraction? WorstPrice { get; private set; }

    public long? WorstAt { get; private set; }

    public Fraction? BestPrice { get; private set; }

    public long? BestAt { get; private set; }

    public int TickCount { get; private set; }

    /// <summary>Whether a tick of the position's symbol came. One that opened without a contract takes its symbol as contract then.</summary>
    public bool SawTick => TickCount > 0;

    private Fraction Cost => new(_cost, BigInteger.Pow(10, CostDecimals));

    /// <param name="position">The position.</param>
    /// <param name="ticks">All ticks applied so far, in order.</param>
    public static Figures Of(Position position, IReadOnlyList<Tick> ticks)
    {
        var figures = new Figures(position);
        var applied = position.Fills[0].TickCount;
        foreach (var fill in position.Fills)
        {
            for (; applied < fill.TickCount; applied++)
                figures.Take(ticks[applied]);
            figures.Take(fill);
        }

        for (; position.IsOpen && applied < ticks.Count; applied++)
            figures.Take(ticks[applied]);
        return figures;
    }

    private void Take(Tick tick)
    {
        if (tick.Symbol.Name != _position.PricedBy) return;
        TickCount++;
        Observe(tick.Price, tick.OwnTime);
    }

    // The fill's price is observed with the quantity before and with the quantity after.
    private void Take(Fill fill)
    {
        Observe(fill.Price, fill.Time);
        if (fill.IsEntry) Enter(fill);
        else Exit(fill);
        Observe(fill.Price, fill.Time);
    }

    private void Enter(Fill fill)
    {
        Held += fill.Quantity;
        MaxQuantity = Fraction.Max(MaxQuantity, Held);
        EntryQuantity += fill.Quantity;
        _entryValue += fill.Price * fill.Quantity;
        _cost += (fill.Price * fill.Quantity).ScaledHalfEven(CostDecimals);
    }

    private void Exit(Fill fill)
    {
        var share = fill.Quantity / Held;
        var removed = Fraction.DivideHalfEven(_cost * share.Numerator, share.Denominator);
        var removedCost = new Fraction(removed, BigInteger.Pow(10, CostDecimals));
        RealizedPnl += _position.Side * (fill.Price * fill.Quantity - removedCost) * _pointValue;
        _cost -= removed;
        Held -= fill.Quantity;
        _exitQuantity += fill.Quantity;
        _exitValue += fill.Price * fill.Quantity;
    }

    private void Observe(Fraction price, long time)
    {
        CurrentPrice = price;
        CurrentPriceAt = time;
        UnrealizedPnl = _position.Side * (price * Held - Cost) * _pointValue;
        var total = RealizedPnl + UnrealizedPnl;
        if (UnrealizedPnl < WorstUnrealizedPnl) (WorstUnrealizedPnl, WorstPrice, WorstAt) = (UnrealizedPnl, price, time);
        if (UnrealizedPnl > BestUnrealizedPnl) (BestUnrealizedPnl, BestPrice, BestAt) = (UnrealizedPnl, price, time);
        WorstTotalPnl = Fraction.Min(WorstTotalPnl, total);
        BestTotalPnl = Fraction.Max(BestTotalPnl, total);
        _peakTotal = Fraction.Max(_peakTotal, total);
        MaxDrawdown = Fraction.Max(MaxDrawdown, _peakTotal - total);
    }
}
