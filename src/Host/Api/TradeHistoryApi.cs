using System.Text.Json;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Host.Json;
using StreamRecorder.Host.OpenApi;
using StreamRecorder.Host.Reading;
using StreamRecorder.Host.Web;

namespace StreamRecorder.Host.Api;

/// <summary>The table of trades that dashboards show, in the words that they have used for it.</summary>
public sealed class TradeHistoryApi(PositionsReader positions)
{
    public void Map(IEndpointRouteBuilder routes) =>
        routes.Get("/api/dashboard/trade-history", KeyScope.Read, Docs.TradeHistory, ListAsync);

    private async Task<IResult> ListAsync(HttpContext context)
    {
        var query = new QueryText(context.Request.Query);
        var limit = query.Whole("limit", 1, HostLimits.PageLimitMax, HostLimits.PageLimitDefault);
        var (from, to, includeOpen) = (query.Time("from"), query.Time("to"), query.Flag("include_open"));
        if (query.Finish() is { } refusal) return Routes.Problem(refusal);
        var reply = await positions.HistoryAsync(from, to, limit, includeOpen).ConfigureAwait(false);
        if (reply.Refusal is not null) return Routes.Problem(reply.Refusal);
        return JsonAnswer.Ok(json =>
        {
            json.WriteStartArray("trades");
            foreach (var view in reply.Value!) Write(json, view);
            json.WriteEndArray();
        });
    }

    private static void Write(Utf8JsonWriter json, PositionView view)
    {
        json.WriteStartObject();
        PositionJson.WriteTime(json, "open_time", view.OpenedAt);
        PositionJson.WriteTime(json, "closed_time", view.ClosedAt);
        json.WriteString("strategy", view.Recorder);
        json.WriteString("symbol", view.Symbol);
        json.WriteString("side", Words.Of(view.Side));
        PositionJson.Write(json, "size", view.TotalQuantity);
        PositionJson.Write(json, "entry_price", view.AvgEntryPrice);
        PositionJson.Write(json, "exit_price", view.ExitPrice);
        // Two figures, each rounded once: their sum may differ from the true one in
        // the last of ten places, which no open trade keeps for longer than a tick.
        PositionJson.Write(json, "profit", view.IsOpen ? new Amount(view.RealizedPnl.Units + view.UnrealizedPnl.Units) : view.RealizedPnl);
        PositionJson.Write(json, "drawdown", view.Drawdown);
        json.WriteString("status", view.Outcome);
        json.WriteString("source", "recorder");
        json.WriteEndObject();
    }
}
