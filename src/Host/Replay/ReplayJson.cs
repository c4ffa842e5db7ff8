using System.Text.Encodings.Web;
using System.Text.Json;
using StreamRecorder.Host.Json;

namespace StreamRecorder.Host.Replay;

/// <summary>
/// Positions of a replay as the API would give them: <c>{"positions":[…]}</c> on one line. No byte depends on anything but the input.
/// </summary>
internal static class ReplayJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(Stream output, IReadOnlyList<ReplayedPosition> positions)
    {
        using (var json = new Utf8JsonWriter(output, Options))
        {
            json.WriteStartObject();
            json.WriteStartArray("positions");
            foreach (var position in positions)
            {
                Write(json, position);
                // The writer keeps what is not flushed, and a replay may have a million positions.
                json.Flush();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        output.Write("\n"u8);
    }

    private static void Write(Utf8JsonWriter json, ReplayedPosition position)
    {
        json.WriteStartObject();
        PositionJson.WriteFields(json, position.View);
        PositionJson.WriteFills(json, position.Fills);
        json.WriteEndObject();
    }
}
