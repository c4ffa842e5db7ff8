using System.Globalization;

namespace StreamRecorder.Naive;

/// <summary>
/// The independent reference for the engine's replay: the same command line and the same output, from a program that shares nothing with it.
/// Verbs: "replay" (also when none is named) and "make-signals". Exit codes: 0 done, 1 failed, 2 wrong usage.
/// </summary>
public static class Program
{
    private const string BuiltInTable = "src/Engine/Instruments/instruments.csv";

    private static readonly string[] ReplayOptions = ["--ticks", "--signals", "--instruments", "--builtin", "--on-opposite", "--format"];
    private static readonly string[] MakeSignalsOptions =
        ["--ticks", "--symbols", "--recorders", "--count", "--seed", "--mode-mix", "--instruments", "--builtin"];

    public static int Main(string[] arguments)
    {
        try
        {
            var verb = arguments.Length > 0 && !arguments[0].StartsWith('-') ? arguments[0] : "replay";
            Run(verb, arguments.SkipWhile(argument => argument == verb));
            return 0;
        }
        catch (ArgumentException usage)
        {
            return Fail(usage, 2);
        }
        catch (Exception failure) when (failure is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return Fail(failure, 1);
        }
    }

    private static int Fail(Exception failure, int code)
    {
        Console.Error.WriteLine(failure.Message);
        return code;
    }

    private static void Run(string verb, IEnumerable<string> arguments)
    {
        if (verb == "make-signals") MakeSignals(new CommandLine(arguments, MakeSignalsOptions));
        else if (verb == "replay") RunReplay(new CommandLine(arguments, ReplayOptions));
        else throw new ArgumentException($"unknown verb {verb}");
    }

    private static void RunReplay(CommandLine options)
    {
        if (options.One("--format", "json") != "json") throw new ArgumentException("--format: json only");
        var table = Instruments(options);
        var replay = new Replay(table, Mode(options));
        var rejected = new List<string>();
        var ticks = options.Needed("--ticks").SelectMany(path => TickFile.Read(path, table, rejected)).ToList();
        var signals = options.Needed("--signals").SelectMany(path => SignalFile.Read(path, rejected)).ToList();
        replay.Run(ticks, signals);
        Console.Out.WriteLine(PositionsJson.Write(replay));
        Report(replay, rejected);
    }

    private static OnOpposite Mode(CommandLine options)
    {
        var text = options.One("--on-opposite", "auto");
        var modes = Enum.GetValues<OnOpposite>().Where(mode => mode.ToString().Equals(text, StringComparison.OrdinalIgnoreCase)).ToList();
        return modes.Count == 1 ? modes[0] : throw new ArgumentException("--on-opposite: auto, close, reverse or net");
    }

    private static void Report(Replay replay, List<string> rejected)
    {
        foreach (var line in rejected.Concat(replay.Refusals))
            Console.Error.WriteLine(line);
        Console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"ticks {replay.Ticks.Count}, late {replay.LateTicks}; lines rejected {rejected.Count}; " +
            $"signals applied {replay.Applied}, ignored {replay.Ignored}, refused {replay.Refusals.Count}"));
    }

    private static void MakeSignals(CommandLine options)
    {
        var table = Instruments(options);
        var ticks = options.Needed("--ticks").SelectMany(path => TickFile.Read(path, table, [])).ToList();
        var symbols = string.Join(',', options.Needed("--symbols")).Split(',', StringSplitOptions.RemoveEmptyEntries);
        var (recorders, seed) = (Number(options, "--recorders", "1"), Number(options, "--seed", "1"));
        var maker = new MakeSignals(ticks, symbols, table, recorders, seed, options.Has("--mode-mix"));
        foreach (var line in maker.Lines(Number(options, "--count", "200")))
            Console.Out.WriteLine(line);
    }

    private static int Number(CommandLine options, string name, string otherwise)
    {
        var whole = int.TryParse(options.One(name, otherwise), NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        return whole ? number : throw new ArgumentException($"{name}: a whole number");
    }

    private static InstrumentTable Instruments(CommandLine options)
    {
        var builtIn = options.One("--builtin", FindBuiltIn() ?? "");
        return InstrumentTable.Load(options.All("--instruments").Prepend(builtIn).Where(path => path.Length > 0));
    }

    /// <summary>The table of the repository that this program was built in.</summary>
    public static string? FindBuiltIn()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, BuiltInTable);
            if (File.Exists(path)) return path;
        }

        return null;
    }
}
