namespace StreamRecorder.Ingest.Webhooks.Dialects;

/// <summary>
/// CrossTrade, text for NinjaTrader: <c>key=…;command=PLACE;account=…;instrument=MNQ1!;action=BUY;qty=1;order_type=MARKET;tif=DAY;</c>.
/// Its <c>key</c> is a secret and never read. Read by <see cref="KeyValueBody"/>.
/// </summary>
internal static class CrossTradeDialect
{
    public static readonly Dialect Instance = new("CrossTrade",
    [
        ("command", Field.Command),
        ("instrument", Field.Symbol),
        ("action", Field.Action),
        ("qty", Field.Quantity),
        ("flatten_first", Field.FlattenFirst),
    ]);

    /// <summary>In text these are prices; AlgoWay's JSON has pips under the same names.</summary>
    public static readonly Dialect TextOnly = new("CrossTrade",
    [
        .. Instance.Fields,
        ("take_profit", Field.TakeProfitPrice),
        ("stop_loss", Field.StopLossPrice),
    ]);
}
