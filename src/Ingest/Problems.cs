using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using StreamRecorder.Engine;

namespace StreamRecorder.Ingest;

/// <summary>
/// Refusals on the wire: RFC 9457 problem JSON with <c>reason</c> (the metric's label) and <c>field</c>
/// (when one is to blame). The one writer of them for all endpoints, so that every refusal looks the same.
/// </summary>
public static class Problems
{
    public const string ContentType = "application/problem+json";

    private const int TooManyRequests = StatusCodes.Status429TooManyRequests;

    /// <summary>
    /// Answers with the refusal. Does nothing when the answer has begun. True when it was handed to its connection whole.
    /// </summary>
    public static Task<bool> WriteAsync(HttpContext context, Refusal refusal) => WriteAsync(context, refusal, refusal.Kind.Status);

    /// <summary>The same under another status than the kind's own.</summary>
    public static async Task<bool> WriteAsync(HttpContext context, Refusal refusal, int status)
    {
        var response = context.Response;
        if (response.HasStarted) return false;
        response.StatusCode = status;
        response.ContentType = ContentType;
        if (RetryAfter(status) is { } seconds) response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        var body = Body(refusal, status);
        response.ContentLength = body.WrittenCount;
        return !(await response.BodyWriter.WriteAsync(body.WrittenMemory).ConfigureAwait(false)).IsCompleted;
    }

    private static int? RetryAfter(int status) => status switch
    {
        TooManyRequests => 1,
        StatusCodes.Status503ServiceUnavailable => IngestLimits.RetryAfterSeconds,
        _ => null,
    };

    private static ArrayBufferWriter<byte> Body(Refusal refusal, int status)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("type", "urn:streamrecorder:problem:" + refusal.Kind.Label);
        json.WriteString("title", refusal.Kind.Title);
        json.WriteNumber("status", status);
        json.WriteString("detail", refusal.Detail);
        json.WriteString("reason", refusal.Kind.Label);
        if (refusal.Field is not null) json.WriteString("field", refusal.Field);
        json.WriteEndObject();
        json.Flush();
        return buffer;
    }
}
