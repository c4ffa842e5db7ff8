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
        ("update_tp", Field.OrdersOnly),
        ("update_sl", Field.OrdersOnly),
    ], ZeroMark: "data");
}
