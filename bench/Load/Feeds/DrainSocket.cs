using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using StreamRecorder.Load.Processes;

namespace StreamRecorder.Load.Feeds;

/// <summary>
/// The rival of the binary socket: Kestrel with one WebSocket that reads every frame into a buffer and looks at nothing, until the other side closes.
/// </summary>
public sealed record DrainSocket : Role
{
    public override async Task PlayAsync(TextReader orders, TextWriter answers)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore();
        var app = builder.Build();
        await using (app.ConfigureAwait(false))
        {
            app.Urls.Add("http://127.0.0.1:0");
            app.UseRouting();
            app.UseWebSockets();
            app.MapGet("/ticks/ws", DrainAsync);
            await app.StartAsync().ConfigureAwait(false);
            await answers.WriteLineAsync(app.Urls.First()).ConfigureAwait(false);
            await orders.ReadToEndAsync().ConfigureAwait(false);
        }
    }

    private static async Task DrainAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync().ConfigureAwait(false);
        var buffer = new byte[128 * 1024];
        while ((await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted).ConfigureAwait(false)).MessageType != WebSocketMessageType.Close)
        {
        }
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted).ConfigureAwait(false);
    }
}
