namespace StreamRecorder.Ingest.Webhooks.Dialects;

/// <summary>
/// AutoView, text: <c>e=binance s=BTCUSDT b=long q=0.5 p=61000</c>; <c>c=position</c> closes, <c>c=order</c> cancels, <c>d=1</c>
/// switches the line off. The letters that mean something by themselves are taken in JSON too; <see cref="TextOnly"/> are not.
/// </summary>
internal static class AutoViewDialect
{
    public static readonly Dialect Instance = new("AutoView",
    [
        ("s", Field.Symbol),
        ("b", Field.Action),
        ("q", Field.Quantity),
        ("p", Field.Price),
    ]);

    public static readonly Dialect TextOnly = new("AutoView",
    [.. Instance.Fields,
        ("tp", Field.TakeProfitPrice),
        ("sl", Field.StopLossPrice),
        ("ts", Field.TrailPoints),
        ("c", Field.Closes),
        ("d", Field.OrdersOnly),
    ]);
}
