using System.Text;
using System.Text.Json;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Signals;
using StreamRecorder.Ingest.Webhooks.Secrets;

namespace StreamRecorder.Ingest.Webhooks;

/// <summary>
/// A recorder's names for what no dialect knows: <c>{"order.kind":"action","sym":"symbol","action_values":{"LE":"buy"}}</c>,
/// their name (dotted where it is nested) to ours. Checked here when it is set; read by <see cref="FieldTables"/>.
/// </summary>
public static class FieldMapping
{
    /// <summary>The one name with a meaning of its own: their words for actions to ours.</summary>
    public const string ActionValues = "action_values";

    private static readonly Dictionary<string, Field> Ours = new(StringComparer.OrdinalIgnoreCase)
    {
        ["symbol"] = Field.Symbol,
        ["action"] = Field.Action,
        ["quantity"] = Field.Quantity,
        ["quantity_type"] = Field.QuantityType,
        ["price"] = Field.Price,
        ["time"] = Field.Time,
        ["timenow"] = Field.FiringTime,
        ["market_position"] = Field.TargetSide,
        ["market_position_size"] = Field.TargetSize,
        ["position_size"] = Field.SignedSize,
        ["prev_market_position"] = Field.PreviousSide,
        ["prev_market_position_size"] = Field.PreviousSize,
        ["id"] = Field.Key,
        ["order_id"] = Field.OrderId,
        ["comment"] = Field.Comment,
        ["take_profit"] = Field.TakeProfitPrice,
        ["stop_loss"] = Field.StopLossPrice,
        ["ignore"] = Field.Ignore,
    };

    /// <summary>Names that a mapping may point to, for people.</summary>
    public static string Known => string.Join(", ", Ours.Keys);

    /// <summary>What a field of a body means, in the words of a mapping and of the test's answer.</summary>
    public static string NameOf(Field field) =>
        Ours.FirstOrDefault(o => o.Value == field).Key ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(field.ToString());

    /// <summary>Null and no refusal: it is empty. Otherwise the mapping in its one spelling, or what is wrong with it.</summary>
    public static (string? Mapping, Refusal? Refusal) TryRead(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.String) return TryReadText(element.GetString()!);
        if (element.ValueKind != JsonValueKind.Object) return (null, Wrong("must be an object of names: theirs to ours."));
        if (Fault(element) is { } fault) return (null, Wrong(fault));
        var text = JsonSerializer.Serialize(element);
        return (element.EnumerateObject().Any() ? text : null, null);
    }

    internal static (List<(string Name, Field Field)> Names, List<(string Word, SignalAction Action)> Words) Parse(JsonElement mapping)
    {
        var names = new List<(string, Field)>();
        var words = new List<(string, SignalAction)>();
        foreach (var property in mapping.EnumerateObject())
        {
            if (property.Name != ActionValues) names.Add((property.Name, Ours[property.Value.GetString()!]));
            else words.AddRange(property.Value.EnumerateObject().Select(w => (w.Name, ActionOf(w.Value.GetString()!)!.Value)));
        }
        return (names, words);
    }

    private static (string?, Refusal?) TryReadText(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? TryRead(document.RootElement)
                : (null, Wrong("must be an object of names: theirs to ours."));
        }
        catch (JsonException)
        {
            return (null, Wrong("is no JSON."));
        }
    }

    /// <summary>The first thing wrong, as the rest of a sentence; null: nothing.</summary>
    private static string? Fault(JsonElement mapping)
    {
        var theirs = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var property in mapping.EnumerateObject())
        {
            var name = property.Name;
            if (!theirs.Add(name)) return $"has {Shown(name)} twice.";
            if (theirs.Count > IngestLimits.MappedNamesMax) return $"may have {IngestLimits.MappedNamesMax} names.";
            if (name == ActionValues)
            {
                if (ActionFault(property.Value) is { } fault) return fault;
            }
            else if (NameFault(name, property.Value) is { } wrong) return wrong;
        }
        return null;
    }

    private static string? NameFault(string name, JsonElement ours)
    {
        if (name.Length == 0 || Encoding.UTF8.GetByteCount(name) > IngestLimits.FieldNameBytesMax)
            return $"needs names of 1 to {IngestLimits.FieldNameBytesMax} bytes.";
        if (name.Any(char.IsControl)) return "may not have control characters in a name.";
        if (SecretNames.IsSecret(name.Split('.')[^1])) return $"may not take {Shown(name)}: by its name it is a secret, which is never read.";
        return ours.ValueKind == JsonValueKind.String && Ours.ContainsKey(ours.GetString()!)
            ? null
            : $"takes {Shown(name)} for something that is not known. Known: {Known}.";
    }

    private static string? ActionFault(JsonElement words)
    {
        if (words.ValueKind != JsonValueKind.Object) return "needs in action_values an object of words: theirs to ours.";
        var theirs = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var word in words.EnumerateObject())
        {
            if (!theirs.Add(word.Name)) return $"has {Shown(word.Name)} twice in action_values.";
            if (theirs.Count > IngestLimits.MappedNamesMax) return $"may have {IngestLimits.MappedNamesMax} words in action_values.";
            if (word.Value.ValueKind != JsonValueKind.String || ActionOf(word.Value.GetString()!) is null)
                return $"gives {Shown(word.Name)} in action_values no known action. Known: {SignalWords.KnownActions}.";
        }
        return null;
    }

    private static SignalAction? ActionOf(string word) => SignalWords.TryAction(Encoding.UTF8.GetBytes(word), out var action) ? action : null;

    private static string Shown(string text) => SignalDraft.Shown(Encoding.UTF8.GetBytes(text));

    private static Refusal Wrong(string rest) => Rejection.FieldInvalid.Because("field_mapping " + rest, "field_mapping");
}
