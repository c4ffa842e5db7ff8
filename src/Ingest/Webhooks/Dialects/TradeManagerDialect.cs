namespace StreamRecorder.Ingest.Webhooks.Dialects;

/// <summary>
/// Trade Manager and those who rebuilt it:
/// <c>{"recorder":"…","action":"enter_long","ticker":"MNQ1!","price":25600.25,"contracts":1,"position":"long"}</c>.
/// Its body is not documented publicly. The recorder is told by the token; its name in the body is left alone.
/// </summary>
internal static class TradeManagerDialect
{
    public static readonly Dialect Instance = new("Trade Manager",
    [
        ("action", Field.Action),
        ("direction", Field.Direction),
        ("side", Field.Direction),
        ("ticker", Field.Symbol),
        ("price", Field.Price),
        ("quantity", Field.Quantity),
        ("contracts", Field.Quantity),
        ("position", Field.Position),
        ("time", Field.Time),
    ]);
}
