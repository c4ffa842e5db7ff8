using System.CommandLine;
using System.CommandLine.Parsing;
using System.Runtime.InteropServices;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Host.Cli;

namespace StreamRecorder.Host.Replay;

/// <summary>The verb <c>replay</c>: recorded ticks and signals through the real engine, positions to stdout, everything else to stderr.</summary>
public static class ReplayCommand
{
    private const string Description = "Run recorded ticks and signals through the engine at full speed and print the positions.";

    private static readonly string[] Modes = [.. Enum.GetValues<OnOpposite>().Select(Words.Of)];

    public static Command Create()
    {
        var ticks = Files("--ticks", "Files of ticks: CSV with a header naming time, symbol and price or bid,ask; .gz too.");
        var signals = Files("--signals", "Files of signals: one JSON object a line, a webhook body plus time and recorder; .gz too.");
        var instruments =
            new Option<string?>("--instruments") { Description = "Rows that add to the built-in instruments and override them.", HelpName = "FILE" };
        var mode = new Option<string>("--on-opposite")
        { Description = "What an opposite action does to an open position.", DefaultValueFactory = _ => "auto" };
        mode.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, Modes);
        var format =
            new Option<ReplayFormat>("--format") { Description = "How positions are printed.", DefaultValueFactory = _ => ReplayFormat.Table };
        var window = new Option<decimal?>("--duplicate-window")
        { Description = "Look for repeats: keys, and equal bodies within this many seconds.", HelpName = "S" };
        window.Validators.Add(CheckWindow);
        var command = new Command("replay", Description) { ticks, signals, instruments, mode, format, window };
        command.SetAction((parsed, cancel) => Task.FromResult(RunInConsole(
            new ReplayOptions
            {
                TickFiles = parsed.GetValue(ticks)!,
                SignalFiles = parsed.GetValue(signals)!,
                InstrumentFile = parsed.GetValue(instruments),
                OnOpposite = Words.TryParse(parsed.GetValue(mode)!, out OnOpposite known) ? known : OnOpposite.Auto,
                DuplicateWindow = (long?)(parsed.GetValue(window) * Timestamp.Second),
            },
            parsed.GetValue(format),
            cancel)));
        return command;
    }

    private static Option<string[]> Files(string name, string description)
    {
        var files = new Option<string[]>(name)
        {
            Description = description,
            HelpName = "FILE",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
            Arity = ArgumentArity.OneOrMore,
        };
        files.Validators.Add(CheckFiles);
        return files;
    }

    /// <summary>An option that takes several values swallows misspelt options too.</summary>
    private static void CheckFiles(OptionResult result)
    {
        foreach (var token in result.Tokens)
            if (token.Value.StartsWith("--", StringComparison.Ordinal)) result.AddError($"{token.Value} is no option of replay");
    }

    private static void CheckWindow(OptionResult result)
    {
        if (Fixed9.TryParse(result.Tokens[^1].Value, out var seconds) != NumberError.None || seconds < 0
            || seconds > ReplayLimits.WindowSecondsMax * Fixed9.One)
            result.AddError($"--duplicate-window: seconds from 0 to {ReplayLimits.WindowSecondsMax}");
    }

    /// <summary>Everything after the command line; what it prints goes to the two given.</summary>
    internal static int Run(ReplayOptions options, ReplayFormat format, Stream output, TextWriter error, CancellationToken cancel)
    {
        try
        {
            using var replay = new ReplayRun(options, new ReplayReport());
            ReplayProgress.Show(report => replay.Run(report, cancel));
            ReplayOutput.Write(output, format, replay);
            replay.Report.Write(error);
            return replay.Report.HasTakenNone ? Fail(error, "error: none of the signals could be taken") : CommandLine.Done;
        }
        catch (OperationCanceledException)
        {
            return Fail(error, "error: stopped before the end of the files");
        }
        catch (Exception fault) when (fault is ReplayException or SettingsFileException or IOException or UnauthorizedAccessException)
        {
            return Fail(error, CommandLine.OneLine(fault));
        }
    }

    private static int RunInConsole(ReplayOptions options, ReplayFormat format, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        // Ctrl-C ends between two chunks, so that the progress bar leaves the terminal as it was.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
        {
            signal.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        });
        using var output = new BufferedStream(Console.OpenStandardOutput(), 1 << 16);
        return Run(options, format, output, Console.Error, stop.Token);
    }

    private static int Fail(TextWriter error, string message)
    {
        error.WriteLine(message);
        return CommandLine.Failed;
    }
}
