using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using StreamRecorder.Engine;

namespace StreamRecorder.Ingest.Webhooks;

/// <summary>
/// One request's body as it lies in the server's buffers; valid until <see cref="Release"/>. Nothing is copied unless it came in pieces.
/// </summary>
/// <param name="Refusal">What is wrong with it: too long (then <see cref="Bytes"/> is its beginning), or not there.</param>
/// <param name="IsThere">False: it did not arrive whole; without a refusal its sender is gone.</param>
internal readonly record struct WebhookBody(ReadOnlySequence<byte> Bytes, SequencePosition End, Refusal? Refusal, bool IsThere)
{
    /// <summary>Reads up to the limit of size, and waits for what is missing no longer than <paramref name="limit"/>.</summary>
    public static async ValueTask<WebhookBody> ReadAsync(HttpContext context, TimeProvider time, TimeSpan limit)
    {
        var announced = context.Request.ContentLength;
        // Of what is too long the beginning is read and kept, so the server may not refuse it before us.
        if (announced is null or > IngestLimits.BodyBytesMax) Unlimited(context);
        var reader = context.Request.BodyReader;
        CancellationTokenSource? tooLate = null;
        try
        {
            for (var max = announced > IngestLimits.BodyBytesMax ? IngestLimits.KeptBodyBytesMax : IngestLimits.BodyBytesMax; ;)
            {
                if (!reader.TryRead(out var read))
                    read = await reader.ReadAsync((tooLate ??= new CancellationTokenSource(limit, time)).Token).ConfigureAwait(false);
                var bytes = read.Buffer;
                if (bytes.Length > max) return new(bytes.Slice(0, max), bytes.End, TooLarge(announced), true);
                if (read.IsCompleted) return new(bytes, bytes.End, null, true);
                reader.AdvanceTo(bytes.Start, bytes.End);
            }
        }
        catch (BadHttpRequestException)
        {
            return Missing(Rejection.BodyUnreadable.Because("The request's body is broken off or badly framed."));
        }
        catch (OperationCanceledException) when (tooLate is { IsCancellationRequested: true })
        {
            return Missing(Rejection.BodySlow.Because("Send it again, all at once."));
        }
        catch (Exception fault) when (fault is IOException or OperationCanceledException or ConnectionAbortedException)
        {
            return Missing(null);
        }
        finally
        {
            tooLate?.Dispose();
        }
    }

    /// <summary>Gives the buffers back; the bytes are gone then.</summary>
    public void Release(PipeReader reader) => reader.AdvanceTo(End);

    private static WebhookBody Missing(Refusal? refusal) => new(default, default, refusal, false);

    private static Refusal TooLarge(long? announced) =>
        Rejection.BodyTooLarge.Because(announced > IngestLimits.BodyBytesMax ? $"It has {announced} bytes." : "It was not read further.");

    private static void Unlimited(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature) feature.MaxRequestBodySize = null;
    }
}
