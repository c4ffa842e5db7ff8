using System.Numerics;
using StreamRecorder.Engine.Positions;

namespace StreamRecorder.Simulation;

/// <summary>
/// One position as the slowest program would keep it: told of every tick, one by one. Whole numbers of
/// 1e-18, no algebra of excursions, nothing of the engine's but the record that it is compared with.
/// </summary>
internal sealed class ModelPosition(long id, Contract contract, Contract pricedBy, bool isUnpriced, int side, long at, long totalGap, long commission)
{
    private BigInteger _cost;
    private BigInteger _realized;
    private BigInteger _commission;
    private BigInteger _worst, _best, _worstTotal, _bestTotal, _peak, _drawdown;
    private BigInteger _entryQuantity, _entryValue, _exitQuantity, _exitValue;
    private long _maxQuantity;
    private long _lastPrice, _lastAt;
    private long _tickCount;
    private bool _isUnpriced = isUnpriced;

    public long Id { get; } = id;

    public Contract PricedBy { get; } = pricedBy;

    public int Side { get; } = side;

    public long Held { get; private set; }

    public bool IsSync { get; set; }

    /// <summary>Sequence of its last fill.</summary>
    public long ChangedAt { get; set; }

    public (long Price, long At) Worst { get; private set; }

    public (long Price, long At) Best { get; private set; }

    public void Tick(long price, long time)
    {
        _tickCount++;
        _isUnpriced = false;
        Observe(price, time);
    }

    public void Enter(long price, long quantity, long time)
    {
        if (Held > 0) Observe(price, time);
        Held += quantity;
        _maxQuantity = Math.Max(_maxQuantity, Held);
        _cost += (BigInteger)price * quantity;
        _entryQuantity += quantity;
        _entryValue += (BigInteger)price * quantity;
        _commission += (BigInteger)commission * quantity;
        Observe(price, time);
    }

    public void Exit(long price, long quantity, long time)
    {
        Observe(price, time);
        var removed = Naive.Fraction.DivideHalfEven(_cost * quantity, Held);
        _realized += Side * ((BigInteger)price * quantity - removed);
        _cost -= removed;
        Held -= quantity;
        _exitQuantity += quantity;
        _exitValue += (BigInteger)price * quantity;
        _commission += (BigInteger)commission * quantity;
        Observe(price, time);
    }

    public long Commission
    {
        set => commission = value;
    }

    /// <summary>Every figure of the engine's record.</summary>
    public void Compare(in Position p, long totalGapNow)
    {
        var name = $"position {Id} ({contract.Name})";
        Check.Same(Id, p.Id, name + " id");
        Check.Same(Side, (int)p.Side, name + " side");
        Check.Same(Side * Held, p.Quantity, name + " quantity");
        Check.Same(_maxQuantity, p.MaxQuantity, name + " max quantity");
        Check.Same(Side * _cost, (BigInteger)p.Cost, name + " cost");
        Check.Same(_realized, (BigInteger)p.Realized, name + " realized");
        Check.Same(_commission, (BigInteger)p.Commission, name + " commission");
        Check.Same((_entryQuantity, _entryValue), ((BigInteger)p.EntryQuantity, (BigInteger)p.EntryValue), name + " entries");
        Check.Same((_exitQuantity, _exitValue), ((BigInteger)p.ExitQuantity, (BigInteger)p.ExitValue), name + " exits");
        Check.Same(_tickCount, p.TickCount, name + " tick count");
        Check.Same((_lastPrice, _lastAt), (p.LastPrice, p.LastAt), name + " last");
        CompareExtremes(p, name);
        Check.Same(at, p.OpenedAt, name + " opened at");
        Check.Same((totalGapNow - totalGap) / 1_000_000, p.GapSeconds, name + " gap");
        var flags = (IsSync ? Flags.Sync : 0) | (_isUnpriced ? Flags.Unpriced : 0);
        Check.Same(flags, p.Flags, name + " flags");
    }

    /// <summary>The figures as people are shown them, rounded once.</summary>
    public void Compare(PositionView view)
    {
        var name = $"view of position {Id} ({contract.Name})";
        Check.Same((Int128)Held * 10, view.TotalQuantity.Units, name + " quantity");
        Check.Same(Money(_realized), view.RealizedPnl.Units, name + " realized");
        Check.Same(Money(Side * ((BigInteger)_lastPrice * Held - _cost)), view.UnrealizedPnl.Units, name + " unrealized");
        Check.Same(Money(_worst), view.WorstUnrealizedPnl.Units, name + " worst");
        Check.Same(Money(_best), view.BestUnrealizedPnl.Units, name + " best");
        Check.Same(Money(_drawdown), view.MaxDrawdown.Units, name + " drawdown");
        Check.Same(_tickCount, view.TickCount, name + " tick count");
    }

    private Int128 Money(BigInteger value)
    {
        var instrument = contract.Instrument;
        var money = new Naive.Fraction(value * instrument.TickValue, BigInteger.Pow(10, 18) * instrument.TickSize);
        return (Int128)money.ScaledHalfEven(10);
    }

    private void CompareExtremes(in Position p, string name)
    {
        Check.Same(_worst, (BigInteger)p.WorstUnrealized, name + " worst");
        Check.Same(_best, (BigInteger)p.BestUnrealized, name + " best");
        if (!_worst.IsZero) Check.Same(Worst, (p.WorstPrice, p.WorstAt), name + " worst price");
        if (!_best.IsZero) Check.Same(Best, (p.BestPrice, p.BestAt), name + " best price");
        Check.Same((_worstTotal, _bestTotal), ((BigInteger)p.WorstTotal, (BigInteger)p.BestTotal), name + " totals");
        Check.Same((_peak, _drawdown), ((BigInteger)p.Peak, (BigInteger)p.MaxDrawdown), name + " drawdown");
    }

    private void Observe(long price, long time)
    {
        (_lastPrice, _lastAt) = (price, time);
        var unrealized = Side * ((BigInteger)price * Held - _cost);
        if (unrealized < _worst) (_worst, Worst) = (unrealized, (price, time));
        if (unrealized > _best) (_best, Best) = (unrealized, (price, time));
        var total = _realized + unrealized;
        _worstTotal = BigInteger.Min(_worstTotal, total);
        _bestTotal = BigInteger.Max(_bestTotal, total);
        _peak = BigInteger.Max(_peak, total);
        _drawdown = BigInteger.Max(_drawdown, _peak - total);
    }
}
