namespace StreamRecorder.Ingest.Webhooks.Dialects;

/// <summary>
/// PickMyTrade: <c>{"symbol":"MNQ1!","date":"…","data":"buy","quantity":"1","price":"25600.25","token":"…"}</c>. Numbers are often strings; 0 means
/// not used.
/// </summary>
internal static class PickMyTradeDialect
{
    public static readonly Dialect Instance = new("PickMyTrade",
    [
        ("symbol", Field.Symbol),
        ("date", Field.FiringTime),
        ("data", Field.Action),
        ("quantity", Field.Quantity),
        ("risk_percentage", Field.RiskShare),
        ("price", Field.Price),
        ("tp", Field.TakeProfitPrice),
        ("percentage_tp", Field.TakeProfitPercent),
        ("dollar_tp", Field.TakeProfitMoney),
        ("sl", Field.StopLossPrice),
        ("percentage_sl", Field.StopLossPercent),
        ("dollar_sl", Field.StopLossMoney),
        ("trail_stop", Field.TrailPoints),
        ("trail_trigger", Field.TrailTrigger),
        ("trail_freq", Field.TrailStep),
        ("duplicate_position_allow", Field.MayAdd),
        ("reverse_order_close", Field.ClosesOpposite),
        ("update_tp", Field.OrdersOnly),
        ("update_sl", Field.OrdersOnly),
    ], ZeroMark: "data");
}
