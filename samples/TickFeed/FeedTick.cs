namespace StreamRecorder.TickFeed;

/// <summary>One print of one symbol.</summary>
/// <param name="Symbol">In any spelling that the service knows: <c>MNQ1!</c>, <c>MNQZ2025</c>, <c>AAPL</c>.</param>
/// <param name="Price">At most 9 decimals.</param>
/// <param name="Time">Of the market, not of arrival.</param>
public readonly record struct FeedTick(string Symbol, decimal Price, DateTimeOffset Time);

/// <summary>What the service has on disk of this connection: batches up to <paramref name="Sequence"/>, and how its ticks fared.</summary>
public sealed record FeedAck(long Sequence, long Accepted, long Late, long Rejected, long Repeated);

/// <summary>A tick that the service did not take.</summary>
/// <param name="Sequence">Of its batch.</param>
/// <param name="Line">Its place in the batch, from 1 on.</param>
public sealed record FeedRejection(long Sequence, long Line, string Reason);

/// <summary>Trying again is of no use: the service refused or closed the connection for what it would refuse the next one for too.</summary>
public sealed class FeedRefusedException(int code, string detail) : Exception($"The service refuses the feed ({code}). {detail}")
{
    /// <summary>Of HTTP below 1000, of WebSocket from there on.</summary>
    public int Code { get; } = code;
}
