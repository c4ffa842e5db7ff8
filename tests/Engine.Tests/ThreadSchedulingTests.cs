using Xunit;

namespace StreamRecorder.Engine.Tests;

public class ThreadSchedulingTests
{
    private static readonly Version First = new(6, 12);

    [Fact]
    public void TryShortenSlice_SystemWithSlices_IsForTheCallingThreadAlone()
    {
        if (!OperatingSystem.IsLinux() || Environment.OSVersion.Version < First) Assert.Skip("This system gives all threads slices of one length.");
        var (isShort, usual, shortened, started) = (false, 0UL, 0UL, 0UL);
        // A thread of its own: it keeps the slice.
        Run(() =>
        {
            usual = ThreadScheduling.Slice;
            isShort = ThreadScheduling.TryShortenSlice();
            shortened = ThreadScheduling.Slice;
            Run(() => started = ThreadScheduling.Slice);
        });

        // Any thread may ask for it; a system that is new enough and says no has been asked wrongly, or forbids the call.
        Assert.True(isShort, $"the slice of {usual} ns stays");
        Assert.Equal(ThreadScheduling.ShortestSlice, shortened);
        Assert.NotEqual(ThreadScheduling.ShortestSlice, started);
        Assert.Equal(usual, started);
    }

    [Fact]
    public void TryGiveWay_OnLinux_IsForTheCallingThreadAndThoseItStarts()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Only Linux knows the niceness of a thread.");
        var (usual, gaveWay, nice, started, other) = (-1, false, -1, -1, -1);
        Run(() =>
        {
            usual = ThreadScheduling.Niceness;
            gaveWay = ThreadScheduling.TryGiveWay(5);
            nice = ThreadScheduling.Niceness;
            Run(() => started = ThreadScheduling.Niceness);
        });
        Run(() => other = ThreadScheduling.Niceness);

        Assert.True(gaveWay);
        Assert.Equal(Math.Min(19, usual + 5), nice);
        Assert.Equal(nice, started);
        Assert.Equal(usual, other);
    }

    private static void Run(Action action)
    {
        var thread = new Thread(() => action());
        thread.Start();
        thread.Join();
    }
}
