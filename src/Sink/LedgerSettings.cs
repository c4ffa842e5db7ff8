namespace StreamRecorder.Sink;

/// <summary>How much of the ledger is kept, and who knows when answers left.</summary>
public sealed record LedgerSettings
{
    public TimeSpan Age { get; init; } = SinkLimits.LedgerAge;

    /// <summary>Of the rows together; the oldest go first.</summary>
    public long BytesMax { get; init; } = SinkLimits.LedgerBytesMax;

    /// <summary>When the answer to an entry was handed to its connection, µs; null while that is not known. Asked on the sink's thread.</summary>
    public Func<long, long?> AnsweredAt { get; init; } = _ => null;
}
