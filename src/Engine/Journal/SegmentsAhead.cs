namespace StreamRecorder.Engine.Journal;

/// <summary>
/// Keeps one whole segment written ahead of the one that the tail is in, on a thread of the pool: an append never waits for a file to be
/// created, and a full disk shows
/// before a record depends on it.
/// </summary>
internal sealed class SegmentsAhead(JournalDisk disk, JournalLayout layout, int ready)
{
    private readonly Lock _gate = new();
    private Task _writing = Task.CompletedTask;
    private int _asked = ready;
    private long _readyUntil = (ready + 1) * layout.SegmentBytes;

    /// <summary>Called when a segment could not be written, on a thread of the pool.</summary>
    public Action<Exception>? Failed { get; set; }

    /// <summary>Records may be appended up to this address.</summary>
    public long ReadyUntil => Volatile.Read(ref _readyUntil);

    /// <summary>Called by the engine's thread with the address of the tail: asks for the segment after its own.</summary>
    public void Enter(long tail)
    {
        if (layout.SegmentOf(tail) < Volatile.Read(ref _asked)) return;
        lock (_gate)
        {
            _asked++;
            _writing = _writing.ContinueWith(WriteNext, _asked, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    /// <summary>Completes when nothing is being written. Used before the disk is closed.</summary>
    public Task Idle()
    {
        lock (_gate) return _writing;
    }

    private void WriteNext(Task before, object? number)
    {
        try
        {
            disk.EnsureSegment((int)number!, layout.SegmentBytes);
            Volatile.Write(ref _readyUntil, ((int)number! + 1) * layout.SegmentBytes);
        }
        catch (Exception e)
        {
            Failed?.Invoke(e);
        }
    }
}
