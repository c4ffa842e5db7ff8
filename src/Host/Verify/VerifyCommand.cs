using System.CommandLine;
using StreamRecorder.Host.Cli;

namespace StreamRecorder.Host.Verify;

/// <summary>
/// <c>verify</c>: says where journal and database do not agree with themselves and with each other; works with the service running or stopped.
/// </summary>
public static class VerifyCommand
{
    public static Command Create()
    {
        var data = CommandLine.DataOption();
        var command =
            new Command("verify",
                "Checks journal and database against themselves and each other; works with the service running or stopped.") { data };
        command.SetAction((parsed, _) => RunAsync(parsed.GetRequiredValue(data), Console.Out, Console.Error));
        return command;
    }

    /// <summary>Exit code 0 only if all agree, else 1.</summary>
    public static async Task<int> RunAsync(string directory, TextWriter output, TextWriter errors)
    {
        var report = new Verifier(directory, TimeProvider.System).Run();
        foreach (var finding in report.Findings) await output.WriteLineAsync(finding).ConfigureAwait(false);
        foreach (var line in report.Summary()) await output.WriteLineAsync(line).ConfigureAwait(false);
        if (report.Agrees) return CommandLine.Done;
        await errors.WriteLineAsync(
            $"error: {report.FindingCount} finding(s) in {Path.GetFullPath(directory)}; nothing was changed.").ConfigureAwait(false);
        return CommandLine.Failed;
    }
}
