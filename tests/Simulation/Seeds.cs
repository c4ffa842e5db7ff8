using System.Diagnostics;
using System.Globalization;

namespace StreamRecorder.Simulation;

/// <summary>Which seeds a session of tests runs, and how.</summary>
internal static class Seeds
{
    /// <summary>Fixed seeds come first, so that what once failed is met again.</summary>
    public static IEnumerable<int> Some(int count) => Enumerable.Range(1, count).Append(OfCommit());

    /// <summary><c>SIM_SEED=n</c>: this one alone.</summary>
    public static int? Wanted => Number("SIM_SEED");

    /// <summary><c>SIM_HOURS=n</c>: new seeds for so long; null: not asked for.</summary>
    public static int? Hours => Number("SIM_HOURS");

    /// <summary>Another one for each commit: over the months CI sees many. Without git it is 0.</summary>
    public static int OfCommit()
    {
        var hash = Environment.GetEnvironmentVariable("SIM_COMMIT") ?? Environment.GetEnvironmentVariable("GITHUB_SHA") ?? AskGit();
        return hash.Length >= 7 && int.TryParse(hash.AsSpan(0, 7), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var seed) ? seed : 0;
    }

    private static int? Number(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string AskGit()
    {
        try
        {
            var start = new ProcessStartInfo("git", ["rev-parse", "HEAD"]) { RedirectStandardOutput = true, RedirectStandardError = true };
            using var git = Process.Start(start)!;
            var hash = git.StandardOutput.ReadToEnd().Trim();
            git.WaitForExit();
            return hash;
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or IOException)
        {
            return "";
        }
    }
}
