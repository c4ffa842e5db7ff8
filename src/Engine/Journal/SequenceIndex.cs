namespace StreamRecorder.Engine.Journal;

/// <summary>
/// Which record starts at which address, one point for each <paramref name="strideBytes"/> or so: enough to find where to truncate. Used by the
/// engine's thread only.
/// </summary>
internal sealed class SequenceIndex(long strideBytes)
{
    private readonly Queue<(long Sequence, long Address)> _points = new(capacity: 1024);
    private long _nextAt;

    /// <summary>Takes note of a record; keeps it when it is far enough from the last point.</summary>
    public void Add(long sequence, long address)
    {
        if (address < _nextAt) return;
        _nextAt = address + strideBytes;
        _points.Enqueue((sequence, address));
    }

    /// <summary>The last point at or before a sequence, forgetting those before it; null when there is none.</summary>
    public (long Sequence, long Address)? Advance(long sequence)
    {
        (long Sequence, long Address)? found = null;
        while (_points.TryPeek(out var point) && point.Sequence <= sequence) found = _points.Dequeue();
        return found;
    }
}
