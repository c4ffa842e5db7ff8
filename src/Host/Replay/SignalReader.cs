using System.Text;
using System.Text.Json;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Signals;
using StreamRecorder.Ingest;
using StreamRecorder.Ingest.Webhooks;

namespace StreamRecorder.Host.Replay;

/// <summary>One recorded webhook: whose, when, and the signal that its body is, or why it is none.</summary>
internal sealed record SignalLine(string Recorder, long At, long Number, Signal? Signal, Refusal? Refusal);

/// <summary>
/// Signals of one file: NDJSON, each line a webhook body with <c>time</c> and <c>recorder</c> besides. The body goes through the parser
/// of the webhooks, so <c>time</c> is the alert's own time too. A line that has no place in the order of events is rejected alone.
/// </summary>
internal sealed class SignalReader(RecordedFile file, SymbolTable symbols, ReplayReport report)
{
    private readonly LineReader _lines = new(file, IngestLimits.BodyBytesMax);
    private readonly WebhookParser _parser = new(symbols);

    /// <summary>Null at the end.</summary>
    public SignalLine? Read()
    {
        while (_lines.TryRead(out var line))
        {
            if (line.Trim(" \t"u8).IsEmpty) continue;
            if (_lines.IsTooLong) Reject($"the line has more than {IngestLimits.BodyBytesMax} bytes");
            else if (Envelope.Read(line) is var envelope && envelope.Fault is { } fault) Reject(fault);
            else return Parse(line, envelope);
        }
        return null;
    }

    private SignalLine Parse(ReadOnlySpan<byte> body, Envelope envelope)
    {
        _parser.TryParse(body, envelope.At, null, out var signal, out var refusal);
        // Of two deliveries of one body the lines differ by what the recording put round them.
        if (signal?.Key is not null || signal is { HasFiringTime: true }) signal = signal with { BodyHash = BodyHash.Of(envelope.Without(body)) };
        return new SignalLine(envelope.Recorder!, envelope.At, _lines.Line, signal, refusal);
    }

    private void Reject(string reason) => report.RejectLine(file.Path, _lines.Line, reason);

    /// <summary>What the recording says about a body, and where in the line it says so.</summary>
    private struct Envelope
    {
        private static readonly JsonReaderOptions Options = new() { MaxDepth = IngestLimits.JsonDepthMax };

        private Range _recorderRange;
        private Range _timeRange;
        private bool _hasTime;

        public string? Recorder { get; private set; }

        public long At { get; private set; }

        /// <summary>Null when the line can be used.</summary>
        public string? Fault { get; private set; }

        public static Envelope Read(ReadOnlySpan<byte> line)
        {
            var envelope = new Envelope();
            try
            {
                envelope.ReadFields(line);
            }
            catch (Exception error) when (error is JsonException or InvalidOperationException)
            {
                envelope.Fault = "the line is no JSON object";
            }
            envelope.Fault ??= envelope.Check();
            return envelope;
        }

        /// <summary>The line without what the recording added.</summary>
        public readonly byte[] Without(ReadOnlySpan<byte> line)
        {
            var body = line.ToArray();
            body.AsSpan()[_recorderRange].Clear();
            body.AsSpan()[_timeRange].Clear();
            return [.. body.Where(b => b != 0)];
        }

        private void ReadFields(ReadOnlySpan<byte> line)
        {
            var reader = new Utf8JsonReader(line, Options);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var start = (int)reader.TokenStartIndex;
                var isRecorder = IsName(ref reader, "recorder");
                var isTime = IsName(ref reader, "time");
                reader.Read();
                if (isRecorder) Recorder = TextOf(ref reader);
                if (isTime && TextOf(ref reader) is { } text && (_hasTime = Timestamp.TryParse(Encoding.UTF8.GetBytes(text), out var at))) At = at;
                reader.Skip();
                if (isRecorder) _recorderRange = start..(int)reader.BytesConsumed;
                if (isTime) _timeRange = start..(int)reader.BytesConsumed;
            }
            // Whatever follows the object makes the reader throw.
            reader.Read();
        }

        private readonly string? Check()
        {
            if (string.IsNullOrEmpty(Recorder)) return "recorder is missing";
            if (Recorder.Length > EngineLimits.NameLengthMax) return $"recorder has more than {EngineLimits.NameLengthMax} characters";
            return _hasTime ? null : "time is missing, or neither ISO 8601 nor an epoch number";
        }

        private static bool IsName(ref Utf8JsonReader reader, string name) =>
            string.Equals(reader.GetString(), name, StringComparison.OrdinalIgnoreCase);

        private static string? TextOf(ref Utf8JsonReader reader) => reader.TokenType switch
        {
            JsonTokenType.String => reader.GetString()!.Trim(),
            JsonTokenType.Number => Encoding.UTF8.GetString(reader.ValueSpan),
            _ => null,
        };
    }
}
