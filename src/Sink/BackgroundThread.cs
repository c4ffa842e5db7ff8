using System.Runtime.ExceptionServices;
using StreamRecorder.Engine;

namespace StreamRecorder.Sink;

/// <summary>
/// Does one piece of work at a time for a thread that waits for it, and gives way to all others: whoever takes ticks or answers goes first where both
/// want the same CPU. Its work completes no task and queues nothing on the pool
/// (<see cref="ThreadScheduling.TryGiveWay"/> says why).
/// </summary>
internal sealed class BackgroundThread : IDisposable
{
    private readonly AutoResetEvent _begin = new(false);
    private readonly AutoResetEvent _end = new(false);
    private readonly Thread _thread;
    private Action? _work;
    private ExceptionDispatchInfo? _fault;

    public BackgroundThread(string name)
    {
        _thread = new Thread(Loop) { Name = name, IsBackground = true };
        _thread.Start();
    }

    /// <summary>Returns when the work is done, or throws what it threw. One caller at a time.</summary>
    public T Run<T>(Func<T> work)
    {
        var result = default(T);
        _work = () => result = work();
        _begin.Set();
        _end.WaitOne();
        // Nothing that it held is kept alive until there is more to do.
        _work = null;
        _fault?.Throw();
        return result!;
    }

    public void Dispose()
    {
        _work = null;
        _begin.Set();
        _thread.Join();
        _begin.Dispose();
        _end.Dispose();
    }

    private void Loop()
    {
        ThreadScheduling.TryGiveWay(SinkLimits.Niceness);
        while (true)
        {
            _begin.WaitOne();
            if (_work is not { } work) return;
            _fault = null;
            try
            {
                work();
            }
#pragma warning disable CA1031 // Whatever it is, the waiting thread gets it.
            catch (Exception fault)
#pragma warning restore CA1031
            {
                _fault = ExceptionDispatchInfo.Capture(fault);
            }
            _end.Set();
        }
    }
}
