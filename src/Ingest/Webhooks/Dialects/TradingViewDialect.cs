namespace StreamRecorder.Ingest.Webhooks.Dialects;

/// <summary>
/// Fields named after TradingView's placeholders, flat (<c>market_position</c>), dotted
/// (<c>strategy.market_position</c>) or in a <c>strategy</c> object, as the widely copied strategy templates have them.
/// </summary>
internal static class TradingViewDialect
{
    public static readonly Dialect Instance = new("TradingView",
    [
        ("ticker", Field.Symbol),
        ("close", Field.BarPrice),
        ("bar.close", Field.BarPrice),
        ("timenow", Field.FiringTime),
        ("contracts", Field.Quantity),
        ("market_position", Field.TargetSide),
        ("market_position_size", Field.TargetSize),
        ("position_size", Field.SignedSize),
        ("prev_market_position", Field.PreviousSide),
        ("prev_market_position_size", Field.PreviousSize),
        ("order_action", Field.Action),
        ("order_contracts", Field.Quantity),
        ("order_price", Field.OrderPrice),
        ("order_id", Field.OrderId),
        ("orderId", Field.OrderId),
        ("order_comment", Field.Comment),
        ("strategy.market_position", Field.TargetSide),
        ("strategy.market_position_size", Field.TargetSize),
        ("strategy.position_size", Field.SignedSize),
        ("strategy.prev_market_position", Field.PreviousSide),
        ("strategy.prev_market_position_size", Field.PreviousSize),
        ("strategy.order_action", Field.Action),
        ("strategy.order_contracts", Field.Quantity),
        ("strategy.order_price", Field.OrderPrice),
        ("strategy.order_id", Field.OrderId),
        ("strategy.order_comment", Field.Comment),
        ("strategy.order.action", Field.Action),
        ("strategy.order.contracts", Field.Quantity),
        ("strategy.order.price", Field.OrderPrice),
        ("strategy.order.id", Field.OrderId),
        ("strategy.order.comment", Field.Comment),
    ]);
}
