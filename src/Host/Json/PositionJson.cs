using System.Text.Json;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Positions;

namespace StreamRecorder.Host.Json;

/// <summary>
/// Positions as JSON, the one place that spells their fields: the API and <c>replay</c> write the same. Numbers
/// are exact decimals, written raw, because a JSON number has no width and a binary one would lose digits.
/// </summary>
public static class PositionJson
{
    /// <summary>Writes the properties of a position into an object that the caller has started.</summary>
    public static void WriteFields(Utf8JsonWriter json, PositionView view)
    {
        json.WriteNumber("id", view.Id);
        json.WriteNumber("recorder_id", view.RecorderId);
        json.WriteString("recorder", view.Recorder);
        json.WriteString("symbol", view.Symbol);
        json.WriteString("contract", view.Contract);
        json.WriteString("root", view.Root);
        json.WriteString("currency", view.Currency);
        json.WriteString("side", Words.Of(view.Side));
        json.WriteString("status", view.Status);
        json.WriteString("outcome", view.Outcome);
        Write(json, "total_quantity", view.TotalQuantity);
        Write(json, "max_quantity", view.MaxQuantity);
        Write(json, "entry_quantity", view.EntryQuantity);
        Write(json, "avg_entry_price", view.AvgEntryPrice);
        Write(json, "exit_price", view.ExitPrice);
        Write(json, "current_price", view.CurrentPrice);
        WriteTime(json, "current_price_at", view.CurrentPriceAt);
        Write(json, "unrealized_pnl", view.UnrealizedPnl);
        Write(json, "realized_pnl", view.RealizedPnl);
        Write(json, "commission", view.Commission);
        Write(json, "net_pnl", view.NetPnl);
        Write(json, "worst_unrealized_pnl", view.WorstUnrealizedPnl);
        Write(json, "best_unrealized_pnl", view.BestUnrealizedPnl);
        Write(json, "worst_total_pnl", view.WorstTotalPnl);
        Write(json, "best_total_pnl", view.BestTotalPnl);
        Write(json, "max_drawdown", view.MaxDrawdown);
        Write(json, "drawdown", view.Drawdown);
        Write(json, "worst_price", view.WorstPrice);
        WriteTime(json, "worst_at", view.WorstAt);
        Write(json, "best_price", view.BestPrice);
        WriteTime(json, "best_at", view.BestAt);
        json.WriteNumber("tick_count", view.TickCount);
        json.WriteNumber("gap_seconds", view.GapSeconds);
        WriteFlags(json, view.Flags);
        json.WriteString("close_reason", view.CloseReason == CloseReason.None ? null : Words.Of(view.CloseReason));
        WriteTime(json, "opened_at", view.OpenedAt);
        WriteTime(json, "closed_at", view.ClosedAt);
        WriteTime(json, "updated_at", view.UpdatedAt);
        json.WriteNull("tradovate_position_id");
    }

    /// <summary>Writes <c>entries</c> and <c>exits</c>.</summary>
    public static void WriteFills(Utf8JsonWriter json, IReadOnlyList<FillOutput> fills)
    {
        WriteFills(json, "entries", fills.Where(f => f.IsEntry));
        WriteFills(json, "exits", fills.Where(f => !f.IsEntry));
    }

    public static void Write(Utf8JsonWriter json, string name, Amount? value)
    {
        json.WritePropertyName(name);
        if (value is null)
        {
            json.WriteNullValue();
            return;
        }
        Span<char> text = stackalloc char[64];
        value.Value.TryFormat(text, out var written);
        json.WriteRawValue(text[..written], skipInputValidation: true);
    }

    public static void WriteTime(Utf8JsonWriter json, string name, long? time)
    {
        if (time is { } known) json.WriteString(name, Timestamp.Format(known));
        else json.WriteNull(name);
    }

    public static void WriteFlags(Utf8JsonWriter json, Flags flags)
    {
        json.WriteStartArray("flags");
        foreach (var word in Words.Of(flags)) json.WriteStringValue(word);
        json.WriteEndArray();
    }

    private static void WriteFills(Utf8JsonWriter json, string name, IEnumerable<FillOutput> fills)
    {
        json.WriteStartArray(name);
        foreach (var fill in fills)
        {
            json.WriteStartObject();
            Write(json, "price", Amount.FromFixed9(fill.Price));
            Write(json, "quantity", Amount.FromFixed9(fill.Quantity));
            WriteTime(json, "time", fill.At);
            WriteTime(json, "signal_time", fill.SignalAt);
            json.WriteString("price_source", Words.Of(fill.PriceSource));
            WriteFlags(json, fill.Flags);
            json.WriteString("label", fill.Label);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
