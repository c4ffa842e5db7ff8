using System.Diagnostics;
using System.Globalization;

namespace StreamRecorder.Host.Tests.Support;

/// <summary>Makes the commits of a running service slow from outside, by <c>strace</c>, until it is disposed of.</summary>
public sealed class SlowDisk : IAsyncDisposable
{
    private const string Strace = "/usr/bin/strace";

    private readonly Process _process;

    private SlowDisk(Process process) => _process = process;

    /// <summary>Skips the test where strace is missing or may not trace.</summary>
    public static async Task<SlowDisk> OfAsync(HostProcess host, string directory, TimeSpan delay)
    {
        if (!File.Exists(Strace)) Assert.Skip("strace is not installed here.");
        string[] arguments =
        [
            "-f", "-p", host.Id.ToString(CultureInfo.InvariantCulture), "-o", "/dev/null", "-P", Path.Combine(directory, "journal", "commits"), "-e",
            "trace=pwrite64", "-e",
            string.Create(CultureInfo.InvariantCulture, $"inject=pwrite64:delay_enter={delay.TotalMicroseconds}"),
        ];
        var process = Process.Start(new ProcessStartInfo(Strace, arguments) { RedirectStandardError = true })!;
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var said = "";
        while (await process.StandardError.ReadLineAsync(late.Token) is { } line)
        {
            said += line;
            if (!line.Contains("attached", StringComparison.Ordinal)) continue;
            _ = process.StandardError.ReadToEndAsync(CancellationToken.None);
            return new SlowDisk(process);
        }
        process.Dispose();
        Assert.Skip("strace may not trace here: " + said);
        return null!;
    }

    public async ValueTask DisposeAsync()
    {
        // Told to end it lets go of the service; killed, it might take it along.
        using (var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)])) await kill.WaitForExitAsync();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
