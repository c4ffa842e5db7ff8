using StreamRecorder.Engine;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Host.Json;
using StreamRecorder.Host.OpenApi;
using StreamRecorder.Host.Reading;
using StreamRecorder.Host.Start;
using StreamRecorder.Host.Web;

namespace StreamRecorder.Host.Api;

/// <summary>Which contract is front from when on. Rows set here join those of the file; later openings use them.</summary>
public sealed class FrontContractsApi(EngineClient engine, Tables tables, SymbolTable symbols)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.Get("/api/front-contracts", KeyScope.Read, Docs.FrontList, ListAsync);
        routes.Put("/api/front-contracts", KeyScope.Admin, Docs.FrontSet, SetAsync)
            .WithMetadata(BodyLimit.Table);
    }

    private async Task<IResult> ListAsync(HttpContext context)
    {
        var reply = await tables.FrontContractsAsync().ConfigureAwait(false);
        if (reply.Refusal is not null) return Routes.Problem(reply.Refusal);
        return JsonAnswer.Ok(json =>
        {
            json.WriteStartArray("front_contracts");
            foreach (var row in reply.Value!.All)
            {
                json.WriteStartObject();
                json.WriteString("root", row.Root);
                json.WriteString("contract", row.Contract);
                PositionJson.WriteTime(json, "from_utc", row.FromUtc);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        });
    }

    /// <summary>All rows or none.</summary>
    private async Task<IResult> SetAsync(HttpContext context)
    {
        var body = await RequestBody.ReadAsync(context.Request).ConfigureAwait(false);
        var elements = body.Rows("front_contracts", HostLimits.TableRowsPerCommand);
        if (body.Finish() is { } refusal) return Routes.Problem(refusal);
        var rows = new List<FrontContract>();
        foreach (var element in elements)
        {
            var cells = RequestBody.Of(element);
            var (root, contract, from) = (cells.Text("root"), cells.Text("contract"), cells.Cell("from_utc"));
            if (cells.Finish() is { } wrong) return Routes.Problem(InstrumentsApi.At(wrong, rows.Count));
            var (row, error) = FrontContractFile.Parse(root ?? "", contract ?? "", from ?? "", symbols);
            if (row is not null && rows.Any(r => r.Root == row.Root && r.FromUtc == row.FromUtc))
                (row, error) = (null, $"{root} has two contracts from the same time");
            if (row is null) return Routes.Problem(InstrumentsApi.At(Rejection.FieldInvalid.Because(error + ".", "front_contracts"), rows.Count));
            rows.Add(row);
        }
        var reply = await engine.SendAsync(new SetFrontContracts(rows, fromFile: false) { ReceivedAt = engine.Now }).ConfigureAwait(false);
        return reply.Refusal is null ? JsonAnswer.Ok(json => json.WriteNumber("taken", rows.Count)) : Routes.Problem(reply.Refusal);
    }
}
