using StreamRecorder.Engine;
using StreamRecorder.Ingest;

namespace StreamRecorder.Host.Web;

/// <summary>
/// Gives every failure the one problem form: exceptions that nobody expected, and the bare
/// status codes of routing and the server. What went wrong inside is logged, never sent.
/// </summary>
public sealed class ErrorPages(ILogger<ErrorPages> log)
{
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (BadHttpRequestException e) when (!context.Response.HasStarted)
        {
            await WriteAsync(context, e.StatusCode).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone; there is nobody to tell.
        }
        catch (Sink.DatabaseUnavailableException e) when (!context.Response.HasStarted)
        {
            log.LogWarning("A read failed: {Message}", e.Message);
            await Problems.WriteAsync(context, HostRejection.DatabaseUnavailable.Because("Send it again in some seconds.")).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever it is, the caller gets the problem form and the log gets the reason.
        catch (Exception e) when (!context.Response.HasStarted)
#pragma warning restore CA1031
        {
            log.LogError(e, "A request failed");
            await WriteAsync(context, StatusCodes.Status500InternalServerError).ConfigureAwait(false);
        }
        if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentLength: null, ContentType: null })
            await WriteAsync(context, context.Response.StatusCode).ConfigureAwait(false);
    }

    private static Task<bool> WriteAsync(HttpContext context, int status) => Problems.WriteAsync(context, status switch
    {
        404 => Rejection.NotFound.Because("No such address."),
        405 => HostRejection.MethodNotAllowed.Because($"Allowed: {context.Response.Headers.Allow}."),
        408 => HostRejection.TimedOut.Because("Send it again."),
        413 => Rejection.BodyTooLarge.Because("Send less at a time."),
        415 => HostRejection.MediaTypeUnsupported.Because("Send JSON."),
        400 => HostRejection.RequestUnreadable.Because("The request is not well-formed HTTP for this address."),
        _ => HostRejection.Failed.Because("The reason is in the service's log."),
    });
}
