using System.Buffers;
using System.Text.Json;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Signals;

namespace StreamRecorder.Ingest.Webhooks;

/// <summary>The JSON of a 200, as the contract's section 2 has it.</summary>
internal static class WebhookAnswer
{
    private const int LengthMax = 512;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? _json;

    /// <summary>The text, valid until the next call on the same thread.</summary>
    public static ReadOnlyMemory<byte> Write(SignalAnswer answer)
    {
        var buffer = _buffer ??= new ArrayBufferWriter<byte>(LengthMax);
        var json = _json ??= new Utf8JsonWriter(buffer);
        buffer.ResetWrittenCount();
        json.Reset();
        json.WriteStartObject();
        json.WriteString("status"u8, Words.Of(answer.Status));

        // A repeat has the fields of the first answer, whichever that was.
        if (answer.Reason == IgnoreReason.None) WriteApplied(json, answer);
        else WriteIgnored(json, answer);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static void WriteApplied(Utf8JsonWriter json, SignalAnswer answer)
    {
        json.WriteNumber("sequence"u8, answer.Sequence);
        json.WriteString("effect"u8, Words.Of(answer.Effect));
        WriteId(json, "position_id"u8, answer.PositionId);
        json.WriteString("position_status"u8, answer.PositionIsOpen ? "open" : "closed");
        WriteId(json, "closed_position_id"u8, answer.ClosedPositionId);
        WriteFlags(json, answer);
    }

    private static void WriteIgnored(Utf8JsonWriter json, SignalAnswer answer)
    {
        json.WriteString("reason"u8, Words.Of(answer.Reason));
        json.WriteNumber("sequence"u8, answer.Sequence);
        WriteFlags(json, answer);
    }

    private static void WriteId(Utf8JsonWriter json, ReadOnlySpan<byte> name, long id)
    {
        if (id == 0) json.WriteNull(name);
        else json.WriteNumber(name, id);
    }

    private static void WriteFlags(Utf8JsonWriter json, SignalAnswer answer)
    {
        json.WriteStartArray("flags"u8);
        foreach (var flag in Words.Of(answer.Flags)) json.WriteStringValue(flag);
        json.WriteEndArray();
    }
}
