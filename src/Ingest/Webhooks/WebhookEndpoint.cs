using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
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
    internal const string Prefix = "/webhook/";

    /// <summary>Maps <c>POST /webhook/{token}</c>.</summary>
    public static IEndpointConventionBuilder MapWebhook(this IEndpointRouteBuilder routes, WebhookEndpoint endpoint) =>
        routes.MapPost(Prefix + "{token}", endpoint.HandleAsync);

    /// <summary>
    /// Takes webhooks out of the pipeline before routing, whose work on each request they do not need: their
    /// address is known by its beginning. Whatever is spelled otherwise, or is no POST, goes the usual way.
    /// </summary>
    public static IApplicationBuilder UseWebhook(this IApplicationBuilder app, WebhookEndpoint endpoint) =>
        app.Use(next => context => IsWebhook(context.Request) ? endpoint.HandleAsync(context) : next(context));

    private static bool IsWebhook(HttpRequest request) =>
        request.Path.Value is { } path && path.StartsWith(Prefix, StringComparison.Ordinal) && !path.AsSpan(Prefix.Length).Contains('/')
        && HttpMethods.IsPost(request.Method);
}

/// <summary>
/// Takes alerts: token, body, parse, rate, inbox, durable answer, within 2.5 s of the arrival. Overload and
/// doubt are always 503, because TradingView sends again after 5xx only; whatever else a valid token sends is in
/// the ledger before it is answered. Runs on the server's threads; the token appears nowhere but in the path.
/// </summary>
public sealed class WebhookEndpoint : IDisposable
{
    private static readonly SignalAnswer Gone = SignalAnswer.Refused(Rejection.SenderGone.Because("Nobody waits for it any more."));

    private readonly Inbox _inbox;
    private readonly Func<RecorderDirectory> _directory;
    private readonly TimeProvider _time;
    private readonly WebhookSettings _settings;
    private readonly WebhookParser _parser;
    private readonly SignalRate _rate;
    private readonly SignalRate _refusedRate;
    private readonly SignalRate _excessRate;
    private readonly Deadlines _deadlines;

    public WebhookEndpoint(
        Inbox inbox, SymbolTable symbols, Func<RecorderDirectory> directory, TimeProvider time, WebhookMetrics metrics, WebhookSettings settings)
    {
        _inbox = inbox;
        _directory = directory;
        _time = time;
        Metrics = metrics;
        _settings = settings;
        _parser = new WebhookParser(symbols);
        _rate = new SignalRate(settings.SignalsPerSecond, time);
        _refusedRate = new SignalRate(settings.SignalsPerSecond, time);
        _excessRate = new SignalRate(IngestLimits.ExcessKeptPerSecond, time);
        _deadlines = new Deadlines(time, settings.AnswerTime, TooLate);
    }

    public WebhookMetrics Metrics { get; }

    private long Now => Timestamp.From(_time.GetUtcNow());

    public async Task HandleAsync(HttpContext context)
    {
        var arrival = new Arrival(_time.GetTimestamp(), Now);
        // Asked before the token is looked at: a stranger learns nothing about tokens, not even by the time it takes.
        if (_settings.Sources?.Allow(context.Connection.RemoteIpAddress, context.Request.Headers["X-Forwarded-For"]) == false)
        {
            await RefuseAsync(context, Rejection.SourceRefused.Because("It is not on the list of sources.")).ConfigureAwait(false);
            return;
        }
        if (RecorderOf(context.Request) is not { } recorder)
        {
            await RefuseAsync(context, Rejection.TokenUnknown.Because("There is no such webhook.")).ConfigureAwait(false);
            return;
        }
        var body = await WebhookBody.ReadAsync(context, _time, TimeLeft(arrival)).ConfigureAwait(false);
        if (!body.IsThere)
        {
            if (body.Refusal is not null) await RefuseAsync(context, body.Refusal).ConfigureAwait(false);
            return;
        }
        // Overload is no time for parsing what cannot be taken.
        var (message, refusal) = _inbox.SignalRefusal is { } full ? (null, full) : Understand(context.Request, recorder, body, arrival);
        body.Release(context.Request.BodyReader);
        if (message is null) await RefuseAsync(context, refusal!).ConfigureAwait(false);
        else await AnswerAsync(context, message, await DecideAsync(context, message, arrival).ConfigureAwait(false), arrival).ConfigureAwait(false);
    }

    public void Dispose() => _deadlines.Dispose();

    private readonly record struct Arrival(long Ticks, long At);

    private Recorder? RecorderOf(HttpRequest request)
    {
        var token = request.Path.Value.AsSpan(WebhookRoutes.Prefix.Length).TrimEnd('/');
        return _directory().FindByTokenHash(Secret.Hash(token));
    }

    /// <summary>What goes to the engine; null: only refused, because the ledger has enough of this sender.</summary>
    private (BodyMessage? Message, Refusal? Refusal) Understand(HttpRequest request, Recorder recorder, in WebhookBody body, Arrival arrival)
    {
        if (body.Bytes.IsSingleSegment) return Understand(request, recorder, body.Bytes.FirstSpan, body.Refusal, arrival);
        var length = (int)body.Bytes.Length;
        var copy = ArrayPool<byte>.Shared.Rent(length);
        body.Bytes.CopyTo(copy);
        var understood = Understand(request, recorder, copy.AsSpan(0, length), body.Refusal, arrival);
        ArrayPool<byte>.Shared.Return(copy);
        return understood;
    }

