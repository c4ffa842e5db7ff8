using System.Diagnostics;
using System.Globalization;
using System.Net.WebSockets;
using StreamRecorder.Load.Processes;
using StreamRecorder.TickFeed;

namespace StreamRecorder.Load.Feeds;

/// <summary>
/// Sends binary frames as fast as they are taken: each order is a number of seconds, each answer the ticks a second from the first
/// byte until the other side has closed, which a server does when it is done with everything (ours: when everything is durable).
/// </summary>
public sealed record SendFrames(int Port, string Key) : Role
{
    private readonly IReadOnlyList<byte[]> _frames = TickStream.Binary();
    private readonly byte[] _answer = new byte[64 * 1024];

    public override bool IsLoad => true;

    public override async Task PlayAsync(TextReader orders, TextWriter answers)
    {
        for (var round = 0; await orders.ReadLineAsync().ConfigureAwait(false) is { } order; round++)
        {
            var rate = await SendAsync(
                $"load-{round}", TimeSpan.FromSeconds(double.Parse(order, CultureInfo.InvariantCulture))).ConfigureAwait(false);
            await answers.WriteLineAsync(rate.ToString("R", CultureInfo.InvariantCulture)).ConfigureAwait(false);
        }
    }

    private async Task<double> SendAsync(string name, TimeSpan time)
    {
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", "Bearer " + Key);
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{Port}/ticks/ws"), CancellationToken.None).ConfigureAwait(false);
        await SendAsync(socket, FeedFrames.Hello(name)).ConfigureAwait(false);
        await SendAsync(socket, FeedFrames.Symbols(TickStream.Symbols)).ConfigureAwait(false);
        var closed = CloseAsync(socket);
        var started = Stopwatch.GetTimestamp();
        long sent = 0;
        while (Stopwatch.GetElapsedTime(started) < time)
        {
            var frame = _frames[(int)(sent % _frames.Count)];
            FeedFrames.Number(frame, ++sent);
            await SendAsync(socket, frame).ConfigureAwait(false);
        }
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None).ConfigureAwait(false);
        await closed.ConfigureAwait(false);
        return sent * TickStream.TicksPerFrame / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static Task SendAsync(ClientWebSocket socket, byte[] frame) =>
        socket.SendAsync(frame, WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);

    /// <summary>Reads acknowledgements until the close; an error before it would make every rate a lie.</summary>
    private async Task CloseAsync(ClientWebSocket socket)
    {
        while (await socket.ReceiveAsync(
            _answer.AsMemory(), CancellationToken.None).ConfigureAwait(false) is { MessageType: not WebSocketMessageType.Close })
        {
        }
        if (socket.CloseStatus != WebSocketCloseStatus.NormalClosure)
            throw new InvalidOperationException($"closed with {socket.CloseStatus}: {socket.CloseStatusDescription}");
    }
}
