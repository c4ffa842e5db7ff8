namespace StreamRecorder.Engine.Messages;

/// <summary>
/// Tells whoever waits of the fault that ends the engine. One that has given up waiting does not look any more; the fault is the thread's own to
/// report, so none of them counts as a failure that nobody saw.
/// </summary>
internal static class Waiters
{
    public static void TryFail(this TaskCompletionSource waiter, Exception fault)
    {
        if (waiter.TrySetException(fault)) _ = waiter.Task.Exception;
    }

    public static void TryFail<T>(this TaskCompletionSource<T> waiter, Exception fault)
    {
        if (waiter.TrySetException(fault)) _ = waiter.Task.Exception;
    }
}
