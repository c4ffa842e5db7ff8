using System.Buffers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Queries;
using StreamRecorder.Engine.Recorders;

namespace StreamRecorder.Ingest.Webhooks;

public static class WebhookTestRoutes
{
    /// <summary>Maps <c>POST /webhook/{token}/test</c>.</summary>
    public static IEndpointConventionBuilder MapWebhookTest(this IEndpointRouteBuilder routes, WebhookTest test) =>
        routes.MapPost("/webhook/{token}/test", test.HandleAsync);
}

/// <summary>
/// Says how a body would be understood and what it would do now, step by step, and does nothing: no fill, no entry
/// in the ledger, no key remembered. Under the same tokens as the webhook itself. Runs on the server's threads.
/// </summary>
public sealed class WebhookTest(Inbox inbox, SymbolTable symbols, Func<RecorderDirectory> directory, TimeProvider time)
{
    private readonly WebhookParser _parser = new(symbols);

    public async Task HandleAsync(HttpContext context)
    {
        if (directory().FindByTokenHash(Secret.Hash(context.Request.RouteValues["token"] as string ?? "")) is not { } recorder)
        {
            await Problems.WriteAsync(context, Rejection.TokenUnknown.Because("There is no such webhook.")).ConfigureAwait(false);
            return;
        }
        var body = await WebhookBody.ReadAsync(context, time, IngestLimits.AnswerTime).ConfigureAwait(false);
        if (!body.IsThere && body.Refusal is null) return;
        var bytes = body.IsThere ? body.Bytes.ToArray() : [];
        if (body.IsThere) body.Release(context.Request.BodyReader);
        if (body.Refusal is not null) await Problems.WriteAsync(context, body.Refusal).ConfigureAwait(false);
        else await AnswerAsync(context, recorder, bytes).ConfigureAwait(false);
    }

    private async Task AnswerAsync(HttpContext context, Recorder recorder, ReadOnlyMemory<byte> body)
    {
        var now = Timestamp.From(time.GetUtcNow());
        var reads = new List<FieldRead>();
        var keyHeader = context.Request.Headers.TryGetValue("Idempotency-Key", out var values) ? values.ToString() : null;
        _parser.TryParse(body.Span, now, keyHeader, recorder.Settings.FieldMapping, out var signal, out var refusal, out _, reads);
        SignalPreview? preview = null;
        if (signal is not null)
        {
            var query = new SignalPreviewQuery(recorder.Id, signal) { ReceivedAt = now };
            var full = inbox.Offer(query);
            if (full is null) (preview, full) = await AskAsync(query).ConfigureAwait(false);
            if (full is not null)
            {
                await Problems.WriteAsync(context, full).ConfigureAwait(false);
                return;
            }
        }
        var buffer = new ArrayBufferWriter<byte>(1024);
        new TestAnswer(recorder, WebhookParser.FormOf(body.Span), reads, signal, refusal, preview).Write(buffer);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = buffer.WrittenCount;
        await context.Response.Body.WriteAsync(buffer.WrittenMemory).ConfigureAwait(false);
    }

    private async Task<(SignalPreview?, Refusal?)> AskAsync(SignalPreviewQuery query)
    {
        try
        {
            return (await query.Result.WaitAsync(IngestLimits.AnswerTime, time).ConfigureAwait(false), null);
        }
        catch (TimeoutException)
        {
            return (null, Rejection.CommitSlow.Because("The engine did not answer in time."));
        }
        catch (Exception)
        {
            // The engine stops: it logs why.
            return (null, Rejection.ShuttingDown.Because("Send it again in some seconds."));
        }
    }
}
