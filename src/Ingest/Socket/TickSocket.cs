using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Ingest.Ticks;

namespace StreamRecorder.Ingest.Socket;

public static class TickSocketRoutes
{
    /// <summary>Maps <c>GET /ticks/ws</c>; the application uses WebSockets. Who may send is for the caller to require on the result.</summary>
    public static IEndpointConventionBuilder MapTickSocket(this IEndpointRouteBuilder routes, TickSocket socket) =>
        routes.MapGet("/ticks/ws", socket.HandleAsync);
}

/// <summary>Takes ticks by WebSocket, with durable sequences: docs/feeds.md describes the frames.</summary>
/// <param name="feeds">Shared with the other ways in.</param>
/// <param name="stopping">Signalled when the service begins to stop: connections are closed then, once what they brought is durable.</param>
public sealed class TickSocket(Inbox inbox, SymbolTable symbols, TimeProvider time, LiveFeeds feeds, CancellationToken stopping)
{
    private readonly NameHolders _names = new();
    private int _connections;
    private long _rejected;

    /// <summary>Connections now.</summary>
    public int ConnectionCount => Volatile.Read(ref _connections);

    /// <summary>Lines and ticks that were not understood, since the start.</summary>
    public long Rejected => Interlocked.Read(ref _rejected);

    public async Task HandleAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.Headers.Upgrade = "websocket";
            var refusal = Rejection.RequestInvalid.Because("This address speaks WebSocket; for ticks over plain HTTP use POST /ticks.");
            await Problems.WriteAsync(context, refusal, StatusCodes.Status426UpgradeRequired).ConfigureAwait(false);
            return;
        }
        try
        {
            if (Interlocked.Increment(ref _connections) > IngestLimits.SocketsMax)
                await Problems.WriteAsync(
                    context, Rejection.InboxFull.Because($"{IngestLimits.SocketsMax} connections are open.")).ConfigureAwait(false);
            else
                await RunAsync(context).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _connections);
        }
    }

    private async Task RunAsync(HttpContext context)
    {
        var accepted = new WebSocketAcceptContext { KeepAliveInterval = IngestLimits.SocketKeepAlive };
        using var socket = await context.WebSockets.AcceptWebSocketAsync(accepted).ConfigureAwait(false);
        using var live = feeds.Open();
        using var connection = new SocketConnection(socket, inbox, symbols, time, _names, live);
        await connection.RunAsync(stopping).ConfigureAwait(false);
        Interlocked.Add(ref _rejected, connection.Rejected);
    }
}
