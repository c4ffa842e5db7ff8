using System.Text;
using System.Text.Json;
using StreamRecorder.Engine.Numbers;

namespace StreamRecorder.Ingest.Files;

/// <summary>One recorded webhook: whose it is, when it came, and its body as it stands in the file.</summary>
public readonly record struct SignalLine(string Recorder, long At, ReadOnlyMemory<byte> Body, long Line);

/// <summary>Recorded signals: NDJSON, each line a webhook body with <c>time</c> and <c>recorder</c> besides; <c>.gz</c> too. The first bad line ends it.</summary>
public static class SignalFile
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = IngestLimits.JsonDepthMax };

    /// <summary>The lines in file order. Throws <see cref="InputFileException"/> where one has no recorder or no time.</summary>
    public static IEnumerable<SignalLine> Read(string path)
    {
        using var file = new PackedFile(path);
        var lines = new LineReader(file, path, IngestLimits.BodyBytesMax);
        while (lines.TryRead(out var line))
        {
            if (line.Span.Trim(" \t\r"u8).IsEmpty) continue;
            yield return Parse(path, lines.Line, line.ToArray());
        }
    }

    private static SignalLine Parse(string path, long number, ReadOnlyMemory<byte> body)
    {
        string? recorder = null;
        long? at = null;
        try
        {
            ReadFields(body.Span, ref recorder, ref at);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            throw new InputFileException(path, number, "the line is not a JSON object");
        }
        if (string.IsNullOrWhiteSpace(recorder)) throw new InputFileException(path, number, "recorder is missing");
        if (at is null) throw new InputFileException(path, number, "time is missing, or neither ISO 8601 nor an epoch number");
        return new SignalLine(recorder.Trim(), at.Value, body, number);
    }

    private static void ReadFields(ReadOnlySpan<byte> body, ref string? recorder, ref long? at)
    {
        var reader = new Utf8JsonReader(body, Options);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isRecorder = Ascii.EqualsIgnoreCase(reader.ValueSpan, "recorder");
            var isTime = Ascii.EqualsIgnoreCase(reader.ValueSpan, "time");
            reader.Read();
            if (isRecorder && reader.TokenType == JsonTokenType.String) recorder = reader.GetString();
            if (isTime && reader.TokenType is JsonTokenType.String or JsonTokenType.Number && Timestamp.TryParse(reader.ValueSpan, out var time)) at = time;
            reader.Skip();
        }
        reader.Read();
    }
}
