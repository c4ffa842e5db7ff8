namespace StreamRecorder.Ingest.Webhooks;

/// <summary>
/// What a field of a webhook body can say, whatever it is called. Dialects map their names to these; <see cref="SignalDraft"/> collects them.
/// </summary>
public enum Field : byte
{
    Symbol,
    Action,

    /// <summary>What to do with orders (PLACE, CLOSEPOSITION …); the action beside it then says only the side.</summary>
    Command,

    /// <summary>An action, or the side (long, short) of what the action beside it closes.</summary>
    Direction,

    /// <summary>Which side a closing action closes; otherwise it says nothing.</summary>
    CloseSide,

    /// <summary>long, short or flat afterwards.</summary>
    TargetSide,

    /// <summary>The size afterwards, without a sign.</summary>
    TargetSize,

    /// <summary>The size afterwards, with a sign.</summary>
    SignedSize,

    /// <summary>Either a side in words or a signed size.</summary>
    Position,
    PreviousSide,
    PreviousSize,

    /// <summary>The position before: a side in words or a signed size.</summary>
    PreviousPosition,
    Quantity,

    /// <summary>How the quantity is meant: contracts, or something that needs an account.</summary>
    QuantityType,

    /// <summary>A size that is a share of an account, used when the quantity is 0.</summary>
    RiskShare,
    Price,

    /// <summary>At which the strategy's order was filled: goes before any other price.</summary>
    OrderPrice,

    /// <summary>The bar's closing price: taken when no other price is given.</summary>
    BarPrice,

    /// <summary>A time that may be the bar's.</summary>
    Time,

    /// <summary>The time of firing, which tells two equal orders apart.</summary>
    FiringTime,
    Key,
    OrderId,
    Comment,

    /// <summary>Only options have it.</summary>
    Option,

    /// <summary>When true, the message concerns working orders only: a recorder has none.</summary>
    OrdersOnly,

    /// <summary>When true, whatever is held is closed before the order.</summary>
    FlattenFirst,

    /// <summary>True: an opposite position is closed before the order; false: it is not, the order's own quantity counts.</summary>
    ClosesOpposite,

    /// <summary>False: no order adds to what is held.</summary>
    MayAdd,

    /// <summary>AutoView's c: <c>position</c> or <c>order</c>.</summary>
    Closes,

    /// <summary>Seconds that the alert may be old when it arrives.</summary>
    MaxLag,

    /// <summary>Nothing: a recorder's mapping says so of a name that some dialect would take.</summary>
    Ignore,

    // Take-profit and stop-loss levels, in the order of BracketKind.
    TakeProfitPrice = 64,
    TakeProfitPoints,
    TakeProfitPercent,
    TakeProfitMoney,
    TakeProfitPips,
    StopLossPrice,
    StopLossPoints,
    StopLossPercent,
    StopLossMoney,
    StopLossPips,
    StopLimitPrice,
    TrailPoints,
    TrailPercent,
    TrailPips,
    TrailTrigger,
    TrailStep,
}
