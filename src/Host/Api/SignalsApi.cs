using StreamRecorder.Engine;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Engine.Signals;
using StreamRecorder.Host.Json;
using StreamRecorder.Host.OpenApi;
using StreamRecorder.Host.Reading;
using StreamRecorder.Host.Web;
using StreamRecorder.Sink;

namespace StreamRecorder.Host.Api;

/// <summary>The ledger: every body that a valid token sent.</summary>
public sealed class SignalsApi(LedgerReader ledger, LedgerRetry retry)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.Get("/api/signals", KeyScope.Read, Docs.SignalList, ListAsync);
        routes.Get("/api/signals/{id}", KeyScope.Read, Docs.SignalGet, GetAsync);
        routes.Post("/api/signals/{id}/retry", KeyScope.Admin, Docs.SignalRetry, RetryAsync);
    }

    private async Task<IResult> ListAsync(HttpContext context)
    {
        var query = new QueryText(context.Request.Query);
        var recorder = query.Text("recorder");
        var filter = new LedgerFilter(
            Status: ReadStatus(query), From: query.Time("from"), To: query.Time("to"), BeforeId: Cursor.Read(query),
            Limit: query.Whole("limit", 1, HostLimits.PageLimitMax, HostLimits.PageLimitDefault));
        if (query.Finish() is { } refusal) return Routes.Problem(refusal);
        var page = await ledger.ListAsync(filter, recorder).ConfigureAwait(false);
        return JsonAnswer.Ok(json =>
        {
            json.WriteStartArray("signals");
            foreach (var entry in page.Entries)
            {
                json.WriteStartObject();
                SignalJson.WriteFields(json, entry);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteString("next_cursor", page.HasMore ? Cursor.After(page.Entries[^1].Id) : null);
        });
    }

    private Task<IResult> GetAsync(HttpContext context) => Task.FromResult(
        context.Id() is { } id && ledger.Find(id) is { } entry
            ? JsonAnswer.Ok(json => SignalJson.WriteFields(json, entry))
            : Routes.Missing("signal"));

    private async Task<IResult> RetryAsync(HttpContext context)
    {
        var query = new QueryText(context.Request.Query);
        var isForced = query.Flag("force");
        if (query.Finish() is { } wrong) return Routes.Problem(wrong);
        if (context.Id() is not { } id) return Routes.Missing("signal");
        var reply = await retry.RetryAsync(id, isForced).ConfigureAwait(false);
        return reply.Refusal is null ? JsonAnswer.Ok(json => SignalJson.WriteFields(json, reply.Value!)) : Routes.Problem(reply.Refusal);
    }

    private static SignalStatus? ReadStatus(QueryText query)
    {
        if (query.Text("status") is not { } text) return null;
        if (Words.TryParse(text, out SignalStatus status)) return status;
        query.Refuse("status must be accepted, duplicate, ignored or rejected.", "status");
        return null;
    }
}
