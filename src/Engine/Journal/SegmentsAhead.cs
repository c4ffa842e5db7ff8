namespace StreamRecorder.Engine.Journal;

/// <summary>
/// Keeps one whole segment written ahead of the one that the tail is in, on a thread of the pool: an append
/// never waits for a file to be created, and a full disk shows before a record depends on it. So a failure
/// here is no fault yet: it is tried again until it works, while appends use up the room that there is.
/// </summary>
internal sealed class SegmentsAhead : IDisposable
{
    private readonly Lock _gate = new();
    private readonly JournalDisk _disk;
    private readonly JournalLayout _layout;
    private readonly TimeSpan _pause;
    private readonly ITimer _retry;
    private int _asked;
    private int _written;
    private Task _writing = Task.CompletedTask;
    private bool _isWriting;
    private bool _isPausing;
    private bool _isStopped;
    private Exception? _trouble;
    private long _readyUntil;

    public SegmentsAhead(JournalDisk disk, JournalLayout layout, int ready, TimeSpan pause, TimeProvider time)
    {
        (_disk, _layout, _pause) = (disk, layout, pause);
        (_asked, _written) = (ready, ready);
        _readyUntil = (ready + 1) * layout.SegmentBytes;
        _retry = time.CreateTimer(_ => Resume(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Called when a segment could not be written for another reason than the disk, on a thread of the pool.</summary>
    public Action<Exception>? Failed { get; init; }

    /// <summary>Called when the first try failed, and with null when a later one worked, on a thread of the pool.</summary>
    public Action<Exception?>? TroubleChanged { get; set; }

    /// <summary>Why the newest try failed; null: it did not. Any thread.</summary>
    public Exception? Trouble => Volatile.Read(ref _trouble);

    /// <summary>A try failed and the next is not due: nothing moves until then.</summary>
    public bool IsPausing => Volatile.Read(ref _isPausing);

    /// <summary>Records may be appended up to this address.</summary>
    public long ReadyUntil => Volatile.Read(ref _readyUntil);

    /// <summary>Called by the engine's thread with the address of the tail: asks for the segment after its own.</summary>
    public void Enter(long tail)
    {
        if (_layout.SegmentOf(tail) < Volatile.Read(ref _asked)) return;
        lock (_gate)
        {
            _asked++;
            WriteNext();
        }
    }

    /// <summary>Starts nothing more. The task completes when nothing is being written.</summary>
    public Task StopAsync()
    {
        lock (_gate)
        {
            _isStopped = true;
            return _writing;
        }
    }

    public void Dispose() => _retry.Dispose();

    private void Resume()
    {
        lock (_gate)
        {
            Volatile.Write(ref _isPausing, false);
            WriteNext();
        }
    }

    private void WriteNext()
    {
        if (_isWriting || _isPausing || _isStopped || _written == _asked) return;
        _isWriting = true;
        _writing = Task.Run(Write);
    }

    private void Write()
    {
        Exception? trouble = null;
        try
        {
            _disk.EnsureSegment(_written + 1, _layout.SegmentBytes);
        }
        catch (Exception e)
        {
            trouble = e;
            if (e is not (IOException or UnauthorizedAccessException)) Failed?.Invoke(e);
        }
        var isChanged = (trouble is null) != (Trouble is null);
        lock (_gate) Note(trouble);
        if (isChanged) TroubleChanged?.Invoke(trouble);
    }

    private void Note(Exception? trouble)
    {
        _isWriting = false;
        if (trouble is null) Volatile.Write(ref _readyUntil, (++_written + 1) * _layout.SegmentBytes);
        else
        {
            Volatile.Write(ref _isPausing, true);
            _retry.Change(_pause, Timeout.InfiniteTimeSpan);
        }
        Volatile.Write(ref _trouble, trouble);
        WriteNext();
    }
}
