namespace StreamRecorder.Ingest.Webhooks.Dialects;

/// <summary>TradersPost: <c>{"ticker":"MNQ1!","action":"buy","sentiment":"long","quantity":1,"signalPrice":25600.25,"time":"…"}</c>.</summary>
internal static class TradersPostDialect
{
    public static readonly Dialect Instance = new("TradersPost",
    [
        ("ticker", Field.Symbol),
        ("action", Field.Action),
        ("sentiment", Field.TargetSide),
        ("price", Field.Price),
        ("signalPrice", Field.Price),
        ("quantity", Field.Quantity),
        ("quantityType", Field.QuantityType),
        ("time", Field.Time),
        ("optionType", Field.Option),
        ("strikePrice", Field.Option),
        ("strikesAway", Field.Option),
        ("expiration", Field.Option),
    ]);
}
