using System.Net;
using System.Net.Sockets;

namespace StreamRecorder.Host.Tests.Support;

/// <summary>
/// A relay in front of a service. While it cuts, it hands a request on and then
/// ends both connections, so that no answer arrives. One request a connection.
/// </summary>
public sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Uri _service;
    private readonly Task _running;

    public CuttingProxy(Uri service)
    {
        _service = service;
        _listener.Start();
        Url = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _running = RunAsync();
    }

    public Uri Url { get; }

    /// <summary>How long after the request; null: not at all.</summary>
    public TimeSpan? CutsAfter { get; set; }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _running;
        _listener.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                using var sender = await _listener.AcceptTcpClientAsync();
                using var service = new TcpClient();
                await service.ConnectAsync(_service.Host, _service.Port);
                await RelayAsync(sender.GetStream(), service.GetStream());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task RelayAsync(NetworkStream sender, NetworkStream service)
    {
        var buffer = new byte[64 * 1024];
        // A short request arrives in one piece or two; the head says nothing about which, so its length is looked for.
        var length = 0;
        while (!IsWhole(buffer.AsSpan(0, length)))
        {
            var count = await sender.ReadAsync(buffer.AsMemory(length));
            if (count == 0) return;
            length += count;
        }
        await service.WriteAsync(buffer.AsMemory(0, length));
        if (CutsAfter is { } wait) await Task.Delay(wait);
        else await sender.WriteAsync(buffer.AsMemory(0, await service.ReadAsync(buffer)));
    }

    private static bool IsWhole(ReadOnlySpan<byte> request)
    {
        var end = request.IndexOf("\r\n\r\n"u8);
        if (end < 0) return false;
        var name = "Content-Length: "u8;
        var digits = request[(request.IndexOf(name) + name.Length)..];
        var body = int.Parse(digits[..digits.IndexOf("\r\n"u8)], System.Globalization.CultureInfo.InvariantCulture);
        return request.Length == end + 4 + body;
    }
}
