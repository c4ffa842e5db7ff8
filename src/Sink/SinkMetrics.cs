namespace StreamRecorder.Sink;

/// <summary>What one transaction was: for histograms, which a sampled counter cannot fill. Durations µs.</summary>
public readonly record struct Flush(int Groups, int Rows, long DurationMicros, long LagMicros);

/// <summary>Counters that the sink's two threads write and others only read.</summary>
public sealed class SinkMetrics
{
    private long _groups;
    private long _rows;
    private long _batches;
    private long _skipped;
    private long _retries;
    private long _snapshots;
    private long _snapshotsFailed;
    private long _thinned;
    private long _flushMicros;
    private long _lagMicros;
    private long _failing;

    /// <summary>Groups and outputs written, and the transactions they were written in.</summary>
    public long Groups => Interlocked.Read(ref _groups);

    public long Rows => Interlocked.Read(ref _rows);

    public long Batches => Interlocked.Read(ref _batches);

    /// <summary>Groups that the database had already: replayed after a restart.</summary>
    public long GroupsSkipped => Interlocked.Read(ref _skipped);

    /// <summary>Transactions that failed and were tried again.</summary>
    public long Retries => Interlocked.Read(ref _retries);

    public long Snapshots => Interlocked.Read(ref _snapshots);

    /// <summary>Snapshots given up because the database failed: a gap in a chart.</summary>
    public long SnapshotsFailed => Interlocked.Read(ref _snapshotsFailed);

    /// <summary>Snapshots deleted for their age, and folds merged.</summary>
    public long Thinned => Interlocked.Read(ref _thinned);

    /// <summary>Duration of the last transaction.</summary>
    public long LastFlushMicros => Interlocked.Read(ref _flushMicros);

    /// <summary>From the oldest group's engine time to its being durable, of the last transaction; grows while the database fails.</summary>
    public long LagMicros => Interlocked.Read(ref _lagMicros);

    /// <summary>True from the first failed try to the next that works.</summary>
    public bool IsFailing => Interlocked.Read(ref _failing) != 0;

    internal void Flushed(in Flush flush)
    {
        Interlocked.Add(ref _groups, flush.Groups);
        Interlocked.Add(ref _rows, flush.Rows);
        Interlocked.Increment(ref _batches);
        Interlocked.Exchange(ref _flushMicros, flush.DurationMicros);
        Interlocked.Exchange(ref _lagMicros, flush.LagMicros);
    }

    internal void Skipped(int groups) => Interlocked.Add(ref _skipped, groups);

    internal void Failed(long lagMicros)
    {
        Interlocked.Increment(ref _retries);
        Interlocked.Exchange(ref _lagMicros, lagMicros);
        Interlocked.Exchange(ref _failing, 1);
    }

    internal void Recovered() => Interlocked.Exchange(ref _failing, 0);

    internal void SnapshotsWritten(int rows) => Interlocked.Add(ref _snapshots, rows);

    internal void SnapshotsLost(int rows) => Interlocked.Add(ref _snapshotsFailed, rows);

    internal void ThinnedBy(int rows) => Interlocked.Add(ref _thinned, rows);
}
