using Xunit;

namespace StreamRecorder.Engine.Tests;

public class ThreadSliceTests
{
    private static readonly Version First = new(6, 12);

    [Fact]
    public void TryShorten_SystemWithSlices_IsForTheCallingThreadAlone()
    {
        if (!OperatingSystem.IsLinux() || Environment.OSVersion.Version < First) Assert.Skip("This system gives all threads slices of one length.");
        var (isShort, usual, shortened, started) = (false, 0UL, 0UL, 0UL);
        // A thread of its own: it keeps the slice.
        Run(() =>
        {
            usual = ThreadSlice.Current;
            isShort = ThreadSlice.TryShorten();
            shortened = ThreadSlice.Current;
            Run(() => started = ThreadSlice.Current);
        });

        // Any thread may ask for it; a system that is new enough and says no has been asked wrongly, or forbids the call.
        Assert.True(isShort, $"the slice of {usual} ns stays");
        Assert.Equal(ThreadSlice.Shortest, shortened);
        Assert.NotEqual(ThreadSlice.Shortest, started);
        Assert.Equal(usual, started);
    }

    private static void Run(Action action)
    {
        var thread = new Thread(() => action());
        thread.Start();
        thread.Join();
    }
}
