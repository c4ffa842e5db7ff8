namespace StreamRecorder.Engine;

/// <summary>
/// The thread that turns the loop: sleeps when there is nothing to do, wakes for a message, a commit,
/// room in the outbox or ticks to fold. It ends when told to and all is done, or on the first fault,
/// which it reports: a broken invariant or a journal that cannot be written must end the process.
/// </summary>
public sealed class EngineThread : IDisposable
{
    private readonly EngineLoop _loop;
    private readonly Action<Exception> _faulted;
    private readonly AutoResetEvent _wake = new(false);
    private readonly Thread _thread;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _isSleeping;
    private volatile bool _isStopping;

    public EngineThread(EngineLoop loop, Inbox inbox, Outbox outbox, Journal.IJournal journal, Action<Exception> faulted)
    {
        _loop = loop;
        _faulted = faulted;
        inbox.Arrived = Wake;
        outbox.Drained += Wake;
        journal.Committed += Wake;
        _thread = new Thread(Run) { Name = "engine", IsBackground = true };
    }

    /// <summary>Completes when the thread has ended, in good order or not.</summary>
    public Task Ended => _ended.Task;

    public void Start() => _thread.Start();

    /// <summary>Ends the thread once everything that waits is applied, committed and released. Close the inbox first.</summary>
    public Task StopAsync()
    {
        _isStopping = true;
        _wake.Set();
        return _ended.Task;
    }

    public void Dispose() => _wake.Dispose();

    private void Wake()
    {
        // The channel's write before this is a full fence: either the loop sees the message, or we see it sleeping.
        if (Volatile.Read(ref _isSleeping) == 1) _wake.Set();
    }

    private void Run()
    {
        // Everything waits for this thread; what it does at a time is short.
        ThreadScheduling.TryShortenSlice();
        try
        {
            while (!(_isStopping && _loop.IsIdle))
                if (_loop.RunOnce() == 0) Sleep();
        }
#pragma warning disable CA1031 // Whatever it is, the process must not go on acknowledging: it is reported and ends the process.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            _loop.FailAll(fault);
            _faulted(fault);
        }
        finally
        {
            _ended.TrySetResult();
        }
    }

    /// <summary>Upwards: a wait of 0.4 ms must not become one of 0, which would spin.</summary>
    private static int WholeMilliseconds(TimeSpan time) =>
        time == Timeout.InfiniteTimeSpan ? Timeout.Infinite : (int)Math.Ceiling(time.TotalMilliseconds);

    private void Sleep()
    {
        Interlocked.Exchange(ref _isSleeping, 1);
        if (!_loop.HasWork && !(_isStopping && _loop.IsIdle)) _wake.WaitOne(WholeMilliseconds(_loop.WaitLimit));
        Interlocked.Exchange(ref _isSleeping, 0);
    }
}
