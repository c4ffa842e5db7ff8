namespace StreamRecorder.Host;

/// <summary>
/// The last place where a task's failure can be seen: the runtime tells of it when the task is collected and nobody has looked at it, and by itself
/// goes on without a word. Each becomes one line of the log, with its trace. The process goes on: the parts whose end must be its end are watched
/// (<see cref="Composition.Faulted"/>), and what is left, a connection's task of the web server for one, must not be a way to end the service from
/// outside. One for a process; any thread.
/// </summary>
public sealed class UnobservedFaults : IDisposable
{
    private readonly ILogger _log;

    public UnobservedFaults(ILogger log)
    {
        _log = log;
        TaskScheduler.UnobservedTaskException += Tell;
    }

    /// <summary>
    /// Has told of all that failed until now and that nobody can look at any more, when it returns. For a service that has stopped in good order:
    /// after a fault a finalizer may wait for a call that hangs.
    /// </summary>
    public static void LookNow()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    public void Dispose() => TaskScheduler.UnobservedTaskException -= Tell;

    private void Tell(object? sender, UnobservedTaskExceptionEventArgs fault)
    {
        fault.SetObserved();
        _log.LogError(fault.Exception, "A task failed unobserved; the service goes on.");
    }
}
