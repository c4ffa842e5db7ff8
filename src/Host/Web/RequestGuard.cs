using StreamRecorder.Engine;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Ingest;

namespace StreamRecorder.Host.Web;

/// <summary>Metadata of an endpoint: the scope that its key must have.</summary>
public sealed record NeedsScope(KeyScope Scope);

/// <summary>
/// Lets a request through to its endpoint only with a key of the right scope. Everything under /api needs one, known route or not, so that
/// nobody learns without a key which routes there are. Keys are looked up by their hash: the time it takes says nothing about a near miss.
/// </summary>
public sealed class RequestGuard(EngineLoop engine)
{
    private const string Prefix = "Bearer ";

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (IsTooLong(context)) context.Response.Headers.Connection = "close";
        if (NeededScope(context) is { } needed && Refuse(context.Request, needed) is { } refusal)
        {
            if (refusal.Kind == Rejection.KeyMissing) context.Response.Headers.WWWAuthenticate = "Bearer";
            await Problems.WriteAsync(context, refusal).ConfigureAwait(false);
            return;
        }
        await next(context).ConfigureAwait(false);
    }

    /// <summary>
    /// The server cuts the connection of a body that it will not read to its end; a caller that is not told would send its next request into nothing.
    /// </summary>
    private static bool IsTooLong(HttpContext context)
    {
        if (context.Request.ContentLength is not > HostLimits.BodyBytesMax) return false;
        return context.GetEndpoint()?.Metadata.GetMetadata<BodyLimit>() is not { } limit || context.Request.ContentLength > limit.MaxRequestBodySize;
    }

    private static KeyScope? NeededScope(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<NeedsScope>()?.Scope ?? (context.Request.Path.StartsWithSegments("/api") ? KeyScope.Read : null);

    private Refusal? Refuse(HttpRequest request, KeyScope needed)
    {
        var header = request.Headers.Authorization.ToString();
        var key = header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
            ? engine.Directory.FindKey(Secret.Hash(header[Prefix.Length..].Trim()))
            : null;
        if (key is null) return Rejection.KeyMissing.Because("Send Authorization: Bearer KEY with a key that is valid here.");
        return key.Scope == KeyScope.Admin || key.Scope == needed
            ? null
            : Rejection.ScopeMissing.Because($"This needs a key with the scope {Words.Of(needed)}; yours has {Words.Of(key.Scope)}.");
    }
}
