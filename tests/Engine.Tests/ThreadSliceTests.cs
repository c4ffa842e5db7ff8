using Xunit;

namespace StreamRecorder.Engine.Tests;

public class ThreadSliceTests
{
    private static readonly Version First = new(6, 12);

    [Fact]
    public void Shorten_SystemWithSlices_GrantsTheShortest()
    {
        if (!OperatingSystem.IsLinux() || Environment.OSVersion.Version < First) Assert.Skip("This system gives all threads slices of one length.");
        ulong slice = 0;
        // A thread of its own: it would keep the slice.
        var thread = new Thread(() => slice = ThreadSlice.Shorten());

        thread.Start();
        thread.Join();

        if (slice == 0) Assert.Skip("Slices may not be set here.");
        Assert.Equal(ThreadSlice.Shortest, slice);
    }
}
