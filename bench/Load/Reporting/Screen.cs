using Spectre.Console;

namespace StreamRecorder.Load.Reporting;

/// <summary>Results as tables on the terminal.</summary>
internal static class Screen
{
    /// <summary>Columns for a file or a pipe, which has no width of its own.</summary>
    private const int WidthRedirected = 160;

    public static void Show(Result result)
    {
        if (Console.IsOutputRedirected) AnsiConsole.Profile.Width = WidthRedirected;
        var table = new Table().Title(Markup.Escape($"{result.Scenario} ({result.Unit}), beside {result.Rival}")).Border(TableBorder.Rounded);
        foreach (var column in Report.Columns) table.AddColumn(column);
        foreach (var row in result.Rows) table.AddRow([.. Report.Cells(row).Select(Markup.Escape)]);
        AnsiConsole.Write(table);
        foreach (var row in result.Rows.Where(r => r.Notes.Count > 0)) AnsiConsole.WriteLine($"{row.Contender}: {Report.Notes(row)}");
        foreach (var finding in result.Findings)
            AnsiConsole.MarkupLine(
                $"{(finding.Holds ? "[green]holds[/]" : "[red]does not hold[/]")}  {Markup.Escape(finding.Asked)}; found {Markup.Escape(finding.Found)}");
    }
}
