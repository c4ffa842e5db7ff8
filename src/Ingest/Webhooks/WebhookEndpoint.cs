using System.Buffers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Engine.Signals;

namespace StreamRecorder.Ingest.Webhooks;

public static class WebhookRoutes
{
    /// <summary>Maps <c>POST /webhook/{token}</c>.</summary>
    public static IEndpointConventionBuilder MapWebhook(this IEndpointRouteBuilder routes, WebhookEndpoint endpoint) =>
        routes.MapPost("/webhook/{token}", endpoint.HandleAsync);
}

/// <summary>
/// Takes alerts: token, body, parse, rate, inbox, durable answer, within 2.5 s of the arrival. Overload and doubt are always 503, because TradingView
/// sends again after 5xx only; whatever else a valid token sends is in the ledger before it is answered. Runs on the server's threads; the token appears
/// nowhere but in the path.
/// </summary>
public sealed class WebhookEndpoint(
    Inbox inbox, SymbolTable symbols, Func<RecorderDirectory> directory, TimeProvider time, WebhookMetrics metrics, WebhookSettings settings)
{
    private readonly WebhookParser _parser = new(symbols);
    private readonly SignalRate _rate = new(settings.SignalsPerSecond, time);
    private readonly SignalRate _refusedRate = new(settings.SignalsPerSecond, time);
    private readonly SignalRate _excessRate = new(IngestLimits.ExcessKeptPerSecond, time);

    public async Task HandleAsync(HttpContext context)
    {
        var arrival = new Arrival(time.GetTimestamp(), Timestamp.From(time.GetUtcNow()));
        if (directory().FindByTokenHash(Secret.Hash(context.Request.RouteValues["token"] as string ?? "")) is not { } recorder)
        {
            await RefuseAsync(context, Rejection.TokenUnknown.Because("There is no such webhook.")).ConfigureAwait(false);
            return;
        }
        var body = ArrayPool<byte>.Shared.Rent(IngestLimits.BodyBytesMax + 1);
        try
        {
            var (length, refusal) = await ReadAsync(context, body, arrival).ConfigureAwait(false);
            if (length >= 0) await HandleBodyAsync(context, recorder, body.AsMemory(0, length), refusal, arrival).ConfigureAwait(false);
            else if (refusal is not null) await RefuseAsync(context, refusal).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(body);
        }
    }

    private readonly record struct Arrival(long Ticks, long At);

    private async Task HandleBodyAsync(HttpContext context, Recorder recorder, ReadOnlyMemory<byte> body, Refusal? refusal, Arrival arrival)
    {
        Signal? signal = null;
        SignalGist? gist = null;
        if (refusal is null && _parser.TryParse(body.Span, arrival.At, KeyHeader(context), out signal, out refusal, out gist) && !_rate.TryTake(recorder.Id))
            (refusal, gist) = (Rejection.RateExceeded.Because($"At most {settings.SignalsPerSecond} a second are taken for one recorder."), SignalGist.Of(signal));
        if (refusal is not null && !IsKept(recorder, refusal))
        {
            metrics.CountUnkept();
            await RefuseAsync(context, refusal).ConfigureAwait(false);
            return;
        }
        var receipt = KeptBody.Of(body.Span, isWhole: refusal?.Kind != Rejection.BodyTooLarge, arrival.At);
        BodyMessage message = refusal is null
            ? new SignalMessage(recorder.Id, signal!) { ReceivedAt = arrival.At, Receipt = receipt }
            : new RefusedMessage(recorder.Id, refusal) { ReceivedAt = arrival.At, Receipt = receipt, Gist = gist ?? SignalGist.Empty, BodyHash = BodyHash.Of(body.Span) };
        var answer = await DecideAsync(message, arrival).ConfigureAwait(false);
        if (answer.Refusal is not null) await RefuseAsync(context, answer.Refusal).ConfigureAwait(false);
        else await AnswerAsync(context, answer, arrival).ConfigureAwait(false);
        if (!context.RequestAborted.IsCancellationRequested) settings.Answered?.Invoke(new WrittenAnswer(message.EntryId, answer.Sequence, Now));
        else if (answer.Refusal is null) settings.LeftInDoubt?.Invoke(recorder.Id, signal!, answer);
    }

    private long Now => Timestamp.From(time.GetUtcNow());

    private static string? KeyHeader(HttpContext context) =>
        context.Request.Headers.TryGetValue("Idempotency-Key", out var values) ? values.ToString() : null;

    /// <summary>A sender gone wild shall not push the others' entries out of the ledger.</summary>
    private bool IsKept(Recorder recorder, Refusal refusal) =>
        (refusal.Kind == Rejection.RateExceeded ? _excessRate : _refusedRate).TryTake(recorder.Id);

    /// <summary>Offers the body and waits for what the engine says once it is durable.</summary>
    private async Task<SignalAnswer> DecideAsync(BodyMessage message, Arrival arrival)
    {
        if (inbox.Offer(message) is { } full) return SignalAnswer.Refused(full);
        try
        {
            return await AnswerAsync(message, arrival).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return SignalAnswer.Refused(Rejection.CommitSlow.Because($"It took more than {settings.AnswerTime.TotalSeconds:0.#} s."));
        }
        catch (InboxClosedException)
        {
            return SignalAnswer.Refused(Rejection.ShuttingDown.Because("Send it again in some seconds."));
        }
        catch (Exception)
        {
            // Whatever befell the journal: the engine logs it and stops. The sender needs to know only that this is not stored for certain.
            return SignalAnswer.Refused(Rejection.JournalFailed.Because("Send it again when the service is back."));
        }
    }

    /// <summary>Gives up when the time is over, unless the answer has come just then. What was given up is in doubt, which the engine knows.</summary>
    private async Task<SignalAnswer> AnswerAsync(BodyMessage message, Arrival arrival)
    {
        try
        {
            return await message.Answer.WaitAsync(TimeLeft(arrival), time).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!message.TryAbandon())
        {
            return await message.Answer.ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Forget(message.Answer);
            throw;
        }
    }

    /// <summary>Nobody waits any more; a fault that comes later has been seen all the same.</summary>
    private static void Forget(Task answer) =>
        answer.ContinueWith(static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

    private TimeSpan TimeLeft(Arrival arrival)
    {
        var left = settings.AnswerTime - time.GetElapsedTime(arrival.Ticks);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>
    /// Reads the body up to its limit. What is too long is refused with as much of it as the ledger keeps; length −1: it did not arrive whole, with what to tell the sender
    /// if it is still there.
    /// </summary>
    private async ValueTask<(int Length, Refusal? Refusal)> ReadAsync(HttpContext context, byte[] body, Arrival arrival)
    {
        using var tooLate = new CancellationTokenSource(TimeLeft(arrival), time);
        try
        {
            if (context.Request.ContentLength is { } announced and > IngestLimits.BodyBytesMax)
            {
                var (kept, _) = await ReadBoundedAsync(context.Request.Body, body, IngestLimits.KeptBodyBytesMax, tooLate.Token).ConfigureAwait(false);
                return (kept, Rejection.BodyTooLarge.Because($"It has {announced} bytes."));
            }
            var (length, isWhole) = await ReadBoundedAsync(context.Request.Body, body, IngestLimits.BodyBytesMax, tooLate.Token).ConfigureAwait(false);
            return (length, isWhole ? null : Rejection.BodyTooLarge.Because("It was not read further."));
        }
        catch (BadHttpRequestException fault)
        {
            return (-1, fault.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? Rejection.BodyTooLarge.Because("It was not read further.")
                : Rejection.BodyUnreadable.Because("The request's body is broken off or badly framed."));
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            return (-1, Rejection.CommitSlow.Because("The body did not arrive in time; nothing was taken."));
        }
        catch (Exception fault) when (fault is IOException or OperationCanceledException)
        {
            return (-1, null);
        }
    }

    private static async ValueTask<(int Length, bool IsWhole)> ReadBoundedAsync(Stream stream, byte[] body, int max, CancellationToken cancel)
    {
        // One byte more than the limit tells "full" from "too long".
        for (var length = 0; ;)
        {
            var count = await stream.ReadAsync(body.AsMemory(length, max + 1 - length), cancel).ConfigureAwait(false);
            if (count == 0) return (length, true);
            length += count;
            if (length > max) return (max, false);
        }
    }

    private Task RefuseAsync(HttpContext context, Refusal refusal)
    {
        metrics.Count(refusal);
        // The server cuts the connection of a body that is not read to its end; a sender that is not told would send its next alert into nothing.
        if (refusal.Kind == Rejection.BodyTooLarge && !context.Response.HasStarted) context.Response.Headers.Connection = "close";
        return Problems.WriteAsync(context, refusal);
    }

    private async Task AnswerAsync(HttpContext context, SignalAnswer answer, Arrival arrival)
    {
        metrics.Count(answer.Status, time.GetElapsedTime(arrival.Ticks));
        var buffer = new ArrayBufferWriter<byte>(256);
        WebhookAnswer.Write(buffer, answer);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = buffer.WrittenCount;
        await context.Response.Body.WriteAsync(buffer.WrittenMemory).ConfigureAwait(false);
    }
}
