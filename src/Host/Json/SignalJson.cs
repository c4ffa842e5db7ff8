using System.Text.Json;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Signals;

namespace StreamRecorder.Host.Json;

/// <summary>Entries of the ledger as JSON, the one place that spells their fields.</summary>
public static class SignalJson
{
    /// <summary>Writes the properties of an entry into an object that the caller has started.</summary>
    public static void WriteFields(Utf8JsonWriter json, LedgerEntry entry)
    {
        var (gist, receipt) = (entry.Gist, entry.Receipt);
        json.WriteNumber("id", entry.Id);
        json.WriteNumber("recorder_id", entry.RecorderId);
        json.WriteString("recorder", entry.Recorder);
        json.WriteString("status", Words.Of(entry.Status));
        json.WriteString("reason", entry.Reason);
        json.WriteString("detail", entry.Detail);
        json.WriteString("field", entry.Field);
        json.WriteString("effect", entry.Effect == Effect.None ? null : Words.Of(entry.Effect));
        json.WriteString("action", Words.Of(gist.Action));
        json.WriteString("symbol", gist.Symbol);
        Write(json, "price", gist.Price);
        Write(json, "quantity", gist.Quantity);
        WriteId(json, "position_id", entry.PositionId);
        WriteId(json, "closed_position_id", entry.ClosedPositionId);
        PositionJson.WriteFlags(json, entry.Flags);
        json.WriteString("key", gist.Key);
        json.WriteString("label", gist.Label);
        json.WriteStartObject("brackets");
        foreach (var level in gist.Brackets ?? Enumerable.Empty<Bracket>()) Write(json, Words.Of(level.Kind), level.Value);
        json.WriteEndObject();
        WriteId(json, "first_id", entry.FirstId);
        WriteId(json, "retry_of", entry.RetryOf);
        WriteId(json, "retried_as", entry.RetriedAs);
        json.WriteString("body", receipt.Body.Span);
        json.WriteBoolean("body_cut", receipt.IsCut);
        PositionJson.WriteTime(json, "signal_at", gist.At);
        PositionJson.WriteTime(json, "received_at", receipt.ReceivedAt);
        PositionJson.WriteTime(json, "decided_at", entry.DecidedAt);
        PositionJson.WriteTime(json, "committed_at", entry.CommittedAt);
        PositionJson.WriteTime(json, "answered_at", entry.AnsweredAt);
    }

    private static void Write(Utf8JsonWriter json, string name, long? e9) =>
        PositionJson.Write(json, name, e9 is { } known ? Amount.FromFixed9(known) : null);

    private static void WriteId(Utf8JsonWriter json, string name, long? id)
    {
        if (id is { } known) json.WriteNumber(name, known);
        else json.WriteNull(name);
    }
}
