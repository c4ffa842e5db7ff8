namespace StreamRecorder.Host.Tests.Support;

/// <summary>Asks another process again and again, where it gives no sign of its own.</summary>
public static class Poll
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>True as soon as it is done, false when it is not within the limit.</summary>
    public static async Task<bool> UntilAsync(Func<Task<bool>> isDone, TimeSpan limit)
    {
        var started = TimeProvider.System.GetTimestamp();
        using var timer = new PeriodicTimer(Pause);
        while (!await isDone())
        {
            if (TimeProvider.System.GetElapsedTime(started) > limit) return false;
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
        return true;
    }
}
