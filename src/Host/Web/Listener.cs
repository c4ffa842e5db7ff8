using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace StreamRecorder.Host.Web;

/// <summary>
/// One Kestrel with its own routes: the public and the management address are two of them, so that no
/// route of one can ever answer on the other. Nothing logs requests: a webhook's token is in its path.
/// </summary>
public static class Listener
{
    /// <summary>Builds without starting; <paramref name="server"/> replaces Kestrel where nothing shall listen.</summary>
    public static WebApplication Build(
        IReadOnlyList<string> urls, int connectionsMax, ILoggerFactory logs, Action<IServiceCollection>? services = null, IServer? server = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = typeof(Listener).Assembly.GetName().Name });
        builder.Services.AddSingleton(logs);
        builder.Services.AddSingleton<IHostLifetime, SignalsElsewhere>();
        builder.Services.AddRoutingCore();
        services?.Invoke(builder.Services);
        var places = new ConnectionPlaces(connectionsMax, TimeProvider.System, logs.CreateLogger<ConnectionPlaces>());
        if (server is not null) builder.Services.AddSingleton(server);
        else
            builder.WebHost.UseKestrelCore().UseSockets(Bound).ConfigureKestrel(kestrel => Bound(kestrel, places));
        // Behind Kestrel's own, which it replaces.
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>>(new ReadBlocks());
        var app = builder.Build();
        foreach (var url in server is null ? urls : []) app.Urls.Add(url);
        app.Use(places.Use);
        app.Use(new ErrorPages(logs.CreateLogger<ErrorPages>()).InvokeAsync);
        return app;
    }

    /// <summary>The addresses in truth: with the port that the system chose where 0 was asked for.</summary>
    public static IReadOnlyList<string> AddressesOf(WebApplication app) =>
        [.. app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? []];

    private static void Bound(SocketTransportOptions sockets)
    {
        sockets.MaxWriteBufferSize = HostLimits.UnsentBytesMax;
        // An answer is sent by the thread that writes it, which marks it as sent in the next moment. By default two more threads have to wake for
        // that; on a busy machine this takes milliseconds, for which the system would hold the answer back (HeldAnswer).
        sockets.UnsafePreferInlineScheduling = true;
    }

    private static void Bound(KestrelServerOptions kestrel, ConnectionPlaces places)
    {
        kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Use(places.Hold));
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = HostLimits.BodyBytesMax;
        kestrel.Limits.MaxRequestHeadersTotalSize = HostLimits.HeaderBytesMax;
        kestrel.Limits.RequestHeadersTimeout = HostLimits.HeadersTimeout;
    }

    /// <summary>The serve verb owns the signals of the process; two hosts must not both take them.</summary>
    private sealed class SignalsElsewhere : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
