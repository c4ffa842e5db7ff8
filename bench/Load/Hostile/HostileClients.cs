using System.Net;
using System.Net.Sockets;
using System.Text;
using StreamRecorder.Load.Processes;

namespace StreamRecorder.Load.Hostile;

/// <summary>
/// Clients that mean no good, as a process of their own: each kind so many at a time. Those who say nothing, those who send their headers a byte a
/// second, those who close their half under a request, and those who send garbage in one piece and come again. Says how many connections stand, then
/// goes on until its parent ends it.
/// </summary>
/// <param name="Pause">How long a client that was thrown out stays away: seconds of it are rude, none is a flood.</param>
/// <param name="Silent">So many more that say nothing.</param>
public sealed record HostileClients(int Port, int EachKind, TimeSpan Pause, int Silent = 0) : Role
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);
    private static readonly byte[] Headers =
        Encoding.ASCII.GetBytes("POST /webhook/slow HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: " + new string('x', 4096));
    private static readonly byte[] Half =
        Encoding.ASCII.GetBytes("POST /webhook/half HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n{\"action\":");
    private static readonly byte[] Garbage =
        [.. Enumerable.Repeat("GET / HTTP/1.1\r\nHost: a\r\n\r\n\0\u0001PRI * HTTP/2.0\r\n\r\n", 64).SelectMany(Encoding.Latin1.GetBytes)];

    public override async Task PlayAsync(TextReader orders, TextWriter answers)
    {
        using var ending = new CancellationTokenSource();
        var clients = new List<Task>();
        for (var i = 0; i < Silent; i++) clients.Add(AgainAsync(_ => Task.CompletedTask, ending.Token));
        for (var i = 0; i < EachKind; i++)
        {
            clients.Add(AgainAsync(_ => Task.CompletedTask, ending.Token));
            clients.Add(AgainAsync(SlowAsync, ending.Token));
            clients.Add(AgainAsync(HalfAsync, ending.Token));
            clients.Add(AgainAsync(GarbageAsync, ending.Token));
        }
        await answers.WriteLineAsync($"{clients.Count}").ConfigureAwait(false);
        await orders.ReadToEndAsync().ConfigureAwait(false);
        await ending.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(clients).ConfigureAwait(false);
    }

    /// <summary>Connects, does what it does, waits until the server has enough of it, and comes again.</summary>
    private async Task AgainAsync(Func<Socket, Task> misbehave, CancellationToken ending)
    {
        var scrap = new byte[4096];
        while (!ending.IsCancellationRequested)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, Port, ending).ConfigureAwait(false);
                await misbehave(socket).WaitAsync(ending).ConfigureAwait(false);
                while (await socket.ReceiveAsync(scrap, ending).ConfigureAwait(false) > 0)
                {
                }
            }
            catch (Exception fault) when (fault is SocketException or OperationCanceledException)
            {
                // Thrown out or at the end: both are what is wanted.
            }
            await StayAwayAsync(ending).ConfigureAwait(false);
        }
    }

    /// <summary>Not all at the same moment, or they would come in waves.</summary>
    private async Task StayAwayAsync(CancellationToken ending)
    {
        try
        {
            await Task.Delay(Pause * (0.5 + Random.Shared.NextDouble()), ending).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // At the end.
        }
    }

    private static async Task SlowAsync(Socket socket)
    {
        foreach (var b in Headers)
        {
            await socket.SendAsync(new[] { b }).ConfigureAwait(false);
            await Task.Delay(Between).ConfigureAwait(false);
        }
    }

    private static async Task HalfAsync(Socket socket)
    {
        await socket.SendAsync(Half).ConfigureAwait(false);
        socket.Shutdown(SocketShutdown.Send);
    }

    private static async Task GarbageAsync(Socket socket) => await socket.SendAsync(Garbage).ConfigureAwait(false);
}
