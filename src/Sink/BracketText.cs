using System.Text;
using System.Text.Json;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Signals;

namespace StreamRecorder.Sink;

/// <summary>Take-profit and stop-loss levels as one column: <c>{"take_profit_price":25700,"stop_loss_points":10}</c>, every digit of them.</summary>
internal static class BracketText
{
    /// <summary>Null when there are none.</summary>
    public static string? Of(Brackets? brackets)
    {
        if (brackets is null) return null;
        var text = new StringBuilder("{");
        foreach (var level in brackets)
            text.Append(text.Length > 1 ? "," : "").Append('"').Append(Words.Of(level.Kind)).Append("\":").Append(Fixed9.Format(level.Value));
        return text.Append('}').ToString();
    }

    public static Brackets? Read(string? text)
    {
        if (text is null) return null;
        using var json = JsonDocument.Parse(text);
        return new Brackets(json.RootElement.EnumerateObject().Select(level =>
            Words.TryParse(level.Name, out BracketKind kind) && Fixed9.TryParse(level.Value.GetRawText(), out var value) == NumberError.None
                ? new Bracket(kind, value)
                : throw new DatabaseDamagedException($"signals, brackets: {level} is no level.")));
    }
}
