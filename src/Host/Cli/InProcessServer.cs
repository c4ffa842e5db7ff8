using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;

namespace StreamRecorder.Host.Cli;

/// <summary>
/// A server without a listener: requests come from an <see cref="HttpClient"/> of this very process. Command-line verbs on a stopped
/// service thus go through the same routes, checks and sentences as on a running one. One request at a time is enough for them.
/// </summary>
internal sealed class InProcessServer : IServer
{
    private Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>>? _handle;

    public IFeatureCollection Features { get; } = new FeatureCollection();

    public HttpMessageHandler Handler => new Bridge(this);

    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken) where TContext : notnull
    {
        _handle = (request, cancel) => HandleAsync(application, request, cancel);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _handle = null;

    private static async Task<HttpResponseMessage> HandleAsync<TContext>(
        IHttpApplication<TContext> application, HttpRequestMessage message, CancellationToken cancel)
        where TContext : notnull
    {
        var http = new DefaultHttpContext();
        var answer = new MemoryStream();
        http.Response.Body = answer;
        http.Request.Method = message.Method.Method;
        http.Request.Scheme = message.RequestUri!.Scheme;
        http.Request.Host = HostString.FromUriComponent(message.RequestUri);
        http.Request.Path = PathString.FromUriComponent(message.RequestUri);
        http.Request.QueryString = QueryString.FromUriComponent(message.RequestUri);
        foreach (var (name, values) in message.Headers) http.Request.Headers.Append(name, values.ToArray());
        if (message.Content is { } content)
        {
            foreach (var (name, values) in content.Headers) http.Request.Headers.Append(name, values.ToArray());
            http.Request.Body = await content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        }
        var context = application.CreateContext(http.Features);
        try
        {
            await application.ProcessRequestAsync(context).ConfigureAwait(false);
            application.DisposeContext(context, null);
        }
        catch (Exception e)
        {
            application.DisposeContext(context, e);
            throw;
        }
        var status = (HttpStatusCode)http.Features.GetRequiredFeature<IHttpResponseFeature>().StatusCode;
        return new HttpResponseMessage(status) { Content = new ByteArrayContent(answer.ToArray()) };
    }

    private sealed class Bridge(InProcessServer server) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            server._handle!(request, cancellationToken);
    }
}
