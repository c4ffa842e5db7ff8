using System.Diagnostics;
using StreamRecorder.Host.Tests.Support;

namespace StreamRecorder.Grafana.Tests.Faults;

/// <summary>
/// Makes the disk under a running service's journal slow: each write of a record or a commit slot is held in
/// the kernel for 0.7 s, so that a commit takes 1.4 s and two after each other longer than an answer may.
/// </summary>
internal sealed class SlowDisk : IAsyncDisposable
{
    private const string Strace = "/usr/bin/strace";
    private const int DelayMicros = 700_000;

    private readonly Process _process;

    private SlowDisk(Process process) => _process = process;

    public static SlowDisk Under(HostProcess service, string directory)
    {
        if (!File.Exists(Strace)) Assert.Skip("strace is not installed here.");
        var journal = Path.Combine(directory, "journal");
        string[] files = [.. Directory.GetFiles(journal).SelectMany(path => new[] { "-P", path })];
        string[] arguments =
            ["-f", "-p", $"{service.Id}", .. files, "-e", "trace=pwrite64", "-e", $"inject=pwrite64:delay_enter={DelayMicros}", "-o", "/dev/null"];
        return new SlowDisk(Process.Start(new ProcessStartInfo(Strace, arguments) { RedirectStandardError = true })!);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