    private (BodyMessage? Message, Refusal? Refusal) Understand(
        HttpRequest request, Recorder recorder, ReadOnlySpan<byte> body, Refusal? refusal, Arrival arrival)
    {
        Signal? signal = null;
        SignalGist? gist = null;
        if (refusal is null && Parse(request, recorder, body, arrival, out signal, out refusal, out gist) && !_rate.TryTake(recorder.Id))
            (refusal, gist) =
                (Rejection.RateExceeded.Because($"At most {_settings.SignalsPerSecond} a second are taken for one recorder."), SignalGist.Of(signal));
        if (refusal is not null && !IsKept(recorder, refusal))
        {
            Metrics.CountUnkept();
            return (null, refusal);
        }
        var receipt = KeptBody.Of(body, isWhole: refusal?.Kind != Rejection.BodyTooLarge, arrival.At);
        return refusal is null
            ? (new SignalMessage(recorder.Id, signal!) { ReceivedAt = arrival.At, Receipt = receipt }, null)
            : (new RefusedMessage(recorder.Id, refusal)
            { ReceivedAt = arrival.At, Receipt = receipt, Gist = gist ?? SignalGist.Empty, BodyHash = BodyHash.Of(body) }, refusal);
    }

    private bool Parse(
        HttpRequest request, Recorder recorder, ReadOnlySpan<byte> body, Arrival arrival,
        [NotNullWhen(true)] out Signal? signal, [NotNullWhen(false)] out Refusal? refusal, [NotNullWhen(false)] out SignalGist? gist) =>
        _parser.TryParse(body, arrival.At, KeyHeader(request), recorder.Settings.FieldMapping, out signal, out refusal, out gist);

    private static string? KeyHeader(HttpRequest request) =>
        request.Headers.TryGetValue("Idempotency-Key", out var values) ? values.ToString() : null;

    /// <summary>A sender gone wild shall not push the others' entries out of the ledger.</summary>
    private bool IsKept(Recorder recorder, Refusal refusal) =>
        (refusal.Kind == Rejection.RateExceeded ? _excessRate : _refusedRate).TryTake(recorder.Id);

    /// <summary>
    /// Offers the body and waits for what the engine says once it is durable, until the time is over or the sender has gone: what was
    /// given up is in doubt, which the engine knows. A sender that has gone may be back with the same body before the commit is done.
    /// </summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<SignalAnswer> DecideAsync(HttpContext context, BodyMessage message, Arrival arrival)
    {
        if (_inbox.Offer(message) is { } full) return SignalAnswer.Refused(full);
        var place = _deadlines.Enter(message, arrival.Ticks);
        // The connection's token is there already; the request's would be made for each.
        var gone = context.Features.Get<IConnectionLifetimeFeature>()?.ConnectionClosed ?? CancellationToken.None;
        using var watch = gone.UnsafeRegister(static message => ((BodyMessage)message!).TryAbandon(Gone), message);
        try
        {
            return await message.Answer.ConfigureAwait(false);
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
        finally
        {
            place.Leave();
        }
    }

    private SignalAnswer TooLate() =>
        SignalAnswer.Refused(Rejection.CommitSlow.Because($"It took more than {_settings.AnswerTime.TotalSeconds:0.#} s."));

    private TimeSpan TimeLeft(Arrival arrival)
    {
        var left = _settings.AnswerTime - _time.GetElapsedTime(arrival.Ticks);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>
    /// Writes the answer and tells whether it was handed to its connection whole: the server knows when the sender is gone. The operating system
    /// holds it until that is told, where it matters: a kill at the very moment when the sender has its answer finds it marked.
    /// </summary>
    private async ValueTask AnswerAsync(HttpContext context, BodyMessage message, SignalAnswer answer, Arrival arrival)
    {
        using var held = NeedsMark(message, answer) ? HeldAnswer.Of(context) : default;
        var isWritten = answer.Refusal is not null
            ? await RefuseAsync(context, answer.Refusal).ConfigureAwait(false)
            : await AcceptAsync(context.Response, answer, arrival).ConfigureAwait(false);
        // A 503 is no answer to what may be journalled all the same: that is in doubt.
        if (answer.Refusal is { Kind.IsOverload: true }) return;
        if (isWritten) _settings.Answered?.Invoke(new WrittenAnswer(message.EntryId, answer.Sequence, Now));
        else if (answer.Refusal is null) _settings.LeftInDoubt?.Invoke(message.RecorderId, ((SignalMessage)message).Signal, answer);
    }

    /// <summary>A repeat with a key is known by the key, whatever became of the first one's answer; what was refused is in no doubt.</summary>
    private static bool NeedsMark(BodyMessage message, SignalAnswer answer) =>
        answer.Refusal is null && message is SignalMessage { Signal.Key: null };

    private Task<bool> RefuseAsync(HttpContext context, Refusal refusal)
    {
        Metrics.Count(refusal);
        // The server cuts the connection of a body that is not read to its end; a sender that is not told would send its next alert into nothing.
        if (refusal.Kind == Rejection.BodyTooLarge && !context.Response.HasStarted) context.Response.Headers.Connection = "close";
        return Problems.WriteAsync(context, refusal);
    }

    private async ValueTask<bool> AcceptAsync(HttpResponse response, SignalAnswer answer, Arrival arrival)
    {
        Metrics.Count(answer, _time.GetElapsedTime(arrival.Ticks));
        var text = WebhookAnswer.Write(answer);
        response.ContentType = "application/json";
        response.ContentLength = text.Length;
        return !(await response.BodyWriter.WriteAsync(text).ConfigureAwait(false)).IsCompleted;
    }
}
