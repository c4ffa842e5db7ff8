using System.Net.WebSockets;
using System.Text.Json;

namespace StreamRecorder.TickFeed;

/// <summary>What the service says: one JSON object a message.</summary>
internal sealed class FeedMessages(WebSocket socket)
{
    private readonly byte[] _buffer = new byte[16 * 1024];

    /// <summary>Null when the service closed.</summary>
    public async Task<JsonElement?> NextAsync(CancellationToken cancel)
    {
        for (var length = 0; ;)
        {
            var part = await socket.ReceiveAsync(_buffer.AsMemory(length), cancel).ConfigureAwait(false);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseOutputAsync(socket.CloseStatus!.Value, null, cancel).ConfigureAwait(false);
                return null;
            }
            length += part.Count;
            if (part.EndOfMessage) return JsonElement.Parse(_buffer.AsSpan(0, length));
        }
    }
}
