using System.Net.WebSockets;
using System.Text.Json;
using StreamRecorder.TickFeed;

namespace StreamRecorder.Load.Feeds;

/// <summary>One feed's connection: numbers its frames, and says at the end whether all were taken. One thread at a time.</summary>
internal sealed class FeedSocket : IDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly byte[] _answer = new byte[64 * 1024];
    private Task _closed = Task.CompletedTask;

    private FeedSocket()
    {
    }

    public long Sent { get; private set; }

    /// <summary>Ticks that the last acknowledgement calls accepted; null: there was none, as from the rival that drains.</summary>
    public long? Accepted { get; private set; }

    public static async Task<FeedSocket> ConnectAsync(int port, string key, string name, IReadOnlyCollection<string> symbols)
    {
        var feed = new FeedSocket();
        feed._socket.Options.SetRequestHeader("Authorization", "Bearer " + key);
        await feed._socket.ConnectAsync(new Uri($"ws://127.0.0.1:{port}/ticks/ws"), CancellationToken.None).ConfigureAwait(false);
        await feed.WriteAsync(FeedFrames.Hello(name)).ConfigureAwait(false);
        await feed.WriteAsync(FeedFrames.Symbols(symbols)).ConfigureAwait(false);
        feed._closed = feed.ReadToCloseAsync();
        return feed;
    }

    public Task SendAsync(byte[] frame)
    {
        FeedFrames.Number(frame, ++Sent);
        return WriteAsync(frame);
    }

    /// <summary>
    /// Returns when the other side has closed too, which a server does when it is done with everything (ours: when everything is durable).
    /// </summary>
    public async Task CloseAsync()
    {
        await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None).ConfigureAwait(false);
        await _closed.ConfigureAwait(false);
    }

    public void Dispose() => _socket.Dispose();

    private Task WriteAsync(byte[] frame) => _socket.SendAsync(frame, WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);

    /// <summary>Reads acknowledgements until the close; an error before it would make every rate a lie.</summary>
    private async Task ReadToCloseAsync()
    {
        for (var length = 0; ;)
        {
            var part = await _socket.ReceiveAsync(_answer.AsMemory(length), CancellationToken.None).ConfigureAwait(false);
            if (part.MessageType == WebSocketMessageType.Close) break;
            length += part.Count;
            if (!part.EndOfMessage) continue;
            if (JsonElement.Parse(_answer.AsSpan(0, length)).TryGetProperty("accepted", out var accepted)) Accepted = accepted.GetInt64();
            length = 0;
        }
        if (_socket.CloseStatus != WebSocketCloseStatus.NormalClosure)
            throw new InvalidOperationException($"closed with {_socket.CloseStatus}: {_socket.CloseStatusDescription}");
    }
}
