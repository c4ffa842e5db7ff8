using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace StreamRecorder.Host.Demo;

/// <summary>What the demo says: one line an event, with colours where there is a terminal. Any task may print.</summary>
internal sealed class DemoScreen(IAnsiConsole console)
{
    /// <summary>Wider than any line: the terminal wraps, if it must, so that commands can be copied whole.</summary>
    private const int LineColumns = 400;

    private static readonly Style Plain = Style.Plain;
    private static readonly Style Good = new(Color.Green);
    private static readonly Style Bad = new(Color.Red);
    private static readonly Style Quiet = new(Color.Grey);

    private readonly Lock _lock = new();

    public static DemoScreen OfConsole() =>
        Console.IsOutputRedirected ? OfWriter(Console.Out) : Of(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });

    /// <summary>No terminal: lines and nothing else.</summary>
    public static DemoScreen OfWriter(TextWriter writer) =>
        Of(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer), Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });

    public void Say(string text) => Write(text, Plain);

    /// <summary>An alert that changed nothing, or was not taken.</summary>
    public void Unused(string recorder, string status, string why) =>
        Write($"{Head(recorder)}{status,-9} {why}", status == "ignored" ? Quiet : Bad);

    /// <summary>A position after one of its fills; figures as the API gives them.</summary>
    public void Changed(string recorder, string effect, JsonElement position)
    {
        var isOpen = position.GetProperty("status").GetString() == "open";
        var contract = position.GetProperty("contract").GetString();
        var symbol = position.GetProperty("symbol").GetString();
        var named = contract is null || contract == symbol ? symbol : $"{symbol} ({contract})";
        var held = $"{position.GetProperty("side").GetString(),-5} {position.GetProperty("total_quantity").GetRawText()} {named}";
        var result = isOpen
            ? $"profit so far {Figure(position, "unrealized_pnl")}"
            : $"exit {Figure(position, "exit_price")}, profit {Figure(position, "realized_pnl")} {position.GetProperty("currency").GetString()}";
        var seen = $"drawdown {Figure(position, "worst_unrealized_pnl")}, {position.GetProperty("tick_count").GetRawText()} ticks";
        var line = $"{Head(recorder)}{effect,-9} {held}, entry {Figure(position, "avg_entry_price")}, {result}, {seen}";
        Write(line, isOpen ? Plain : StyleOf(position.GetProperty("outcome").GetString()));
    }

    private static DemoScreen Of(AnsiConsoleSettings settings)
    {
        var console = AnsiConsole.Create(settings);
        console.Profile.Width = LineColumns;
        return new DemoScreen(console);
    }

    private static Style StyleOf(string? outcome) => outcome switch { "WIN" => Good, "LOSS" => Bad, _ => Plain };

    private static string Head(string recorder) =>
        string.Create(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetUtcNow():HH:mm:ss}  {recorder,-12} ");

    /// <summary>Money and prices to 2 places, as people are shown them.</summary>
    private static string Figure(JsonElement position, string name) =>
        decimal.Round(position.GetProperty(name).GetDecimal(), 2, MidpointRounding.AwayFromZero).ToString("0.00", CultureInfo.InvariantCulture);

    private void Write(string text, Style style)
    {
        lock (_lock) console.Write(new Paragraph(text + "\n", style));
    }
}
