using System.ComponentModel;
using System.Diagnostics;
using Xunit;

namespace StreamRecorder.Grafana.Tests.Rules;

/// <summary>Runs promtool; a test that needs it is skipped where it is not installed.</summary>
internal static class Promtool
{
    public const string Missing = "Prometheus is not installed; Debian and Ubuntu have it, and promtool, in the package 'prometheus'.";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    public static Task<(int Code, string Output)> RunAsync(params string[] arguments) => RunWithInputAsync("", arguments);

    public static async Task<(int Code, string Output)> RunWithInputAsync(string input, params string[] arguments)
    {
        var start = new ProcessStartInfo("promtool", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        using var process = Start(start);
        var cancellation = TestContext.Current.CancellationToken;
        var output = process.StandardOutput.ReadToEndAsync(cancellation);
        var error = process.StandardError.ReadToEndAsync(cancellation);
        await process.StandardInput.WriteAsync(input.AsMemory(), cancellation);
        process.StandardInput.Close();
        await process.WaitForExitAsync(cancellation).WaitAsync(Limit, cancellation);
        return (process.ExitCode, await output + await error);
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            Assert.Skip(Missing);
            throw;
        }
    }
}
