namespace StreamRecorder.Ingest.Webhooks.Dialects;

/// <summary>Tickerly: <c>{"ticker":"MNQ1!","action":"buy","prev_position":"flat","quantity":"1"}</c>.</summary>
internal static class TickerlyDialect
{
    public static readonly Dialect Instance = new("Tickerly",
    [
        ("ticker", Field.Symbol),
        ("action", Field.Action),
        ("prev_position", Field.PreviousPosition),
        ("quantity", Field.Quantity),
    ]);
}
