using System.Diagnostics;

namespace StreamRecorder.Host.Tests.Faults;

/// <summary>
/// Faults that the kernel itself gives: <c>strace</c> at a running process, which makes the next calls of a kind on given files fail,
/// hang, or kill the process. Until it is disposed of. The test skips, saying so, where there is no strace or it may not trace.
/// </summary>
internal sealed class KernelFaults : IAsyncDisposable
{
    private const string Strace = "/usr/bin/strace";

    private readonly Process _process;
    private readonly string _log;

    private KernelFaults(Process process, string log) => (_process, _log) = (process, log);

    /// <param name="fault">As strace has it: <c>signal=KILL</c>, <c>error=ENOSPC</c>, <c>delay_enter=200000</c> (µs).</param>
    public static async Task<KernelFaults> AttachAsync(int processId, string calls, string fault, params string[] files)
    {
        if (!File.Exists(Strace)) Assert.Skip("strace is not installed here.");
        string[] paths = [.. files.SelectMany(file => new[] { "-P", file })];
        var log = Path.GetTempFileName();
        var start = new ProcessStartInfo(Strace,
            ["-f", "-p", $"{processId}", .. paths, "-o", log, "-e", "trace=" + calls, "-e", $"inject={calls}:{fault}"])
        { RedirectStandardError = true };
        var faults = new KernelFaults(Process.Start(start)!, log);
        // One line for each file that it looks for, then "attached".
        while (await faults._process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (line.Contains("attached", StringComparison.Ordinal)) return faults;
            if (line.Contains("ptrace", StringComparison.OrdinalIgnoreCase)) Assert.Skip("strace may not trace here: " + line);
        }
        throw new InvalidOperationException("strace did not attach");
    }

    /// <summary>What to start a program under for the same from its beginning; <paramref name="fault"/> may say which call of a thread.</summary>
    public static string[] Under(string calls, string fault, params string[] files)
    {
        if (!File.Exists(Strace)) Assert.Skip("strace is not installed here.");
        string[] paths = [.. files.SelectMany(file => new[] { "-P", file })];
        return [Strace, "-f", "-o", "/dev/null", .. paths, "-e", "trace=" + calls, "-e", $"inject={calls}:{fault}"];
    }

    /// <summary>Lets a process go that has ended while one of its calls was held: strace itself would hold that one for ever.</summary>
    public void LetGo() => _process.Kill();

    /// <summary>Ends it and tells how many calls it made fail.</summary>
    public async Task<int> EndAsync()
    {
        await DetachAsync();
        return File.ReadLines(_log).Count(line => line.Contains("(INJECTED)", StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        await DetachAsync();
        _process.Dispose();
        File.Delete(_log);
    }

    private async Task DetachAsync()
    {
        if (!_process.HasExited)
        {
            // Told to end, it lets the process go on; killed, it might leave it stopped.
            using var end = Process.Start("kill", ["-INT", $"{_process.Id}"]);
            await end.WaitForExitAsync();
        }
        await _process.WaitForExitAsync();
    }
}
