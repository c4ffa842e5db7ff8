using System.Buffers;
using System.Text.Json;
using StreamRecorder.Engine.Messages;

namespace StreamRecorder.Ingest.Socket;

/// <summary>
/// A tick that was not understood, and in which batch (0: one without a sequence).
/// The line is that of a text frame, the place in a binary one, from 1 on.
/// </summary>
internal readonly record struct SocketTickError(long Sequence, long Line, string Reason);

/// <summary>What the service says on the socket: text frames of one JSON object each, told apart by <c>type</c>.</summary>
internal static class SocketReplies
{
    public static void WriteWelcome(IBufferWriter<byte> into, string name, long sequence)
    {
        using var json = Begin(into, "welcome"u8);
        json.WriteNumber("version"u8, FrameLayout.Version);
        json.WriteString("name"u8, name);
        json.WriteNumber("sequence"u8, sequence);
        json.WriteEndObject();
    }

    public static void WriteAck(IBufferWriter<byte> into, FeedReport report, IReadOnlyList<SocketTickError> errors)
    {
        using var json = Begin(into, "ack"u8);
        json.WriteNumber("sequence"u8, report.Sequence);
        json.WriteNumber("accepted"u8, report.Applied);
        json.WriteNumber("late"u8, report.Late);
        json.WriteNumber("rejected"u8, report.Rejected);
        json.WriteNumber("repeated"u8, report.Repeated);
        if (errors.Count > 0) WriteErrors(json, errors);
        json.WriteEndObject();
    }

    public static void WriteError(IBufferWriter<byte> into, SocketEnd end)
    {
        using var json = Begin(into, "error"u8);
        json.WriteNumber("code"u8, end.Code);
        json.WriteString("detail"u8, end.Detail);
        json.WriteEndObject();
    }

    private static Utf8JsonWriter Begin(IBufferWriter<byte> into, ReadOnlySpan<byte> type)
    {
        var json = new Utf8JsonWriter(into);
        json.WriteStartObject();
        json.WriteString("type"u8, type);
        return json;
    }

    private static void WriteErrors(Utf8JsonWriter json, IReadOnlyList<SocketTickError> errors)
    {
        json.WriteStartArray("errors"u8);
        foreach (var (sequence, line, reason) in errors)
        {
            json.WriteStartObject();
            json.WriteNumber("sequence"u8, sequence);
            json.WriteNumber("line"u8, line);
            json.WriteString("reason"u8, reason);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
