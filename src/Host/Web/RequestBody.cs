using System.Globalization;
using System.Text.Json;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Numbers;

namespace StreamRecorder.Host.Web;

/// <summary>
/// A request's JSON object, read field by field. Numbers are taken from their text, never as binary floating point, and may be strings. The first
/// thing wrong stays in <see cref="Refusal"/>; unknown fields are wrong too, because a misspelt setting would otherwise be lost in silence.
/// </summary>
public sealed class RequestBody
{
    private readonly Dictionary<string, JsonElement> _fields = new(StringComparer.Ordinal);
    private readonly List<string> _known = [];

    private RequestBody() { }

    public Refusal? Refusal { get; private set; }

    /// <summary>Reads the whole body; an empty one counts as an empty object.</summary>
    public static async Task<RequestBody> ReadAsync(HttpRequest request)
    {
        var body = new RequestBody();
        if (request.ContentType is { Length: > 0 } type && !request.HasJsonContentType())
        {
            body.Refuse(HostRejection.MediaTypeUnsupported, $"Send application/json, not {(type.Length <= 64 ? type : "that")}.", null);
            return body;
        }
        var buffer = new MemoryStream();
        await request.Body.CopyToAsync(buffer, request.HttpContext.RequestAborted).ConfigureAwait(false);
        if (buffer.Length == 0) return body;
        try
        {
            using var document = JsonDocument.Parse(buffer.GetBuffer().AsMemory(0, (int)buffer.Length), new JsonDocumentOptions { MaxDepth = 8 });
            body.Take(document.RootElement.Clone());
        }
        catch (JsonException e)
        {
            var place = string.Create(CultureInfo.InvariantCulture, $"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}");
            body.Refuse(Rejection.BodyUnreadable, $"The body is no JSON ({place}).", null);
        }
        return body;
    }

    /// <summary>An object inside a body.</summary>
    public static RequestBody Of(JsonElement element)
    {
        var body = new RequestBody();
        body.Take(element);
        return body;
    }

    public bool Has(string name)
    {
        _known.Add(name);
        return _fields.TryGetValue(name, out var value) && value.ValueKind != JsonValueKind.Null;
    }

    /// <summary>Given, as null.</summary>
    public bool IsNull(string name) => _fields.TryGetValue(name, out var value) && value.ValueKind == JsonValueKind.Null;

    /// <summary>A value of any kind; null when absent.</summary>
    public JsonElement? Element(string name) => Has(name) ? _fields[name] : null;

    /// <summary>The text of a string; null when absent.</summary>
    public string? Text(string name)
    {
        if (!Has(name)) return null;
        if (_fields[name].ValueKind == JsonValueKind.String && TryString(_fields[name]) is { } text) return text;
        Refuse(Rejection.FieldInvalid, $"{name} must be a text.", name);
        return null;
    }

    /// <summary>A string or a number as its text: cells of a table.</summary>
    public string? Cell(string name) => Has(name) && _fields[name].ValueKind == JsonValueKind.Number ? _fields[name].GetRawText() : Text(name);

    public bool? Flag(string name)
    {
        if (!Has(name)) return null;
        if (_fields[name].ValueKind is JsonValueKind.True or JsonValueKind.False) return _fields[name].GetBoolean();
        Refuse(Rejection.FieldInvalid, $"{name} must be true or false.", name);
        return null;
    }

    /// <summary>A decimal (E9) between two bounds, as number or string; null when absent.</summary>
    public long? Number(string name, long min, long max)
    {
        if (Cell(name) is not { } text) return null;
        switch (Fixed9.TryParse(text, out var value))
        {
            case NumberError.None when value >= min && value <= max:
                return value;
            case NumberError.NotANumber:
                Refuse(Rejection.NumberInvalid, $"{name} must be a number.", name);
                return null;
            case NumberError.TooManyDecimals:
                Refuse(Rejection.NumberOutOfRange, $"{name} may have at most 9 decimals.", name);
                return null;
            default:
                Refuse(Rejection.NumberOutOfRange, $"{name} must be from {Fixed9.Format(min)} to {Fixed9.Format(max)}.", name);
                return null;
        }
    }

    /// <summary>Seconds, returned as µs.</summary>
    public long? Seconds(string name)
    {
        const long NanosPerMicro = Fixed9.One / Timestamp.Second;
        if (Number(name, 0, HostLimits.SettingSecondsMax * Fixed9.One) is not { } value) return null;
        if (value % NanosPerMicro == 0) return value / NanosPerMicro;
        Refuse(Rejection.NumberOutOfRange, $"{name} may have at most 6 decimals.", name);
        return null;
    }

    /// <summary>Elements of an array of objects.</summary>
    public IReadOnlyList<JsonElement> Rows(string name, int max)
    {
        if (!Has(name) || _fields[name].ValueKind != JsonValueKind.Array)
        {
            Refuse(Rejection.FieldInvalid, $"{name} must be an array.", name);
            return [];
        }
        if (_fields[name].GetArrayLength() <= max) return [.. _fields[name].EnumerateArray()];
        Refuse(Rejection.FieldInvalid, string.Create(CultureInfo.InvariantCulture, $"{name} may have at most {max} rows at a time."), name);
        return [];
    }

    public void Refuse(Rejection kind, string detail, string? field) => Refusal ??= kind.Because(detail, field);

    /// <summary>Called after all fields were asked for: what is left is unknown.</summary>
    public Refusal? Finish()
    {
        if (Refusal is not null) return Refusal;
        var unknown = _fields.Keys.FirstOrDefault(f => !_known.Contains(f));
        if (unknown is not null)
            Refuse(Rejection.FieldInvalid, $"The field {Shown(unknown)} is not known. Known are {string.Join(", ", _known.Distinct())}.",
                Shown(unknown));
        return Refusal;
    }

    private void Take(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            Refuse(Rejection.BodyUnreadable, "The body must be a JSON object.", null);
            return;
        }
        foreach (var property in root.EnumerateObject())
        {
            if (TryName(property) is not { } name) Refuse(Rejection.BodyUnreadable, "A field's name is not valid text.", null);
            else if (!_fields.TryAdd(name, property.Value)) Refuse(Rejection.DuplicateKey, $"The field {Shown(name)} is given twice.", Shown(name));
        }
    }

    /// <summary>Names of unknown fields come from outside: shown, but cut.</summary>
    private static string Shown(string name) => name.Length <= 64 ? name : name[..64] + "…";

    /// <summary>Null for a string with half a surrogate pair, which is no text.</summary>
    private static string? TryString(JsonElement element)
    {
        try
        {
            return element.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static string? TryName(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
