using System.Numerics;

namespace StreamRecorder.Naive;

public enum SignalAction
{
    None,
    Buy,
    Sell,
    Add,
    Reverse,
    Close,
    Exit,
    CloseLong,
    CloseShort,
    Cancel,
}

/// <summary>What a line says, checked but not yet judged against a position. Sides are +1 long, -1 short, 0 flat.</summary>
public sealed record Signal(
    SignalAction Action,
    Symbol Symbol,
    long OwnTime,
    int? TargetSide,
    Fraction? Target,
    Fraction? Before,
    bool SaysFlatBefore,
    Fraction? Price,
    Fraction? QuantityGiven,
    bool IsShare = false,
    bool? ClosesOpposite = null,
    bool? MayAdd = null)
{
    private const int Percent = 100;

    /// <summary>The quantity of an entry: one contract where none is given. Asking is needing, so a zero is refused here and not before.</summary>
    public Fraction Quantity => PositiveQuantity ?? Fraction.One;

    /// <summary>Position before, order and position after are all named, and the first two do not make the third.</summary>
    public bool DoesNotAddUp =>
        Before is { } before && Target is { } after && QuantityGiven is { Sign: > 0 } quantity
        && Action is SignalAction.Buy or SignalAction.Sell && before + (Action == SignalAction.Buy ? quantity : -quantity) != after;

    /// <summary>Named with a target: an open position before it that is not the one held.</summary>
    public bool FollowsAnother(Fraction held) => Target is not null && Before is { } before && before.Sign != 0 && before != held;

    public Fraction? PositiveQuantity => QuantityGiven is { Sign: <= 0 } ? throw new RefusedException("quantity is not above 0") : QuantityGiven;

    /// <summary>
    /// How much of what is held an exit takes: the quantity, or the share that it is of it, in whole contracts where there are contracts.
    /// </summary>
    public Fraction ToLeave(Fraction held)
    {
        if (PositiveQuantity is not { } quantity || (IsShare && quantity >= Percent)) return held;
        if (!IsShare) return quantity;
        var unit = Symbol.Kind == SymbolKind.Spot ? BigInteger.Pow(10, Limits.Decimals) : BigInteger.One;
        var share = new Fraction((held * quantity / Percent * new Fraction(unit, 1)).Floor(), unit);
        return share.Sign > 0 ? share : throw new RefusedException("the share is too little");
    }

    public static Signal Read(SignalLine line, InstrumentTable table)
    {
        var symbol = Symbol.Parse(Text(line, "symbol", "ticker") ?? throw new RefusedException("no symbol"), line.OwnTime, table);
        var action = ActionOf(Text(line, "action", "data", "order_action", "side"));
        var side = SideOf(line, "sentiment", "market_position");
        if (action == SignalAction.None && side is null && Text(line, "position_size") is null) throw new RefusedException("no action");
        return new Signal(
            action,
            symbol ?? throw new RefusedException("unknown instrument"),
            line.OwnTime,
            side,
            TargetOf(side, NumberOf(line, Limits.Quantity, "market_position_size"), NumberOf(line, Limits.Quantity, "position_size")),
            SizeBefore(SideOf(line, "prev_market_position"), NumberOf(line, Limits.Quantity, "prev_market_position_size")),
            SideOf(line, "prev_market_position") == 0 || NumberOf(line, Limits.Quantity, "prev_market_position_size") is { Sign: 0 },
            NumberOf(line, Limits.Price, "price", "signalprice"),
            NumberOf(line, Limits.Quantity, "quantity", "qty", "contracts"),
            Text(line, "quantitytype") == "percent_of_position",
            TruthOf(line, "reverse_order_close"),
            TruthOf(line, "duplicate_position_allow"));
    }

    private static string? Text(SignalLine line, params string[] names) =>
        names.Select(name => line.Fields.GetValueOrDefault(name)).FirstOrDefault(text => text is not null);

    private static Fraction? NumberOf(SignalLine line, Func<string, Fraction?> read, params string[] names) =>
        Text(line, names) is { } text ? read(text) ?? throw new RefusedException($"{names[0]}: not a number, or out of range") : null;

    private static bool? TruthOf(SignalLine line, string name) => Text(line, name)?.ToLowerInvariant() switch
    {
        null => null,
        "true" or "1" or "yes" => true,
        "false" or "0" or "no" => false,
        _ => throw new RefusedException($"{name}: neither true nor false"),
    };

    private static SignalAction ActionOf(string? text) => text?.ToLowerInvariant() switch
    {
        null => SignalAction.None,
        "buy" or "long" or "enter_long" or "bullish" => SignalAction.Buy,
        "sell" or "short" or "enter_short" or "bearish" => SignalAction.Sell,
        "close" or "flat" or "flatten" or "closeposition" or "close_position" => SignalAction.Close,
        "exit" => SignalAction.Exit,
        "close_long" or "closelong" or "exit_long" => SignalAction.CloseLong,
        "close_short" or "closeshort" or "exit_short" => SignalAction.CloseShort,
        "add" => SignalAction.Add,
        "reverse" => SignalAction.Reverse,
        "cancel" => SignalAction.Cancel,
        _ => throw new RefusedException("unknown action"),
    };

    private static int? SideOf(SignalLine line, params string[] names)
    {
        var sides = names.Select(name => Text(line, name)).OfType<string>().Select(OneSide).Distinct().ToList();
        if (sides.Count > 1) throw new RefusedException("contradiction between the target sides");
        return sides.Count == 1 ? sides[0] : null;
    }

    private static int OneSide(string text) => text.ToLowerInvariant() switch
    {
        "long" or "bullish" => 1,
        "short" or "bearish" => -1,
        "flat" => 0,
        _ => throw new RefusedException("unknown target side"),
    };

    /// <summary>The signed size wanted, if the alert names one: a side with its absolute size, or a size with its sign.</summary>
    private static Fraction? TargetOf(int? side, Fraction? size, Fraction? signedSize)
    {
        var fromSide = side is { } direction && size is { } absolute ? WithSide(direction, absolute) : (Fraction?)null;
        if (side is { } named && signedSize is { } signed && named != signed.Sign) throw new RefusedException("contradiction between side and size");
        if (fromSide is { } one && signedSize is { } other && one != other) throw new RefusedException("contradiction between two sizes");
        return fromSide ?? signedSize;
    }

    private static Fraction? SizeBefore(int? side, Fraction? size) =>
        side is { } direction && size is { } absolute ? WithSide(direction, absolute) : side == 0 || size is { Sign: 0 } ? Fraction.Zero : null;

    private static Fraction WithSide(int side, Fraction size)
    {
        if (size.Sign < 0 || (size.Sign == 0) != (side == 0)) throw new RefusedException("contradiction between side and size");
        return side * size;
    }
}
