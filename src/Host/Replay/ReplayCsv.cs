using System.Buffers;
using System.Text;
using System.Text.Json;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Host.Json;

namespace StreamRecorder.Host.Replay;

/// <summary>
/// Positions as CSV: the fields of the JSON under the same names, without the fills. Made from that JSON, so that there is one spelling of names and
/// numbers. Flags are separated by a space. A text that a spreadsheet would take for a formula gets an apostrophe before it.
/// </summary>
internal static class ReplayCsv
{
    public static void Write(Stream output, IReadOnlyList<ReplayedPosition> positions)
    {
        using var writer = new StreamWriter(output, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        using var names = Fields(Nobody());
        writer.WriteLine(string.Join(',', names.RootElement.EnumerateObject().Select(field => field.Name)));
        foreach (var position in positions)
        {
            using var fields = Fields(position.View);
            writer.WriteLine(string.Join(',', fields.RootElement.EnumerateObject().Select(field => Cell(field.Value))));
        }
    }

    /// <summary>A position that never was, for the names of its fields: the header stands even over no rows.</summary>
    private static PositionView Nobody() =>
        PositionView.Of(new Position { EntryQuantity = 1, TickSize = 1, TickValue = 1 }, new PositionNames(0, "", "", "", ""), CloseReason.None, 0);

    private static JsonDocument Fields(PositionView view)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            PositionJson.WriteFields(json, view);
            json.WriteEndObject();
        }
        return JsonDocument.Parse(bytes.WrittenMemory);
    }

    private static string Cell(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => "",
        JsonValueKind.String => Text(value.GetString()!),
        JsonValueKind.Array => string.Join(' ', value.EnumerateArray().Select(flag => flag.GetString())),
        _ => value.GetRawText(),
    };

    private static string Text(string text)
    {
        if (text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r') text = "'" + text;
        return text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }
}
