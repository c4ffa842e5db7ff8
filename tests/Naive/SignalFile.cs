using System.Text.Json;

namespace StreamRecorder.Naive;

/// <summary>One line of a signal file: who, when (by the line and by the clock), and the fields of its body by lower-case name.</summary>
public sealed record SignalLine(string Recorder, long OwnTime, long Now, IReadOnlyDictionary<string, string> Fields);

/// <summary>Reads NDJSON signals whole into memory. What a line means is told later, by <see cref="Signal"/>.</summary>
public static class SignalFile
{
    public static List<SignalLine> Read(string path, List<string> rejected)
    {
        var signals = new List<SignalLine>();
        foreach (var line in Csv.Lines(path).Where(line => line.Trim().Length > 0))
        {
            try
            {
                signals.Add(Parse(line, signals.Count == 0 ? long.MinValue : signals[^1].Now));
            }
            catch (RefusedException refusal)
            {
                rejected.Add($"{path}: {refusal.Message}: {line}");
            }
        }

        return signals;
    }

    /// <summary>A line without time or recorder, or that is no JSON object, has no place in the order of events: it is refused here.</summary>
    public static SignalLine Parse(string line, long clock)
    {
        var fields = Fields(line);
        if (!fields.TryGetValue("recorder", out var recorder)) throw new RefusedException("no recorder");
        if (!fields.TryGetValue("time", out var text) || Moment.Parse(text) is not { } time) throw new RefusedException("no time");
        return new SignalLine(recorder, time, Math.Max(time, clock), fields);
    }

    private static Dictionary<string, string> Fields(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return Fields(document.RootElement);
        }
        catch (JsonException failure)
        {
            throw new RefusedException("not JSON", failure);
        }
    }

    private static Dictionary<string, string> Fields(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object) throw new RefusedException("not an object");
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var fields = new Dictionary<string, string>();
        foreach (var field in body.EnumerateObject())
        {
            if (!seen.Add(field.Name)) throw new RefusedException($"'{field.Name}' is given twice");
            // Empty counts as absent; a number keeps its digits, since a double would lose some.
            if (TextOf(field.Value) is { Length: > 0 } text) fields[field.Name.ToLowerInvariant()] = text;
        }

        return fields;
    }

    private static string TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!.Trim(),
        JsonValueKind.Null => "",
        _ => value.GetRawText(),
    };
}
