using System.Globalization;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Host.Json;
using StreamRecorder.Host.OpenApi;
using StreamRecorder.Host.Reading;
using StreamRecorder.Host.Web;

namespace StreamRecorder.Host.Api;

/// <summary>The instrument table. Rows set here win over the files; open positions keep the point value that they opened with.</summary>
public sealed class InstrumentsApi(EngineClient engine, Tables tables)
{
    private static readonly string[] Columns = ["root", "exchange", "name", "tick_size", "tick_value", "currency", "kind"];

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.Get("/api/instruments", KeyScope.Read, Docs.InstrumentList, ListAsync);
        routes.Put("/api/instruments", KeyScope.Admin, Docs.InstrumentSet, SetAsync)
            .WithMetadata(BodyLimit.Table);
    }

    private async Task<IResult> ListAsync(HttpContext context)
    {
        var reply = await tables.InstrumentsAsync().ConfigureAwait(false);
        if (reply.Refusal is not null) return Routes.Problem(reply.Refusal);
        return JsonAnswer.Ok(json =>
        {
            json.WriteStartArray("instruments");
            foreach (var row in reply.Value!.All)
            {
                json.WriteStartObject();
                json.WriteString("root", row.Root);
                json.WriteString("exchange", row.Exchange);
                json.WriteString("name", row.Name);
                PositionJson.Write(json, "tick_size", Amount.FromFixed9(row.TickSize));
                PositionJson.Write(json, "tick_value", Amount.FromFixed9(row.TickValue));
                json.WriteString("currency", row.Currency);
                json.WriteString("kind", Words.Of(row.Kind));
                json.WriteEndObject();
            }
            json.WriteEndArray();
        });
    }

    /// <summary>All rows or none.</summary>
    private async Task<IResult> SetAsync(HttpContext context)
    {
        var body = await RequestBody.ReadAsync(context.Request).ConfigureAwait(false);
        var elements = body.Rows("instruments", HostLimits.TableRowsPerCommand);
        if (body.Finish() is { } refusal) return Routes.Problem(refusal);
        var rows = new List<Instrument>();
        foreach (var element in elements)
        {
            var (row, wrong) = Parse(RequestBody.Of(element), rows);
            if (row is null) return Routes.Problem(At(wrong!, rows.Count));
            rows.Add(row);
        }
        var reply = await engine.SendAsync(new SetInstruments(rows, fromFiles: false) { ReceivedAt = engine.Now }).ConfigureAwait(false);
        return reply.Refusal is null ? JsonAnswer.Ok(json => json.WriteNumber("changed", (int)reply.Value!.Value!)) : Routes.Problem(reply.Refusal);
    }

    private static (Instrument?, Refusal?) Parse(RequestBody body, List<Instrument> before)
    {
        var cells = Columns.ToDictionary(c => c, c => body.Cell(c) ?? "", StringComparer.Ordinal);
        if (body.Finish() is { } refusal) return (null, refusal);
        var (row, error) = InstrumentFile.Parse(name => cells[name]);
        if (row is null) return (null, Rejection.FieldInvalid.Because(error + ".", "instruments"));
        return before.Any(r => r.Root == row.Root)
            ? (null, Rejection.FieldInvalid.Because($"root {row.Root} is given twice.", "instruments"))
            : (row, null);
    }

    /// <summary>Names the row, counted from 0 as JSON counts.</summary>
    internal static Refusal At(Refusal refusal, int index) =>
        refusal with { Detail = string.Create(CultureInfo.InvariantCulture, $"Row {index}: {refusal.Detail}") };
}
