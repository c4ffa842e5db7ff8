namespace StreamRecorder.Sink;

/// <summary>
/// When to write and when to try again. Knows only numbers and a clock; the sink obeys. Write when the batch is found full; else when nothing
/// more is waiting and the first group has lingered long enough for company.
/// </summary>
internal sealed class BatchPolicy(TimeProvider time, int rowsMax, int groupsMax, TimeSpan linger)
{
    private long _since;
    private int _rows;
    private int _groups;
    private int _failures;

    public bool IsFull => _rows >= rowsMax || _groups >= groupsMax;

    /// <summary>Tries that failed in a row.</summary>
    public int Failures => _failures;

    public void Took(int rows)
    {
        if (_groups == 0) _since = time.GetTimestamp();
        _groups++;
        _rows += rows;
    }

    /// <summary>
    /// How long to wait for more, now that no more is waiting: zero means write now, infinite that there is nothing to write.
    /// </summary>
    public TimeSpan Wait()
    {
        if (_groups == 0) return Timeout.InfiniteTimeSpan;
        var left = linger - time.GetElapsedTime(_since);
        return IsFull || left <= TimeSpan.Zero ? TimeSpan.Zero : left;
    }

    public void Written()
    {
        _rows = 0;
        _groups = 0;
        _failures = 0;
    }

    /// <summary>One more failure: how long to pause. Doubles from the least to the greatest pause.</summary>
    public TimeSpan Failed()
    {
        // 20 doublings pass every bound; the shift itself must not overflow.
        var doublings = Math.Min(_failures++, 20);
        var pause = SinkLimits.BackoffMin.Ticks << doublings;
        return TimeSpan.FromTicks(Math.Min(pause, SinkLimits.BackoffMax.Ticks));
    }
}
