using System.Numerics;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Positions;

namespace StreamRecorder.Engine.Tests.Positions;

/// <summary>Every figure of the contract's section 1 by a walk over every observation, in whole numbers without bounds.</summary>
internal sealed class ModelFigures
{
    private static readonly BigInteger Ten10 = BigInteger.Pow(10, 10);
    private static readonly BigInteger Ten18 = BigInteger.Pow(10, 18);

    private readonly ModelPosition _position;
    private BigInteger _held;
    private BigInteger _cost;
    private BigInteger _realized;
    private BigInteger _entered;
    private BigInteger _entryValue;
    private BigInteger _exited;
    private BigInteger _exitValue;
    private BigInteger _largest;
    private BigInteger _commission;
    private BigInteger _unrealized;
    private (BigInteger Value, long Price, long At) _worst;
    private (BigInteger Value, long Price, long At) _best;
    private BigInteger _worstTotal;
    private BigInteger _bestTotal;
    private BigInteger _peak;
    private BigInteger _drawdown;
    private (long Price, long At) _last;
    private long _ticks;
    private int _fills;

    private ModelFigures(ModelPosition position)
    {
        _position = position;
        foreach (var e in position.Events) Take(e);
    }

    /// <summary>Sum of price × quantity of all entries (10⁻¹⁸).</summary>
    public static BigInteger EntryValueOf(ModelPosition position) => new ModelFigures(position)._entryValue;

    /// <summary>What one more exit would make of the sums that the engine bounds (10⁻¹⁸).</summary>
    public static (BigInteger ExitValue, BigInteger Realized) SumsAfterExit(ModelPosition position, long price, BigInteger quantity)
    {
        var figures = new ModelFigures(position);
        figures.Exit(new ModelEvent(true, false, price, (long)quantity, 0));
        return (figures._exitValue, figures._realized);
    }

    public static PositionView ViewOf(ModelPosition position) => new ModelFigures(position).View();

    private void Take(in ModelEvent e)
    {
        Observe(e.Price, e.At);
        if (!e.IsFill)
        {
            _ticks++;
            return;
        }
        if (e.IsEntry) Enter(e);
        else Exit(e);
        _commission += (BigInteger)_position.CommissionOfFills[_fills++] * e.Quantity;
        Observe(e.Price, e.At);
    }

    private void Enter(in ModelEvent fill)
    {
        _held += fill.Quantity;
        _largest = BigInteger.Max(_largest, _held);
        _cost += (BigInteger)fill.Price * fill.Quantity;
        _entered += fill.Quantity;
        _entryValue += (BigInteger)fill.Price * fill.Quantity;
    }

    private void Exit(in ModelEvent fill)
    {
        var removed = Rounded(_cost * fill.Quantity, _held);
        _realized += ((BigInteger)fill.Price * fill.Quantity - removed) * _position.Side;
        _cost -= removed;
        _held -= fill.Quantity;
        _exited += fill.Quantity;
        _exitValue += (BigInteger)fill.Price * fill.Quantity;
    }

    private void Observe(long price, long at)
    {
        _last = (price, at);
        _unrealized = (price * _held - _cost) * _position.Side;
        if (_unrealized < _worst.Value) _worst = (_unrealized, price, at);
        if (_unrealized > _best.Value) _best = (_unrealized, price, at);
        var total = _realized + _unrealized;
        _worstTotal = BigInteger.Min(_worstTotal, total);
        _bestTotal = BigInteger.Max(_bestTotal, total);
        _peak = BigInteger.Max(_peak, total);
        _drawdown = BigInteger.Max(_drawdown, _peak - total);
    }

    private PositionView View() => new()
    {
        Id = _position.Id,
        RecorderId = _position.RecorderId,
        Recorder = _position.Recorder,
        Symbol = _position.Symbol,
        Contract = _position.Symbol,
        Root = _position.Instrument.Root,
        Currency = _position.Instrument.Currency,
        Side = (Side)_position.Side,
        IsOpen = _position.IsOpen,
        TotalQuantity = Decimal(_position.IsOpen ? _held : _largest),
        MaxQuantity = Decimal(_largest),
        EntryQuantity = Decimal(_entered),
        AvgEntryPrice = _position.IsOpen ? Average(_cost, _held) : Average(_entryValue, _entered),
        ExitPrice = _exited.IsZero ? null : Average(_exitValue, _exited),
        CurrentPrice = Decimal(_last.Price),
        CurrentPriceAt = _last.At,
        UnrealizedPnl = Money(_unrealized),
        RealizedPnl = Money(_realized),
        Commission = Units(_commission * Ten10, Ten18),
        NetPnl = Net(),
        WorstUnrealizedPnl = Money(_worst.Value),
        BestUnrealizedPnl = Money(_best.Value),
        WorstTotalPnl = Money(_worstTotal),
        BestTotalPnl = Money(_bestTotal),
        MaxDrawdown = Money(_drawdown),
        WorstPrice = _worst.Value.IsZero ? null : Decimal(_worst.Price),
        WorstAt = _worst.Value.IsZero ? null : _worst.At,
        BestPrice = _best.Value.IsZero ? null : Decimal(_best.Price),
        BestAt = _best.Value.IsZero ? null : _best.At,
        TickCount = _ticks,
        GapSeconds = 0,
        Flags = _position.Flags,
        CloseReason = _position.CloseReason,
        OpenedAt = _position.OpenedAt,
        ClosedAt = _position.ClosedAt,
        UpdatedAt = _position.UpdatedAt,
    };

    private static Amount Decimal(BigInteger e9) => new((Int128)(e9 * 10));

    private static Amount Average(BigInteger value, BigInteger quantity) => Units(value * 10, quantity);

    private Amount Money(BigInteger value) => Units(value * _position.Instrument.TickValue * Ten10, Ten18 * _position.Instrument.TickSize);

    private Amount Net()
    {
        var (size, value) = (_position.Instrument.TickSize, _position.Instrument.TickValue);
        return Units((_realized * value - _commission * size) * Ten10, Ten18 * size);
    }

    private static Amount Units(BigInteger numerator, BigInteger denominator) => new((Int128)Rounded(numerator, denominator));

    /// <summary>Half to even: half up by the floor of (2n + d) / 2d, one less on a tie that came out odd.</summary>
    private static BigInteger Rounded(BigInteger numerator, BigInteger denominator)
    {
        var twice = 2 * numerator + denominator;
        var remainder = ((twice % (2 * denominator)) + 2 * denominator) % (2 * denominator);
        var up = (twice - remainder) / (2 * denominator);
        return remainder.IsZero && !up.IsEven ? up - 1 : up;
    }
}
