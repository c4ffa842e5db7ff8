using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace StreamRecorder.Ingest.Tests.Socket;

/// <summary>
/// A server that answers each upgrade with the next status of a list, and the last one from then on. Behind 101 it says welcome, that it
/// rejected some, and, but for the last time, that it stops.
/// </summary>
internal sealed class UpgradeScript : IAsyncDisposable
{
    /// <summary>On each connection.</summary>
    public const int RejectedCount = 7;

    private static readonly string Errors = string.Join(
        ',', Enumerable.Range(1, RejectedCount).Select(line => $$"""{"sequence":0,"line":{{line}},"reason":"so"}"""));

    private static readonly string Ack = $$"""
        {"type":"ack","sequence":0,"accepted":0,"late":0,"rejected":{{RejectedCount}},"repeated":0,"errors":[{{Errors}}]}
        """;

    private readonly WebApplication _app;
    private readonly int[] _statuses;
    private readonly TaskCompletionSource _lastReached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _requests;

    private UpgradeScript(int[] statuses)
    {
        _statuses = statuses;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.UseWebSockets();
        _app.Run(AnswerAsync);
    }

    public Uri Address => new(_app.Urls.First());

    public int RequestCount => Volatile.Read(ref _requests);

    /// <summary>The list is at its end.</summary>
    public Task LastReached => _lastReached.Task;

    public static async Task<UpgradeScript> StartAsync(params int[] statuses)
    {
        var script = new UpgradeScript(statuses);
        await script._app.StartAsync();
        return script;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var number = Interlocked.Increment(ref _requests);
        var status = _statuses[Math.Min(number, _statuses.Length) - 1];
        if (number == _statuses.Length) _lastReached.SetResult();
        if (status != 101)
        {
            context.Response.StatusCode = status;
            return;
        }
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var cut = context.RequestAborted;
        await SendAsync(socket, """{"type":"welcome","sequence":0}""", cut);
        await SendAsync(socket, Ack, cut);
        if (number < _statuses.Length) await socket.CloseAsync((WebSocketCloseStatus)1001, null, cut);
        else await Task.Delay(Timeout.Infinite, cut).ContinueWith(static _ => { }, TaskScheduler.Default);
    }

    private static Task SendAsync(WebSocket socket, string text, CancellationToken cut) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, cut);
}
