using System.Text.Json;
using StreamRecorder.Engine.Prices;

namespace StreamRecorder.Ingest.Ticks;

/// <summary>
/// Reads any JSON tick: escapes, nested extras, names in any case, several times. The thorough one behind <see cref="PlainJsonTick"/>.
/// </summary>
internal static class JsonTick
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = IngestLimits.JsonDepthMax };

    /// <summary>
    /// Null and a tick, or the reason why there is none. <paramref name="line"/> has at most <see cref="IngestLimits.LineBytesMax"/> bytes.
    /// </summary>
    public static string? TryRead(ReadOnlySpan<byte> line, TickRules rules, long arrival, out Tick tick)
    {
        tick = default;
        Span<byte> unescaped = stackalloc byte[IngestLimits.LineBytesMax];
        scoped var text = new TickText();
        try
        {
            if (!System.Text.Unicode.Utf8.IsValid(line)) return "the line is not UTF-8";
            if (ReadFields(line, unescaped, ref text) is { } reason) return reason;
        }
        catch (JsonException)
        {
            return "the line is not a JSON object";
        }
        catch (InvalidOperationException)
        {
            return "a \\u escape stands for no character";
        }
        return rules.TryMake(text, arrival, out tick);
    }

    private static string? ReadFields(ReadOnlySpan<byte> line, Span<byte> unescaped, ref TickText text)
    {
        var reader = new Utf8JsonReader(line, Options);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) return "the line is not a JSON object";
        var ranks = new Ranks();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = FieldOf(ref reader, unescaped, out var rank);
            reader.Read();
            if (field == TickField.None || reader.TokenType == JsonTokenType.Null) reader.Skip();
            else if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Number)) return $"{Name(field)} is neither text nor a number";
            else if (ranks.IsTwice(field, rank)) return $"{Name(field)} is given twice";
            else if (ranks.IsBetter(field, rank)) Set(ref text, field, TextOf(ref reader, ref unescaped));
        }

        // Whatever follows the object makes the reader throw; blanks do not.
        reader.Read();
        return null;
    }

    private static TickField FieldOf(ref Utf8JsonReader reader, Span<byte> unescaped, out int rank) => reader.ValueIsEscaped
        ? TickNames.Find(unescaped[..reader.CopyString(unescaped)], out rank)
        : TickNames.Find(reader.ValueSpan, out rank);

    /// <summary>The value without escapes; what is unescaped takes its place from the front of <paramref name="unescaped"/> for good.</summary>
    private static ReadOnlySpan<byte> TextOf(scoped ref Utf8JsonReader reader, scoped ref Span<byte> unescaped)
    {
        if (!reader.ValueIsEscaped) return reader.ValueSpan;
        var length = reader.CopyString(unescaped);
        var value = unescaped[..length];
        unescaped = unescaped[length..];
        return value;
    }

    private static void Set(ref TickText text, TickField field, ReadOnlySpan<byte> value)
    {
        value = value.Trim(" \t"u8);
        switch (field)
        {
            case TickField.Symbol: text.Symbol = value; break;
            case TickField.Price: text.Price = value; break;
            case TickField.Size: text.Size = value; break;
            case TickField.Bid: text.Bid = value; break;
            case TickField.Ask: text.Ask = value; break;
            case TickField.Time: text.Time = value; break;
        }
    }

    private static string Name(TickField field) => field.ToString().ToLowerInvariant();

    /// <summary>Of names for the same field the one of the lowest rank counts; the very same name twice is a mistake.</summary>
    private struct Ranks
    {
        private Best _best;

        [System.Runtime.CompilerServices.InlineArray(8)]
        private struct Best
        {
            private int _first;
        }

        /// <summary>Ranks are kept plus 1; 0: not met.</summary>
        public readonly bool IsTwice(TickField field, int rank) => _best[(int)field] == rank + 1;

        public bool IsBetter(TickField field, int rank)
        {
            if (_best[(int)field] != 0 && _best[(int)field] <= rank + 1) return false;
            _best[(int)field] = rank + 1;
            return true;
        }
    }
}
