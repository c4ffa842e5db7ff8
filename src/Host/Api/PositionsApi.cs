using System.Text.Json;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Host.Json;
using StreamRecorder.Host.OpenApi;
using StreamRecorder.Host.Reading;
using StreamRecorder.Host.Web;

namespace StreamRecorder.Host.Api;

/// <summary>Positions: lists, one with its fills, and closing by hand.</summary>
public sealed class PositionsApi(EngineClient engine, PositionsReader positions, SymbolTable symbols)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.Get("/api/positions", KeyScope.Read, Docs.PositionList, ListAsync);
        routes.Get("/api/positions/{id}", KeyScope.Read, Docs.PositionGet, GetAsync);
        routes.Post("/api/positions/{id}/close", KeyScope.Admin, Docs.PositionClose, CloseAsync);
    }

    private async Task<IResult> ListAsync(HttpContext context)
    {
        var (filter, refusal) = Read(new QueryText(context.Request.Query));
        if (refusal is not null) return Routes.Problem(refusal);
        var reply = await positions.ListAsync(filter).ConfigureAwait(false);
        if (reply.Refusal is not null) return Routes.Problem(reply.Refusal);
        var page = reply.Value!;
        return JsonAnswer.Ok(json =>
        {
            json.WriteStartArray("positions");
            foreach (var view in page.Positions)
            {
                json.WriteStartObject();
                PositionJson.WriteFields(json, view);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteString("next_cursor", page.HasMore ? Cursor.After(page.Positions[^1].Id) : null);
        });
    }

    private (PositionFilter Filter, Refusal? Refusal) Read(QueryText query)
    {
        var status = PositionStatus.All;
        if (query.Text("status") is { } word && (!Enum.TryParse(word, ignoreCase: true, out status) || !char.IsLetter(word[0])))
            query.Refuse("status must be open, closed or all.", "status");
        var filter = new PositionFilter(status)
        {
            Recorder = query.Text("recorder"),
            Symbol = ReadSymbol(query),
            From = query.Time("from"),
            To = query.Time("to"),
            BeforeId = Cursor.Read(query) ?? long.MaxValue,
            Limit = query.Whole("limit", 1, HostLimits.PageLimitMax, HostLimits.PageLimitDefault),
        };
        return (filter, query.Finish());
    }

    private Symbol? ReadSymbol(QueryText query)
    {
        if (query.Text("symbol") is not { } text) return null;
        if (!symbols.TryResolveOfAlert(text, engine.Now, engine.Now, out var symbol, out var refusal)) query.Refuse(refusal!.Detail, "symbol");
        return symbol;
    }

    private async Task<IResult> GetAsync(HttpContext context)
    {
        if (context.Id() is not { } id) return Routes.Missing("position");
        var reply = await positions.FindAsync(id).ConfigureAwait(false);
        if (reply.Refusal is not null) return Routes.Problem(reply.Refusal);
        return reply.Value is { } view ? Whole(view) : Routes.Missing("position");
    }

    private async Task<IResult> CloseAsync(HttpContext context)
    {
        var body = await RequestBody.ReadAsync(context.Request).ConfigureAwait(false);
        var price = body.Number("price", -Fixed9.PriceMax, Fixed9.PriceMax);
        if (body.Finish() is { } refusal) return Routes.Problem(refusal);
        if (context.Id() is not { } id) return Routes.Missing("position");
        var reply = await engine.SendAsync(new ClosePosition(id, price) { ReceivedAt = engine.Now }).ConfigureAwait(false);
        var closed = reply.Refusal is null || reply.Refusal.Kind == Rejection.NotFound ? positions.FindClosed(id) : null;
        if (reply.Refusal is null) return Whole(closed!);
        return Routes.Problem(closed is null ? reply.Refusal : Rejection.Conflict.Because("The position is closed already."));
    }

    private JsonAnswer Whole(PositionView view)
    {
        var fills = positions.FillsOf(view);
        var path = positions.PathOf(view, fills);
        return JsonAnswer.Ok(json =>
        {
            PositionJson.WriteFields(json, view);
            PositionJson.WriteFills(json, fills);
            WritePath(json, path);
        });
    }

    private static void WritePath(Utf8JsonWriter json, IReadOnlyList<Sink.PricePoint> path)
    {
        json.WriteStartArray("price_path");
        foreach (var point in path)
        {
            json.WriteStartObject();
            PositionJson.WriteTime(json, "time", point.At);
            PositionJson.Write(json, "price", point.Amount);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
