namespace StreamRecorder.Ingest.Webhooks.Dialects;

/// <summary>
/// 3Commas signal bot:
/// <c>{"secret":"…","timestamp":"…","trigger_price":"…","tv_instrument":"…",
/// "action":"buy","strategy_info":{…},"order":{"amount":"1","currency_type":"base"}}</c>.
/// Older than its <c>max_lag</c> seconds it is refused, as its maker's bot would.
/// </summary>
internal static class ThreeCommasDialect
{
    public static readonly Dialect Instance = new("3Commas",
    [
        ("tv_instrument", Field.Symbol),
        ("action", Field.Action),
        ("trigger_price", Field.Price),
        ("timestamp", Field.Time),
        ("max_lag", Field.MaxLag),
        ("strategy_info.market_position", Field.TargetSide),
        ("strategy_info.market_position_size", Field.TargetSize),
        ("strategy_info.prev_market_position", Field.PreviousSide),
        ("strategy_info.prev_market_position_size", Field.PreviousSize),
        ("order.amount", Field.Quantity),
        ("order.currency_type", Field.QuantityType),
    ]);
}
