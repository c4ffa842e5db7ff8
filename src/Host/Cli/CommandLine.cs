using System.CommandLine;
using System.Text.Json;
using Spectre.Console;

namespace StreamRecorder.Host.Cli;

/// <summary>
/// Runs a verb and turns every end of it into the exit code: 0 done, 1 failed with one
/// line on stderr, 2 wrong usage. Nobody at a terminal is helped by a stack trace.
/// </summary>
public static class CommandLine
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int WrongUsage = 2;

    /// <summary>The same for all verbs that touch data.</summary>
    public static Option<string> DataOption() =>
        new("--data") { Description = "The data directory", DefaultValueFactory = _ => new Options().DataDirectory, Recursive = true };

    public static async Task<int> RunAsync(RootCommand root, string[] args)
    {
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors) await Console.Error.WriteLineAsync(error.Message).ConfigureAwait(false);
            await Console.Error.WriteLineAsync("Add --help to see what can be given.").ConfigureAwait(false);
            return WrongUsage;
        }
        try
        {
            // The verbs handle signals themselves where it matters.
            return await parsed.InvokeAsync(
                new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }).ConfigureAwait(false);
        }
        catch (UsageException wrong)
        {
            await Console.Error.WriteLineAsync(OneLine(wrong)).ConfigureAwait(false);
            return WrongUsage;
        }
#pragma warning disable CA1031 // The last resort of the process: whatever it is becomes one line and the exit code.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            await Console.Error.WriteLineAsync(OneLine(failure)).ConfigureAwait(false);
            return Failed;
        }
    }

    /// <summary>Runs a verb that talks to the service of its directory.</summary>
    internal static async Task<int> WithServiceAsync(ParseResult parsed, Option<string> data, Func<ServiceLink, Task> verb)
    {
        var link = await ServiceLink.OpenAsync(parsed.GetRequiredValue(data)).ConfigureAwait(false);
        await using (link.ConfigureAwait(false)) await verb(link).ConfigureAwait(false);
        return Done;
    }

    /// <summary>Some fields of an answer, a line each, easy to take apart by scripts.</summary>
    internal static void Show(JsonElement answer, params ReadOnlySpan<string> names)
    {
        foreach (var name in names) Console.WriteLine($"{name}: {answer.GetProperty(name)}");
    }

    internal static Table NewTable(params ReadOnlySpan<string> columns)
    {
        var table = new Table { Border = TableBorder.Simple };
        foreach (var column in columns) table.AddColumn(new TableColumn(column).NoWrap());
        return table;
    }

    /// <summary>Into a pipe or file without a width, so that nothing is cut or wrapped there.</summary>
    internal static void Write(Table table)
    {
        if (Console.IsOutputRedirected) AnsiConsole.Profile.Width = 1000;
        AnsiConsole.Write(table);
    }

    /// <summary>The message as one line, with that of the cause where it adds something.</summary>
    public static string OneLine(Exception failure)
    {
        var text = failure.Message;
        if (failure.InnerException is { } cause && !text.Contains(cause.Message, StringComparison.Ordinal)) text += " " + cause.Message;
        return "error: " + text.ReplaceLineEndings(" ");
    }
}

/// <summary>The command line asks for something that cannot be, found after parsing.</summary>
public sealed class UsageException(string message) : Exception(message);
