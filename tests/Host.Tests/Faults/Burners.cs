using System.Diagnostics;

namespace StreamRecorder.Host.Tests.Faults;

/// <summary>Processes that do nothing but use processor time, twice as many as there are processors, until disposed of.</summary>
internal sealed class Burners : IDisposable
{
    /// <summary>On a large machine too, few enough to be gone at once.</summary>
    private const int CountMax = 16;

    private readonly List<Process> _processes = [];

    private Burners()
    {
    }

    public static Burners Start()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Needs a shell that this system has not.");
        var burners = new Burners();
        for (var i = Math.Min(CountMax, 2 * Environment.ProcessorCount); i > 0; i--)
            burners._processes.Add(Process.Start("sh", ["-c", "while :; do :; done"]));
        return burners;
    }

    public void Dispose()
    {
        foreach (var process in _processes)
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
    }
}
