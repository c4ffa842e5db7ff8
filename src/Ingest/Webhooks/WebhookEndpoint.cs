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
/// sends again after 5xx only. Runs on the server's threads; the token appears nowhere but in the path.
/// </summary>
public sealed class WebhookEndpoint(
    Inbox inbox, SymbolTable symbols, Func<RecorderDirectory> directory, TimeProvider time, WebhookMetrics metrics, WebhookSettings settings)
{
    private readonly WebhookParser _parser = new(symbols);
    private readonly SignalRate _rate = new(settings.SignalsPerSecond, time);

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
            if (length < 0) return;
            await HandleBodyAsync(context, recorder, body.AsMemory(0, length), refusal, arrival).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(body);
        }
    }

    private readonly record struct Arrival(long Ticks, long At);

    /// <summary>What became of one request, step by step.</summary>
    private struct Course
    {
        public Signal? Signal;
        public SignalAnswer? Answer;
        public Refusal? Refusal;
        public bool IsInDoubt;
    }

    private async Task HandleBodyAsync(HttpContext context, Recorder recorder, ReadOnlyMemory<byte> body, Refusal? refusal, Arrival arrival)
    {
        var course = new Course { Refusal = refusal };
        if (refusal is null && _parser.TryParse(body.Span, arrival.At, KeyHeader(context), out course.Signal, out course.Refusal))
            course = await DecideAsync(recorder, course.Signal, arrival).ConfigureAwait(false);
        settings.Delivered?.Invoke(new WebhookDelivery
        {
            Recorder = recorder,
            Body = body,
            ReceivedAt = arrival.At,
            DecidedAt = Timestamp.From(time.GetUtcNow()),
            Signal = course.Signal,
            Answer = course.Answer,
            Refusal = course.Refusal,
            IsInDoubt = course.IsInDoubt,
        });
        if (course.Refusal is not null) await RefuseAsync(context, course.Refusal).ConfigureAwait(false);
        else await AnswerAsync(context, course.Answer!, arrival).ConfigureAwait(false);
        if (course.IsInDoubt || (course.Answer is not null && context.RequestAborted.IsCancellationRequested))
            settings.LeftInDoubt?.Invoke(recorder, course.Signal!);
    }

    private static string? KeyHeader(HttpContext context) =>
        context.Request.Headers.TryGetValue("Idempotency-Key", out var values) ? values.ToString() : null;

    /// <summary>Offers the signal and waits for what the engine says once it is durable.</summary>
    private async Task<Course> DecideAsync(Recorder recorder, Signal signal, Arrival arrival)
    {
        var course = new Course { Signal = signal };
        if (!_rate.TryTake(recorder.Id))
        {
            course.Refusal = Rejection.RateExceeded.Because($"At most {settings.SignalsPerSecond} a second are taken for one recorder.");
            return course;
        }
        var message = new SignalMessage(recorder.Id, signal) { ReceivedAt = arrival.At };
        course.Refusal = inbox.Offer(message);
        if (course.Refusal is not null) return course;
        try
        {
            var answer = await AnswerAsync(message, arrival).ConfigureAwait(false);
            course.Refusal = answer.Refusal;
            course.Answer = answer.Refusal is null ? answer : null;
        }
        catch (TimeoutException)
        {
            course.Refusal = Rejection.CommitSlow.Because($"It took more than {settings.AnswerTime.TotalSeconds:0.#} s.");
        }
        catch (InboxClosedException)
        {
            course.IsInDoubt = true;
            course.Refusal = Rejection.ShuttingDown.Because("Send it again in some seconds.");
        }
        catch (Exception)
        {
            // Whatever befell the journal: the engine logs it and stops. The sender needs to know only that this is not stored for certain.
            course.IsInDoubt = true;
            course.Refusal = Rejection.JournalFailed.Because("Send it again when the service is back.");
        }
        return course;
    }

    /// <summary>Gives up when the time is over, unless the answer has come just then. What was given up is in doubt, which the engine knows.</summary>
    private async Task<SignalAnswer> AnswerAsync(SignalMessage message, Arrival arrival)
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

    /// <summary>Reads the body up to its limit. A refusal when it is too long, too slow or broken; length −1 when the sender is gone.</summary>
    private async ValueTask<(int Length, Refusal? Refusal)> ReadAsync(HttpContext context, byte[] body, Arrival arrival)
    {
        if (context.Request.ContentLength > IngestLimits.BodyBytesMax)
            return (0, Rejection.BodyTooLarge.Because($"It has {context.Request.ContentLength} bytes."));
        using var tooLate = new CancellationTokenSource(TimeLeft(arrival), time);
        try
        {
            return await ReadBoundedAsync(context.Request.Body, body, tooLate.Token).ConfigureAwait(false);
        }
        catch (BadHttpRequestException fault)
        {
            return (0, fault.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? Rejection.BodyTooLarge.Because("It was not read further.")
                : Rejection.BodyUnreadable.Because("The request's body is broken off or badly framed."));
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            return (0, Rejection.CommitSlow.Because("The body did not arrive in time; nothing was taken."));
        }
        catch (Exception fault) when (fault is IOException or OperationCanceledException)
        {
            return (-1, null);
        }
    }

    private static async ValueTask<(int Length, Refusal? Refusal)> ReadBoundedAsync(Stream stream, byte[] body, CancellationToken cancel)
    {
        // One byte more than the limit tells "full" from "too long".
        for (var length = 0; ;)
        {
            var count = await stream.ReadAsync(body.AsMemory(length, IngestLimits.BodyBytesMax + 1 - length), cancel).ConfigureAwait(false);
            if (count == 0) return (length, null);
            length += count;
            if (length > IngestLimits.BodyBytesMax) return (0, Rejection.BodyTooLarge.Because("It was not read further."));
        }
    }

    private Task RefuseAsync(HttpContext context, Refusal refusal)
    {
        metrics.Count(refusal);
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
        if (!context.RequestAborted.IsCancellationRequested) settings.Answered?.Invoke(answer.Sequence);
    }
}
