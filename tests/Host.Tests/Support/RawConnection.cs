using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace StreamRecorder.Host.Tests.Support;

/// <summary>A connection whose bytes and their moments are the test's own, for what no decent client would send.</summary>
internal sealed class RawConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[16 * 1024];
    private int _length;

    private RawConnection(Socket socket) => _socket = socket;

    public static async Task<RawConnection> OpenAsync(Uri server)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(server.Host, server.Port, TestContext.Current.CancellationToken);
            return new RawConnection(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A whole request with a JSON body.</summary>
    public static string Post(string path, string body)
    {
        var length = Encoding.UTF8.GetByteCount(body);
        return string.Create(CultureInfo.InvariantCulture, $"POST {path} HTTP/1.1\r\nHost: test\r\nContent-Length: {length}\r\n\r\n{body}");
    }

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0) bytes = bytes[await _socket.SendAsync(bytes, TestContext.Current.CancellationToken)..];
    }

    /// <summary>False when the server has ended the connection.</summary>
    public async Task<bool> TrySendAsync(string text)
    {
        try
        {
            await SendAsync(text);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>No more will be sent; what is answered can still be read.</summary>
    public void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>The next answer; its body has a length, as all of ours have.</summary>
    public async Task<(int Status, JsonElement Body)> AnswerAsync()
    {
        int end;
        while ((end = _buffer.AsSpan(0, _length).IndexOf("\r\n\r\n"u8)) < 0) await ReceiveAsync();
        var head = Encoding.ASCII.GetString(_buffer, 0, end);
        const string Length = "Content-Length: ";
        var at = head.IndexOf(Length, StringComparison.Ordinal);
        var size = at < 0 ? 0 : int.Parse(head.AsSpan(at + Length.Length).ToString().Split('\r')[0], CultureInfo.InvariantCulture);
        while (_length < end + 4 + size) await ReceiveAsync();
        var body = size > 0 ? JsonElement.Parse(_buffer.AsSpan(end + 4, size)) : default;
        _length -= end + 4 + size;
        Array.Copy(_buffer, end + 4 + size, _buffer, 0, _length);
        return (int.Parse(head.AsSpan(9, 3), CultureInfo.InvariantCulture), body);
    }

    /// <summary>All that still comes, until the server ends the connection in whatever way.</summary>
    public async Task<string> RestAsync()
    {
        var text = new StringBuilder(Encoding.Latin1.GetString(_buffer, 0, _length));
        _length = 0;
        try
        {
            while (await _socket.ReceiveAsync(_buffer, TestContext.Current.CancellationToken) is var count and > 0)
                text.Append(Encoding.Latin1.GetString(_buffer, 0, count));
        }
        catch (SocketException)
        {
            // Reset: as much an end as any.
        }
        return text.ToString();
    }

    public void Dispose() => _socket.Dispose();

    private async Task ReceiveAsync()
    {
        var count = await _socket.ReceiveAsync(_buffer.AsMemory(_length), TestContext.Current.CancellationToken);
        if (count == 0) throw new IOException("The connection ended before its answer: " + Encoding.Latin1.GetString(_buffer, 0, _length));
        _length += count;
    }
}
