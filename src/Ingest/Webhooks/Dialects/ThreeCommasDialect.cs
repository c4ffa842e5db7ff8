namespace StreamRecorder.Ingest.Webhooks.Dialects;

/// <summary>
/// 3Commas signal bot:
/// <c>{"secret":"…","timestamp":"…","trigger_price":"…","tv_instrument":"…","action":"buy","strategy_info":{…},"order":{"amount":"1","currency_type":"base"}}</c>.
/// Its <c>max_lag</c> is an order for a broker's bot; a recorder records late alerts too, at their price.
/// </summary>
internal static class ThreeCommasDialect
{
    public static readonly Dialect Instance = new("3Commas",
    [
        ("tv_instrument", Field.Symbol),
        ("action", Field.Action),
        ("trigger_price", Field.Price),
        ("timestamp", Field.Time),
        ("strategy_info.market_position", Field.TargetSide),
        ("strategy_info.market_position_size", Field.TargetSize),
        ("strategy_info.prev_market_position", Field.PreviousSide),
        ("strategy_info.prev_market_position_size", Field.PreviousSize),
        ("order.amount", Field.Quantity),
        ("order.currency_type", Field.QuantityType),
    ]);
}
