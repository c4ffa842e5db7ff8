using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using System.Text.Json;
using StreamRecorder.Engine.Signals;

namespace StreamRecorder.Ingest.Webhooks;

/// <summary>The tables for all forms of a body, and words for actions: those of the dialects, or with a recorder's own names before them.</summary>
internal sealed class FieldTables
{
    private static readonly FieldTables Plain = new(FieldTable.Json, FieldTable.KeyValue, FieldTable.AutoView, null);

    /// <summary>Made once for each text; gone with the recorder that holds it.</summary>
    private static readonly ConditionalWeakTable<string, FieldTables> ByMapping = [];

    private FieldTables(FieldTable json, FieldTable keyValue, FieldTable autoView, IReadOnlyDictionary<string, SignalAction>? actionWords)
    {
        Json = json;
        KeyValue = keyValue;
        AutoView = autoView;
        ActionWords = actionWords;
    }

    public FieldTable Json { get; }
    public FieldTable KeyValue { get; }
    public FieldTable AutoView { get; }
    public IReadOnlyDictionary<string, SignalAction>? ActionWords { get; }

    /// <param name="mapping">As <see cref="FieldMapping.TryRead"/> made it; null: none.</param>
    public static FieldTables Of(string? mapping) => mapping is null ? Plain : ByMapping.GetValue(mapping, static text => Read(text));

    private static FieldTables Read(string mapping)
    {
        using var document = JsonDocument.Parse(mapping);
        var (names, words) = FieldMapping.Parse(document.RootElement);
        return new FieldTables(
            FieldTable.Json.With(names), FieldTable.KeyValue.With(names), FieldTable.AutoView.With(names),
            words.ToFrozenDictionary(w => w.Word, w => w.Action, StringComparer.OrdinalIgnoreCase));
    }
}
