using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using StreamRecorder.TickFeed;
using Xunit;

namespace StreamRecorder.Ingest.Tests.Socket;

/// <summary>A connection that sends what the test says, byte for byte, and takes what the service says one by one.</summary>
internal sealed class RawFeed : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly ClientWebSocket _socket = new();
    private readonly byte[] _buffer = new byte[64 * 1024];

    public int CloseCode => (int)_socket.CloseStatus!.Value;

    public static async Task<RawFeed> ConnectAsync(Service service)
    {
        var feed = new RawFeed();
        await feed._socket.ConnectAsync(new Uri($"ws://{service.Client.BaseAddress!.Authority}/ticks/ws"), TestContext.Current.CancellationToken);
        return feed;
    }

    /// <summary>Connected, hello sent, welcome taken; the sequence in it.</summary>
    public static async Task<(RawFeed Feed, long Sequence)> OpenAsync(Service service, string name)
    {
        var feed = await ConnectAsync(service);
        await feed.SendAsync(FeedFrames.Hello(name));
        var welcome = await feed.NextAsync("welcome");
        Assert.Equal(name, welcome.GetProperty("name").GetString());
        return (feed, welcome.GetProperty("sequence").GetInt64());
    }

    public Task SendAsync(byte[] frame) => _socket.SendAsync(frame, WebSocketMessageType.Binary, true, TestContext.Current.CancellationToken);

    public Task SendAsync(string frame) =>
        _socket.SendAsync(Encoding.UTF8.GetBytes(frame), WebSocketMessageType.Text, true, TestContext.Current.CancellationToken);

    /// <summary>Symbols of their own places from 0 on.</summary>
    public Task SendSymbolsAsync(params string[] symbols) => SendAsync(FeedFrames.Symbols(symbols));

    public Task SendTicksAsync(long sequence, params IReadOnlyList<FeedTick> ticks) => SendAsync(Frame(sequence, ticks));

    /// <summary>A frame whose symbols' names are their places.</summary>
    public static byte[] Frame(long sequence, params IReadOnlyList<FeedTick> ticks)
    {
        var frame = FeedFrames.Ticks(ticks, int.Parse);
        FeedFrames.Number(frame, sequence);
        return frame;
    }

    public static FeedTick Tick(int place, decimal price, int secondsAgo = 0) =>
        new($"{place}", price, DateTimeOffset.UtcNow.AddSeconds(-secondsAgo));

    /// <summary>The next message; null: the service closed.</summary>
    public async Task<JsonElement?> NextAsync()
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        late.CancelAfter(Limit);
        var part = await _socket.ReceiveAsync(_buffer, late.Token);
        Assert.True(part.EndOfMessage);
        return part.MessageType == WebSocketMessageType.Close ? null : JsonElement.Parse(_buffer.AsSpan(0, part.Count));
    }

    public async Task<JsonElement> NextAsync(string type)
    {
        var message = await NextAsync();
        Assert.Equal(type, message?.GetProperty("type").GetString());
        return message!.Value;
    }

    /// <summary>The acknowledgement that reaches a sequence, earlier ones passed over.</summary>
    public async Task<JsonElement> AckAsync(long sequence)
    {
        while (true)
        {
            var ack = await NextAsync("ack");
            if (ack.GetProperty("sequence").GetInt64() >= sequence) return ack;
        }
    }

    /// <summary>The acknowledgement that comes to so many accepted ticks.</summary>
    public async Task<JsonElement> AckWithAsync(long accepted)
    {
        while (true)
        {
            var ack = await NextAsync("ack");
            if (ack.GetProperty("accepted").GetInt64() >= accepted) return ack;
        }
    }

    /// <summary>Passes over acknowledgements until the error, and takes the close behind it. Its sentence.</summary>
    public async Task<string> ErrorAsync(int code)
    {
        JsonElement? message;
        while ((message = await NextAsync())?.GetProperty("type").GetString() == "ack")
        {
        }
        Assert.Equal(("error", code), (message?.GetProperty("type").GetString(), message?.GetProperty("code").GetInt32()));
        Assert.Null(await NextAsync());
        Assert.Equal(code, CloseCode);
        return message!.Value.GetProperty("detail").GetString()!;
    }

    public Task CloseOutputAsync() => _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);

    public void Abort() => _socket.Abort();

    public void Dispose() => _socket.Dispose();
}
