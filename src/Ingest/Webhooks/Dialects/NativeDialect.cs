namespace StreamRecorder.Ingest.Webhooks.Dialects;

/// <summary>Our own form: <c>{"action":"buy","symbol":"MNQ1!","price":25600.25,"quantity":1,"time":"2025-12-04T15:00:00Z"}</c>.</summary>
internal static class NativeDialect
{
    public static readonly Dialect Instance = new("StreamRecorder",
    [
        ("action", Field.Action),
        ("symbol", Field.Symbol),
        ("market", Field.Symbol),
        ("price", Field.Price),
        ("quantity", Field.Quantity),
        ("qty", Field.Quantity),
        ("size", Field.Quantity),
        ("time", Field.Time),
        ("timestamp", Field.Time),
        ("alertTimestamp", Field.FiringTime),
        ("id", Field.Key),
        ("comment", Field.Comment),
    ]);
}
