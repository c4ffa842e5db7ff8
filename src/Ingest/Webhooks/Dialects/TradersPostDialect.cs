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
        ("takeProfit.limitPrice", Field.TakeProfitPrice),
        ("takeProfit.amount", Field.TakeProfitPoints),
        ("takeProfit.percent", Field.TakeProfitPercent),
        ("stopLoss.stopPrice", Field.StopLossPrice),
        ("stopLoss.limitPrice", Field.StopLimitPrice),
        ("stopLoss.amount", Field.StopLossPoints),
        ("stopLoss.percent", Field.StopLossPercent),
        ("stopLoss.trailAmount", Field.TrailPoints),
        ("stopLoss.trailPercent", Field.TrailPercent),
        ("optionType", Field.Option),
        ("strikePrice", Field.Option),
        ("strikesAway", Field.Option),
        ("expiration", Field.Option),
    ]);
}
