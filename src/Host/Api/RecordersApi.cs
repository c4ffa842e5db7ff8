using StreamRecorder.Engine;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Host.OpenApi;
using StreamRecorder.Host.Reading;
using StreamRecorder.Host.Web;

namespace StreamRecorder.Host.Api;

/// <summary>Recorders and their webhook tokens.</summary>
public sealed class RecordersApi(EngineClient engine, Tables tables)
{
    private const string FirstLabel = "default";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.Get("/api/recorders", KeyScope.Read, Docs.RecorderList, ListAsync);
        routes.Post("/api/recorders", KeyScope.Admin, Docs.RecorderAdd, AddAsync);
        routes.Get("/api/recorders/{id}", KeyScope.Read, Docs.RecorderGet, GetAsync);
        routes.Patch("/api/recorders/{id}", KeyScope.Admin, Docs.RecorderChange, ChangeAsync);
        routes.Delete("/api/recorders/{id}", KeyScope.Admin, Docs.RecorderRemove, RemoveAsync);
        routes.Post("/api/recorders/{id}/tokens", KeyScope.Admin, Docs.TokenAdd, AddTokenAsync);
        routes.Delete("/api/recorders/{id}/tokens/{label}", KeyScope.Admin, Docs.TokenRevoke, RevokeTokenAsync);
        routes.Delete("/api/recorders/{id}/tokens", KeyScope.Admin, Docs.TokenRevokeByQuery, RevokeTokenAsync);
    }

    private async Task<IResult> ListAsync(HttpContext context)
    {
        var reply = await tables.DirectoryAsync().ConfigureAwait(false);
        if (reply.Refusal is not null) return Routes.Problem(reply.Refusal);
        return JsonAnswer.Ok(json =>
        {
            json.WriteStartArray("recorders");
            foreach (var recorder in reply.Value!.Recorders)
            {
                json.WriteStartObject();
                RecorderJson.WriteFields(json, recorder);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        });
    }

    private async Task<IResult> GetAsync(HttpContext context)
    {
        var reply = await tables.DirectoryAsync().ConfigureAwait(false);
        if (reply.Refusal is not null) return Routes.Problem(reply.Refusal);
        return context.Id() is { } id && reply.Value!.Find(id) is { } recorder
            ? JsonAnswer.Ok(json => RecorderJson.WriteFields(json, recorder))
            : Routes.Missing("recorder");
    }

    private async Task<IResult> AddAsync(HttpContext context)
    {
        var (settings, refusal) = SettingsBody.Read(await RequestBody.ReadAsync(context.Request).ConfigureAwait(false), needsName: true);
        if (refusal is not null) return Routes.Problem(refusal);
        var secret = Secret.Create();
        var token = new RecorderToken(FirstLabel, Secret.Hash(secret), engine.Now);
        var reply = await engine.SendAsync(new AddRecorder(settings.New(), token) { ReceivedAt = engine.Now }).ConfigureAwait(false);
        return reply.Refusal is null ? Created((Recorder)reply.Value!.Value!, secret) : Routes.Problem(reply.Refusal);
    }

    private async Task<IResult> ChangeAsync(HttpContext context)
    {
        var (settings, refusal) = SettingsBody.Read(await RequestBody.ReadAsync(context.Request).ConfigureAwait(false), needsName: false);
        if (refusal is not null) return Routes.Problem(refusal);
        if (context.Id() is not { } id) return Routes.Missing("recorder");
        var reply = await engine.SendAsync(new ChangeRecorder(id, settings.ApplyTo) { ReceivedAt = engine.Now }).ConfigureAwait(false);
        return reply.Refusal is null
            ? JsonAnswer.Ok(json => RecorderJson.WriteFields(json, (Recorder)reply.Value!.Value!))
            : Routes.Problem(reply.Refusal);
    }

    private async Task<IResult> RemoveAsync(HttpContext context) =>
        context.Id() is { } id ? await DoAsync(new RemoveRecorder(id) { ReceivedAt = engine.Now }).ConfigureAwait(false) : Routes.Missing("recorder");

    private async Task<IResult> AddTokenAsync(HttpContext context)
    {
        var body = await RequestBody.ReadAsync(context.Request).ConfigureAwait(false);
        var label = Label.ReadForPath(body, "label");
        if (body.Finish() is { } refusal) return Routes.Problem(refusal);
        if (context.Id() is not { } id) return Routes.Missing("recorder");
        var secret = Secret.Create();
        var token = new RecorderToken(label!, Secret.Hash(secret), engine.Now);
        var reply = await engine.SendAsync(new AddToken(id, token) { ReceivedAt = engine.Now }).ConfigureAwait(false);
        if (reply.Refusal is not null) return Routes.Problem(reply.Refusal);
        return new JsonAnswer(StatusCodes.Status201Created, json =>
        {
            json.WriteString("label", token.Label);
            Json.PositionJson.WriteTime(json, "created_at", token.CreatedAt);
            RecorderJson.WriteToken(json, secret);
        });
    }

    /// <summary>The label stands in the path, or in the query as <c>label</c>.</summary>
    private async Task<IResult> RevokeTokenAsync(HttpContext context)
    {
        var label = context.Request.RouteValues.ContainsKey("label") ? context.Text("label") : context.Request.Query["label"].ToString();
        if (label.Length == 0) return Routes.Problem(Rejection.RequestInvalid.Because("Say which token: /tokens/LABEL, or ?label=LABEL.", "label"));
        if (context.Id() is not { } id) return Routes.Missing("recorder");
        return await DoAsync(new RevokeToken(id, label) { ReceivedAt = engine.Now }).ConfigureAwait(false);
    }

    private async Task<IResult> DoAsync(Command command)
    {
        var reply = await engine.SendAsync(command).ConfigureAwait(false);
        return reply.Refusal is null ? Results.NoContent() : Routes.Problem(reply.Refusal);
    }

    private static JsonAnswer Created(Recorder recorder, string secret) => new(StatusCodes.Status201Created, json =>
    {
        RecorderJson.WriteFields(json, recorder);
        RecorderJson.WriteToken(json, secret);
    })
    { Location = FormattableString.Invariant($"/api/recorders/{recorder.Id}") };
}
