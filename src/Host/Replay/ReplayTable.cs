using System.Globalization;
using System.Text;
using Spectre.Console;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Positions;

namespace StreamRecorder.Host.Replay;

/// <summary>Positions for people: money to 2 places, prices to the instrument's, drawdown with a minus. Exact figures are the JSON's.</summary>
internal static class ReplayTable
{
    /// <summary>Columns of a page when stdout is no terminal: nothing is wrapped, whatever reads it.</summary>
    private const int PageColumns = 400;

    private const int MoneyDecimals = 2;

    public static void Write(Stream output, IReadOnlyList<ReplayedPosition> positions, InstrumentTable instruments)
    {
        using var writer = new StreamWriter(output, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        var isTerminal = !Console.IsOutputRedirected;
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
        });
        console.Profile.Width = isTerminal ? Math.Max(80, Console.WindowWidth) : PageColumns;
        console.Write(Filled(Columns(), positions, instruments));
        writer.WriteLine(Summary(positions));
    }

    private static Table Columns()
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var name in (string[])["Opened (UTC)", "Closed (UTC)", "Recorder", "Symbol", "Side"]) table.AddColumn(name);
        foreach (var name in (string[])["Size", "Entry", "Exit or last", "Profit", "", "Drawdown", "Best", "Ticks"])
            table.AddColumn(name, column => column.RightAligned());
        return table.AddColumn("Status");
    }

    private static Table Filled(Table table, IReadOnlyList<ReplayedPosition> positions, InstrumentTable instruments)
    {
        foreach (var position in positions)
        {
            var view = position.View;
            var decimals = instruments.Find(view.Root)?.PriceDecimals ?? MoneyDecimals;
            table.AddRow([.. Cells(view, decimals).Select(cell => new Text(cell, StyleOf(view, cell)))]);
        }
        return table;
    }

    private static string[] Cells(PositionView view, int decimals) =>
    [
        Time(view.OpenedAt),
        view.ClosedAt is { } closedAt ? Time(closedAt) : "",
        ReplayReport.Clean(view.Recorder),
        view.Symbol,
        view.Side == Side.Long ? "LONG" : "SHORT",
        view.TotalQuantity.ToString(),
        view.AvgEntryPrice.ToString(decimals),
        (view.IsOpen ? view.CurrentPrice : view.ExitPrice!.Value).ToString(decimals),
        Profit(view).ToString(MoneyDecimals),
        view.Currency,
        Minus(view.Drawdown),
        view.BestUnrealizedPnl.ToString(MoneyDecimals),
        view.TickCount.ToString(CultureInfo.InvariantCulture),
        view.Outcome,
    ];

    private static Style StyleOf(PositionView view, string cell) => cell switch
    {
        "WIN" => new Style(Color.Green),
        "LOSS" => new Style(Color.Red),
        _ => view.IsOpen ? new Style(Color.Yellow) : Style.Plain,
    };

    /// <summary>What the position has earned so far, whatever is realized of it.</summary>
    private static Amount Profit(PositionView view) => new(view.RealizedPnl.Units + view.UnrealizedPnl.Units);

    private static string Minus(Amount drawdown) => (-drawdown).ToString(MoneyDecimals);

    private static string Time(long time) => Timestamp.ToDateTime(time).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Summary(IReadOnlyList<ReplayedPosition> positions)
    {
        int Count(string outcome) => positions.Count(p => p.View.Outcome == outcome);
        var realized = positions.GroupBy(p => p.View.Currency, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => $"{new Amount(Sum(g)).ToString(MoneyDecimals)} {g.Key}");
        var outcomes = string.Create(
            CultureInfo.InvariantCulture,
            $"{positions.Count} positions: {Count("WIN")} won, {Count("LOSS")} lost, {Count("EVEN")} even, {Count("OPEN")} open");
        return $"{outcomes}; realized {string.Join(", ", realized.DefaultIfEmpty("0.00"))}";
    }

    private static Int128 Sum(IEnumerable<ReplayedPosition> positions) =>
        positions.Aggregate(Int128.Zero, (sum, p) => sum + p.View.RealizedPnl.Units);
}
