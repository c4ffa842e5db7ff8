namespace StreamRecorder.Ingest.Webhooks.Dialects;

/// <summary>AlgoWay: <c>{"platform_name":"…","ticker":"MNQ1!","order_action":"buy","order_contracts":"1"}</c>.</summary>
internal static class AlgoWayDialect
{
    public static readonly Dialect Instance = new("AlgoWay",
    [
        ("ticker", Field.Symbol),
        ("order_action", Field.Action),
        ("order_contracts", Field.Quantity),
        ("close_side", Field.CloseSide),
        ("take_profit", Field.TakeProfitPips),
        ("stop_loss", Field.StopLossPips),
        ("tp_price", Field.TakeProfitPrice),
        ("sl_price", Field.StopLossPrice),
        ("trailing_pips", Field.TrailPips),
    ]);
}
