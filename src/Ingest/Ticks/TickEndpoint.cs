using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Instruments;

namespace StreamRecorder.Ingest.Ticks;

public static class TickRoutes
{
    /// <summary>Maps <c>POST /ticks</c>. Who may send is for the caller to require on the result.</summary>
    public static IEndpointConventionBuilder MapTicks(this IEndpointRouteBuilder routes, TickEndpoint endpoint) =>
        routes.MapPost("/ticks", endpoint.HandleAsync);
}

/// <summary>
/// Takes ticks by HTTP: NDJSON, a JSON list or CSV, plain or gzip, of any length and however slow. Answers when all are applied and durable.
/// </summary>
/// <param name="feeds">Shared with the other ways in.</param>
/// <param name="stopping">Signalled when the service begins to stop: endless requests end then, with what they brought.</param>
public sealed class TickEndpoint(Inbox inbox, SymbolTable symbols, TimeProvider time, LiveFeeds feeds, CancellationToken stopping)
{
    private long _rejected;
    private int _senders;
    private long _endedStamp;

    /// <summary>Lines that gave no tick, since the start.</summary>
    public long Rejected => Interlocked.Read(ref _rejected);

    /// <summary>
    /// True while somebody sends, and for a minute after: a sender that posts now and then is there all the time, as far as anybody can tell.
    /// </summary>
    public bool IsConnected =>
        Volatile.Read(ref _senders) > 0
        || (Volatile.Read(ref _endedStamp) is var ended and not 0 && time.GetElapsedTime(ended) < IngestLimits.SenderAway);

    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            if (Interlocked.Increment(ref _senders) > IngestLimits.SendersMax)
                await Problems.WriteAsync(context, Rejection.InboxFull.Because($"{IngestLimits.SendersMax} requests are open.")).ConfigureAwait(false);
            else
                await TakeAsync(context).ConfigureAwait(false);
        }
        finally
        {
            Volatile.Write(ref _endedStamp, time.GetTimestamp());
            Interlocked.Decrement(ref _senders);
        }
    }

    private async Task TakeAsync(HttpContext context)
    {
        if (!IsKnownEncoding(context.Request.Headers.ContentEncoding.ToString()))
        {
            var refusal = Rejection.RequestInvalid.Because("Content-Encoding may be gzip or identity.", "Content-Encoding");
            await Problems.WriteAsync(context, refusal, StatusCodes.Status415UnsupportedMediaType).ConfigureAwait(false);
            return;
        }
        LiftLimits(context);
        using var intake = new TickIntake(inbox, symbols, time, FeedNames.Http, feeds.Open());
        var (problem, isGone) = await ReadAsync(context, intake).ConfigureAwait(false);
        problem = await FinishAsync(intake).ConfigureAwait(false) ?? intake.Decoder.Refusal ?? problem;
        Interlocked.Add(ref _rejected, intake.Decoder.Rejected);
        if (isGone) return;
        if (problem is not null) await Problems.WriteAsync(context, problem with { Detail = Told(problem, intake) }).ConfigureAwait(false);
        else await AnswerAsync(context, intake).ConfigureAwait(false);
    }

    private static bool IsKnownEncoding(string encoding) =>
        encoding.Length == 0
        || encoding.Equals("gzip", StringComparison.OrdinalIgnoreCase)
        || encoding.Equals("x-gzip", StringComparison.OrdinalIgnoreCase)
        || encoding.Equals("identity", StringComparison.OrdinalIgnoreCase);

    /// <summary>A stream of ticks has any length, and a quiet market is no slow sender.</summary>
    private static void LiftLimits(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = null;
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate) rate.MinDataRate = null;
    }

    private async Task<(Refusal? Problem, bool IsGone)> ReadAsync(HttpContext context, TickIntake intake)
    {
        try
        {
            var (stream, kind) = await GzipBody.OpenAsync(context.Request.Body, stopping).ConfigureAwait(false);
            await using var _ = stream.ConfigureAwait(false);
            var saysGzip = context.Request.Headers.ContentEncoding.ToString().EndsWith("gzip", StringComparison.OrdinalIgnoreCase);
            if (saysGzip && kind == GzipBody.Kind.Plain) return (NotGzip, false);
            await intake.ReadAsync(stream, stopping).ConfigureAwait(false);
            return (null, false);
        }
        catch (InvalidDataException)
        {
            return (Rejection.BodyUnreadable.Because("The gzip stream is broken."), false);
        }
        catch (InboxClosedException)
        {
            return (ShuttingDown, false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return (ShuttingDown, false);
        }
        catch (BadHttpRequestException)
        {
            return (Rejection.BodyUnreadable.Because("The request's body is broken off or badly framed."),
                context.RequestAborted.IsCancellationRequested);
        }
        catch (Exception fault) when (fault is IOException or OperationCanceledException)
        {
            return (null, true);
        }
    }

    private static Refusal NotGzip => Rejection.BodyUnreadable.Because("Content-Encoding says gzip, the body is not.");

    private static Refusal ShuttingDown => Rejection.ShuttingDown.Because("Connect again in some seconds.");

    /// <summary>Null when all is durable.</summary>
    private static async Task<Refusal?> FinishAsync(TickIntake intake)
    {
        try
        {
            await intake.FinishAsync().ConfigureAwait(false);
            return null;
        }
        catch (InboxClosedException)
        {
            return ShuttingDown;
        }
        catch (Exception)
        {
            // Whatever befell the journal: the engine logs it and stops. The sender needs to know only that this is not durable for certain.
            return Rejection.JournalFailed.Because("Send again what was not acknowledged when the service is back.");
        }
    }

    private static string Told(Refusal problem, TickIntake intake) =>
        intake.Applied == 0 && intake.Late == 0
            ? problem.Detail
            : $"{problem.Detail} {intake.Applied} ticks that came before were applied, {intake.Late} were late.";

    private static async Task AnswerAsync(HttpContext context, TickIntake intake)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        Write(buffer, intake);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = buffer.WrittenCount;
        await context.Response.Body.WriteAsync(buffer.WrittenMemory).ConfigureAwait(false);
    }

    private static void Write(IBufferWriter<byte> buffer, TickIntake intake)
    {
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteNumber("accepted"u8, intake.Applied);
        json.WriteNumber("late"u8, intake.Late);
        json.WriteNumber("rejected"u8, intake.Decoder.Rejected);
        json.WriteStartArray("errors"u8);
        foreach (var (line, reason) in intake.Decoder.Errors)
        {
            json.WriteStartObject();
            json.WriteNumber("line"u8, line);
            json.WriteString("reason"u8, reason);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
