using System.CommandLine;
using System.Runtime.InteropServices;

namespace StreamRecorder.Host.Cli;

/// <summary><c>serve</c>: the service, until SIGTERM, Ctrl-C or a fault.</summary>
public static class ServeCommand
{
    public static Command Create()
    {
        var data = new Option<string?>("--data") { Description = "The data directory (default ./data)" };
        var urls = new Option<string?>("--urls") { Description = "Where webhooks, feeds and the API listen (default http://127.0.0.1:8080)" };
        var management = new Option<string?>("--management-urls") { Description = "Where health and metrics listen (default http://127.0.0.1:9464)" };
        var command =
            new Command("serve",
                "Runs the service. Settings also come from appsettings.json and "
                + "StreamRecorder__ environment variables, or as --StreamRecorder:NAME=VALUE.")
        {
            data, urls, management,
        };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction(async (parsed, _) =>
        {
            var given = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
            if (parsed.GetValue(data) is { } directory) given[Options.Section + ":DataDirectory"] = directory;
            if (parsed.GetValue(urls) is { } listen) given[Options.Section + ":Urls"] = listen;
            if (parsed.GetValue(management) is { } manage) given[Options.Section + ":ManagementUrls"] = manage;
            return await RunAsync(Configuration.Read(parsed.UnmatchedTokens, given)).ConfigureAwait(false);
        });
        return command;
    }

    /// <summary>Serves until told to stop; the exit code says how it ended.</summary>
    public static async Task<int> RunAsync(Options options)
    {
        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var logs = Logs.Create();
        var log = logs.CreateLogger<Service>();
        using var unobserved = new UnobservedFaults(log);
        var service = await Service.StartAsync(options, TimeProvider.System, logs).ConfigureAwait(false);
        log.LogInformation(
            "Ready: webhooks, feeds and API on {Urls}, health on {ManagementUrls}, data in {Directory}",
            string.Join(", ", service.Urls), string.Join(", ", service.ManagementUrls), Path.GetFullPath(options.DataDirectory));
        if (await Task.WhenAny(stop.Task, service.Faulted).ConfigureAwait(false) == stop.Task)
        {
            log.LogInformation("Stopping");
            var late = await service.StopAsync().ConfigureAwait(false);
            if (!service.Faulted.IsCompleted)
            {
                log.LogInformation("Stopped");
                if (late is null)
                {
                    UnobservedFaults.LookNow();
                    return CommandLine.Done;
                }
                await Console.Error.WriteLineAsync(
                    $"error: {late} did not end in time; what was accepted is in the journal and comes back at the next start.")
                    .ConfigureAwait(false);
                return CommandLine.Failed;
            }
        }
        var fault = await service.Faulted.ConfigureAwait(false);
        await Console.Error.WriteLineAsync(CommandLine.OneLine(fault)).ConfigureAwait(false);
        await service.AbandonAsync().ConfigureAwait(false);
        return CommandLine.Failed;

        void Stop(PosixSignalContext signal)
        {
            // The first signal drains; the second ends the process at once, as the system would have it.
            signal.Cancel = stop.TrySetResult();
        }
    }
}
