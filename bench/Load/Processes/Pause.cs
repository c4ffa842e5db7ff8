using System.Diagnostics;
using System.Runtime.InteropServices;

namespace StreamRecorder.Load.Processes;

/// <summary>
/// Waits for a moment more exactly than .NET's whole milliseconds, without spinning: the processors belong to those who are measured.
/// </summary>
internal static class Pause
{
    private const long Second = 1_000_000_000;

    /// <param name="timestamp">Of <see cref="Stopwatch"/>. Returns at once when it is past; some 60 µs late at best.</param>
    public static void Until(long timestamp)
    {
        for (var left = Left(timestamp); left > 0; left = Left(timestamp))
        {
            var time = new Time { Seconds = left / Second, Nanoseconds = left % Second };
            if (OperatingSystem.IsWindows() || Sleep(in time, 0) != 0) Thread.Sleep(1);
        }
    }

    private static long Left(long timestamp) => (long)((timestamp - Stopwatch.GetTimestamp()) * ((double)Second / Stopwatch.Frequency));

    [DllImport("libc", EntryPoint = "nanosleep")]
    private static extern int Sleep(in Time time, nint rest);

    [StructLayout(LayoutKind.Sequential)]
    private struct Time
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
