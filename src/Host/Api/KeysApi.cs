using System.Text.Json;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Host.Json;
using StreamRecorder.Host.OpenApi;
using StreamRecorder.Host.Reading;
using StreamRecorder.Host.Start;
using StreamRecorder.Host.Web;

namespace StreamRecorder.Host.Api;

/// <summary>API keys: who may read, manage and send ticks. Only admins see even their names.</summary>
public sealed class KeysApi(EngineClient engine, Tables tables)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.Get("/api/keys", KeyScope.Admin, Docs.KeyList, ListAsync);
        routes.Post("/api/keys", KeyScope.Admin, Docs.KeyAdd, AddAsync);
        routes.Delete("/api/keys/{name}", KeyScope.Admin, Docs.KeyRevoke, RevokeAsync);
    }

    private async Task<IResult> ListAsync(HttpContext context)
    {
        var reply = await tables.DirectoryAsync().ConfigureAwait(false);
        if (reply.Refusal is not null) return Routes.Problem(reply.Refusal);
        return JsonAnswer.Ok(json =>
        {
            json.WriteStartArray("keys");
            foreach (var key in reply.Value!.Keys)
            {
                json.WriteStartObject();
                WriteFields(json, key);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        });
    }

    private async Task<IResult> AddAsync(HttpContext context)
    {
        var body = await RequestBody.ReadAsync(context.Request).ConfigureAwait(false);
        var name = Label.ReadForPath(body, "name");
        if (!Words.TryParse(body.Text("scope") ?? "", out KeyScope scope))
            body.Refuse(Rejection.FieldInvalid, "scope must be admin, feed or read.", "scope");
        if (body.Finish() is { } refusal) return Routes.Problem(refusal);
        var secret = Secret.Create();
        var key = new ApiKey(name!, scope, Secret.Hash(secret), engine.Now);
        var reply = await engine.SendAsync(new AddApiKey(key) { ReceivedAt = engine.Now }).ConfigureAwait(false);
        if (reply.Refusal is not null) return Routes.Problem(reply.Refusal);
        return new JsonAnswer(StatusCodes.Status201Created, json =>
        {
            WriteFields(json, key);
            json.WriteString("key", secret);
        });
    }

    private async Task<IResult> RevokeAsync(HttpContext context)
    {
        if (context.Text("name") == AdminKey.Name)
            return Routes.Problem(
                Rejection.Conflict.Because(
                    "This is the service's own key, by which its command line manages it. To change "
                    + "it, delete admin.key and start the service again."));
        var reply = await engine.SendAsync(new RevokeApiKey(context.Text("name")) { ReceivedAt = engine.Now }).ConfigureAwait(false);
        return reply.Refusal is null ? Results.NoContent() : Routes.Problem(reply.Refusal);
    }

    private static void WriteFields(Utf8JsonWriter json, ApiKey key)
    {
        json.WriteString("name", key.Name);
        json.WriteString("scope", Words.Of(key.Scope));
        PositionJson.WriteTime(json, "created_at", key.CreatedAt);
    }
}
