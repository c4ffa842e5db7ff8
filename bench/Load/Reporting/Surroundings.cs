using System.Diagnostics;
using System.Runtime.InteropServices;

namespace StreamRecorder.Load.Reporting;

/// <summary>What a report says about where it was made.</summary>
internal static class Surroundings
{
    public static string Machine()
    {
        const string cpus = "/proc/cpuinfo";
        var model = File.Exists(cpus)
            ? File.ReadLines(cpus).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim()
            : null;
        return $"{Environment.ProcessorCount} processors "
            + $"({model ?? RuntimeInformation.ProcessArchitecture.ToString()}), {RuntimeInformation.OSDescription}{LoadNow()}";
    }

    public static string Runtime() => RuntimeInformation.FrameworkDescription;

    /// <summary>"unknown" where there is no git or no repository.</summary>
    public static async Task<string> CommitAsync()
    {
        try
        {
            using var git = Process.Start(
                new ProcessStartInfo("git", ["describe", "--always", "--dirty"]) { RedirectStandardOutput = true, RedirectStandardError = true });
            var commit = (await git!.StandardOutput.ReadToEndAsync().ConfigureAwait(false)).Trim();
            await git.WaitForExitAsync().ConfigureAwait(false);
            return commit.Length > 0 ? commit : "unknown";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "unknown";
        }
    }

    /// <summary>What else the machine was doing before the run: the first figure of the load average.</summary>
    private static string LoadNow()
    {
        const string average = "/proc/loadavg";
        return File.Exists(average) ? $", load average {File.ReadAllText(average).Split(' ')[0]} before the run" : "";
    }
}
