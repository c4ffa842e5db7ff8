using System.Net;
using System.Net.Sockets;

namespace StreamRecorder.Host.Tests.Feeds;

/// <summary>
/// A relay in front of the service that breaks its connections after a random number of bytes, in the middle of whatever is on its way: on
/// both sides at once, or on one, so that the other side believes for a while that all is well. After so many cuts it lets the next one live.
/// </summary>
internal sealed class CutProxy : IAsyncDisposable
{
    private const int BytesMax = 40_000;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Random _random;
    private readonly int _cutsMax;
    private readonly List<Socket> _leftOpen = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    public CutProxy(int seed, int cutsMax)
    {
        _random = new Random(seed);
        _cutsMax = cutsMax;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where the service is now; it may move when it is started again.</summary>
    public int TargetPort { get; set; }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int CutCount { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        foreach (var socket in _leftOpen) socket.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using var client = await _listener.AcceptSocketAsync(_stop.Token);
                // One after the other: the feed has one connection.
                await RelayAsync(client);
            }
            catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // The service is not there, or the test is over.
            }
        }
    }

    private async Task RelayAsync(Socket client)
    {
        var service = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await service.ConnectAsync(IPAddress.Loopback, TargetPort, _stop.Token);
        var cuts = CutCount < _cutsMax;
        var budget = new Budget(cuts ? _random.Next(200, BytesMax) : long.MaxValue);
        await Task.WhenAny(PumpAsync(client, service, budget), PumpAsync(service, client, budget));
        if (cuts && budget.IsUsedUp) CutCount++;
        var leavesService = _random.Next(3) == 0;
        Reset(client);
        if (leavesService) _leftOpen.Add(service);
        else Reset(service);
    }

    /// <summary>Ends when either side ends, or the budget of both directions together is used up, with the last bytes of it sent.</summary>
    private async Task PumpAsync(Socket from, Socket to, Budget budget)
    {
        var buffer = new byte[8192];
        try
        {
            while (true)
            {
                var count = await from.ReceiveAsync(buffer, _stop.Token);
                if (count == 0) return;
                var left = budget.Take(count);
                await to.SendAsync(buffer.AsMemory(0, left), _stop.Token);
                if (left < count) return;
            }
        }
        catch (Exception broken) when (broken is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The other direction cut it.
        }
    }

    /// <summary>As a cut cable looks to the other side at the latest: a reset, no farewell.</summary>
    private static void Reset(Socket socket)
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
    }

    private sealed class Budget(long bytes)
    {
        private long _left = bytes;

        public bool IsUsedUp => Volatile.Read(ref _left) <= 0;

        public int Take(int count)
        {
            var left = Interlocked.Add(ref _left, -count);
            return (int)Math.Clamp(left + count, 0, count);
        }
    }
}
