using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace StreamRecorder.Naive;

/// <summary>Writes positions with the fields, order and number format of the contract, newest opening first.</summary>
public static class PositionsJson
{
    private const int OutputDecimals = 10;

    public static string Write(Replay replay)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteStartArray("positions");
            foreach (var position in replay.Positions.Reverse())
                Write(json, position, replay.FiguresOf(position));
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    private static void Write(Utf8JsonWriter json, Position position, Figures figures)
    {
        json.WriteStartObject();
        WriteIdentity(json, position, figures);
        WriteMoney(json, position, figures);
        WriteExtremes(json, figures);
        WriteHistory(json, position, figures);
        json.WriteEndObject();
    }

    private static void WriteIdentity(Utf8JsonWriter json, Position position, Figures figures)
    {
        json.WriteNumber("id", position.Id);
        json.WriteNumber("recorder_id", position.RecorderId);
        json.WriteString("recorder", position.Recorder);
        json.WriteString("symbol", position.Symbol.Name);
        json.WriteString("contract", figures.SawTick ? position.PricedBy : position.ContractAtOpening);
        json.WriteString("root", position.Symbol.Instrument.Root);
        json.WriteString("currency", position.Symbol.Instrument.Currency);
        json.WriteString("side", position.Side > 0 ? "LONG" : "SHORT");
        json.WriteString("status", position.IsOpen ? "open" : "closed");
        json.WriteString("outcome", OutcomeOf(position, figures));
    }

    private static string OutcomeOf(Position position, Figures figures)
    {
        if (position.IsOpen) return "OPEN";
        return figures.RealizedPnl.Sign switch { > 0 => "WIN", < 0 => "LOSS", _ => "EVEN" };
    }

    private static void WriteMoney(Utf8JsonWriter json, Position position, Figures figures)
    {
        Write(json, "total_quantity", position.IsOpen ? figures.Held : figures.MaxQuantity);
        Write(json, "max_quantity", figures.MaxQuantity);
        Write(json, "entry_quantity", figures.EntryQuantity);
        Write(json, "avg_entry_price", figures.AvgEntryPrice);
        Write(json, "exit_price", figures.ExitPrice);
        Write(json, "current_price", figures.CurrentPrice);
        Write(json, "current_price_at", figures.CurrentPriceAt);
        Write(json, "unrealized_pnl", figures.UnrealizedPnl);
        Write(json, "realized_pnl", figures.RealizedPnl);
        Write(json, "commission", Fraction.Zero);
        Write(json, "net_pnl", figures.RealizedPnl);
    }

    private static void WriteExtremes(Utf8JsonWriter json, Figures figures)
    {
        Write(json, "worst_unrealized_pnl", figures.WorstUnrealizedPnl);
        Write(json, "best_unrealized_pnl", figures.BestUnrealizedPnl);
        Write(json, "worst_total_pnl", figures.WorstTotalPnl);
        Write(json, "best_total_pnl", figures.BestTotalPnl);
        Write(json, "max_drawdown", figures.MaxDrawdown);
        Write(json, "drawdown", Fraction.Abs(figures.WorstUnrealizedPnl));
        Write(json, "worst_price", figures.WorstPrice);
        Write(json, "worst_at", figures.WorstAt);
        Write(json, "best_price", figures.BestPrice);
        Write(json, "best_at", figures.BestAt);
    }

    private static void WriteHistory(Utf8JsonWriter json, Position position, Figures figures)
    {
        json.WriteNumber("tick_count", figures.TickCount);
        json.WriteNumber("gap_seconds", 0);
        WriteFlags(json, position, figures);
        json.WriteString("close_reason", position.CloseReason);
        Write(json, "opened_at", position.Fills[0].Time);
        Write(json, "closed_at", position.IsOpen ? null : position.Fills[^1].Time);
        Write(json, "updated_at", position.Fills[^1].Time);
        json.WriteNull("tradovate_position_id");
    }

    private static void WriteFlags(Utf8JsonWriter json, Position position, Figures figures)
    {
        var unpriced = position.ContractAtOpening is null && !figures.SawTick;
        json.WriteStartArray("flags");
        foreach (var flag in position.Flags.Concat(unpriced ? ["unpriced"] : []).Order(StringComparer.Ordinal))
            json.WriteStringValue(flag);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, string name, Fraction? number)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(number is { } some ? some.ToDecimal(OutputDecimals) : "null");
    }

    private static void Write(Utf8JsonWriter json, string name, long? moment) =>
        json.WriteString(name, moment is { } some ? Moment.Format(some) : null);
}
