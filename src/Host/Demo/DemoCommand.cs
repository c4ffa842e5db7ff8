using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Runtime.InteropServices;
using StreamRecorder.Host.Cli;
using StreamRecorder.Host.Start;

namespace StreamRecorder.Host.Demo;

/// <summary>The verb <c>demo</c>: the service in a fresh temporary directory with something going on.</summary>
public static class DemoCommand
{
    public static Command Create()
    {
        var seconds = new Option<int?>("--seconds") { Description = "Ends after so many seconds (default: Ctrl-C)", HelpName = "N" };
        seconds.Validators.Add(CheckSeconds);
        var urls = new Option<string?>("--urls") { Description = "Where webhooks, feeds and the API listen (default http://127.0.0.1:8080)" };
        var management = new Option<string?>("--management-urls") { Description = "Where health and metrics listen (default http://127.0.0.1:9464)" };
        var seed = new Option<ulong>("--seed") { Description = "The same seed gives the same prices", DefaultValueFactory = _ => 1, HelpName = "N" };
        var command = new Command("demo", "Runs the service in a fresh temporary directory, with a simulated market and sample recorders.")
        {
            seconds, urls, management, seed,
        };
        command.SetAction(async (parsed, _) =>
        {
            var given = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
            if (parsed.GetValue(urls) is { } listen) given[Options.Section + ":Urls"] = listen;
            if (parsed.GetValue(management) is { } manage) given[Options.Section + ":ManagementUrls"] = manage;
            using var stop = new CancellationTokenSource();
            if (parsed.GetValue(seconds) is { } limit) stop.CancelAfter(TimeSpan.FromSeconds(limit));
            using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
            using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
            return await RunAsync(Configuration.Read([], given), parsed.GetValue(seed), DemoScreen.OfConsole(), stop.Token).ConfigureAwait(false);

            void Stop(PosixSignalContext signal)
            {
                // The first ends in good order; the second at once, as the system would have it.
                signal.Cancel = !stop.IsCancellationRequested;
                stop.Cancel();
            }
        });
        return command;
    }

    /// <summary>Serves and plays until <paramref name="stop"/>; the exit code says how it ended.</summary>
    internal static async Task<int> RunAsync(Options options, ulong seed, DemoScreen screen, CancellationToken stop)
    {
        var directory = Directory.CreateTempSubdirectory("streamrecorder-demo-").FullName;
        // Whatever ends the demo is told as one line; the web server would tell it too, at length.
        using var logs = LoggerFactory.Create(builder => builder
            .SetMinimumLevel(LogLevel.Warning).AddFilter("Microsoft", LogLevel.Critical).AddSimpleConsole(console => console.SingleLine = true));
        using var unobserved = new UnobservedFaults(logs.CreateLogger<Service>());
        var service = await StartAsync(options with { DataDirectory = directory }, logs).ConfigureAwait(false);
        string? late = null;
        try
        {
            await PlayAsync(service, directory, seed, screen, stop).ConfigureAwait(false);
        }
        finally
        {
            if (service.Faulted.IsCompleted) await service.AbandonAsync().ConfigureAwait(false);
            else late = await service.StopAsync().ConfigureAwait(false);
            screen.Say($"The data stays in {directory}; delete it when you have seen it.");
        }
        if (late is not null) throw new DemoException($"{late} did not end in time; what was accepted is in the journal");
        return CommandLine.Done;
    }

    private static async Task<Service> StartAsync(Options options, ILoggerFactory logs)
    {
        try
        {
            return await Service.StartAsync(options, TimeProvider.System, logs).ConfigureAwait(false);
        }
        catch
        {
            // Nothing has happened in it yet; most likely the port is taken.
            Directory.Delete(options.DataDirectory, recursive: true);
            throw;
        }
    }

    private static async Task PlayAsync(Service service, string directory, ulong seed, DemoScreen screen, CancellationToken stop)
    {
        using var client = new DemoClient(service.Urls[0], AdminKey.Read(directory)!);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var playing = new DemoSession(service, directory, client, screen).RunAsync(seed, ended.Token);
        if (await Task.WhenAny(playing, service.Faulted).ConfigureAwait(false) == service.Faulted)
        {
            await ended.CancelAsync().ConfigureAwait(false);
            throw await service.Faulted.ConfigureAwait(false);
        }
        await playing.ConfigureAwait(false);
    }

    private static void CheckSeconds(OptionResult result)
    {
        if (!int.TryParse(result.Tokens[^1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || seconds is < 1 or > DemoLimits.SecondsMax)
            result.AddError($"--seconds: a whole number from 1 to {DemoLimits.SecondsMax}");
    }
}
