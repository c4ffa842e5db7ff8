using System.Net.Sockets;
using StreamRecorder.Host.Tests.Support;

namespace StreamRecorder.Host.Tests.Faults;

/// <summary>
/// The real program beside clients that mean no good: whoever is honest is answered 200 in time, the others are thrown out,
/// and when they are gone the process has the descriptors that it had before.
/// </summary>
public sealed class HostileClientTests : IDisposable
{
    private const int EachKind = 40;
    private const int Silent = 500;

    /// <summary>Beyond the limit of connections.</summary>
    private const int TooMany = 60;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>The contract's.</summary>
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(2.5);

    private readonly string _root = Directory.CreateTempSubdirectory("host-test-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Server_BesideHostileClients_AnswersOthersAndLetsTheirDescriptorsGo()
    {
        // The honest ask one after the other as fast as they are answered, which may be more than a thousand times a second.
        await using var host = await HostProcess.ServeAsync(_root, new Dictionary<string, string> { ["StreamRecorder__HardRate"] = "100000" });
        using var client = new HostClient(host, _root);
        var lane = new KillLane(await client.RecorderAsync("lane"), "MNQ1!", 1);
        Assert.True(await lane.TryNextAsync(client), lane.Refused);
        var before = SocketsOf(host);
        var connections = new List<RawConnection>();
        try
        {
            for (var i = 0; i < Silent; i++) connections.Add(await RawConnection.OpenAsync(host.Url));
            var ends = new List<(string Kind, string Answer, Task<string> End)>();
            for (var i = 0; i < EachKind; i++)
            {
                foreach (var (kind, (misbehave, answer)) in HostileClients.Kinds)
                {
                    connections.Add(await RawConnection.OpenAsync(host.Url));
                    ends.Add((kind, answer, misbehave(connections[^1])));
                }
            }
            Assert.True(SocketsOf(host) > before + Silent, "the hostile are not connected");
            var all = Task.WhenAll(ends.Select(end => end.End));
            var (count, slowest) = await AnsweredAsync(host, client, lane, all);
            foreach (var (kind, answer, end) in ends) Assert.True((await end).Contains(answer, StringComparison.Ordinal), $"{kind}: {await end}");
            TestContext.Current.SendDiagnosticMessage(
                $"{count} honest requests beside {connections.Count} others, the slowest {slowest.TotalMilliseconds:0} ms; "
                + $"{before} sockets before, {SocketsOf(host)} at the end");
            Assert.True(count > 100, $"only {count} honest requests");
            Assert.True(slowest < AnswerLimit, $"an honest request took {slowest}");
            // Thrown out, all but the silent ones.
            Assert.True(await Poll.UntilAsync(() => Task.FromResult(SocketsOf(host) <= before + Silent + 2), Limit), $"{SocketsOf(host)} sockets");
        }
        finally
        {
            foreach (var connection in connections) connection.Dispose();
        }
        Assert.True(await Poll.UntilAsync(() => Task.FromResult(SocketsOf(host) <= before), Limit), $"{SocketsOf(host)} sockets, before {before}");
        lane.Book.AssertAre(await client.AllPositionsAsync("lane"));
        Assert.Equal(0, await host.StopAsync());
        Assert.Equal("", await host.ErrorsAsync());
    }

    [Theory]
    [InlineData(false, HostLimits.ConnectionsMax)]
    [InlineData(true, HostLimits.ManagementConnectionsMax)]
    public async Task Connections_ThatSayNothing_GiveWayToOthersAndLeaveNothing(bool isManagement, int most)
    {
        await using var host = await HostProcess.ServeAsync(_root);
        using var client = new HostClient(host, _root);
        var lane = new KillLane(await client.RecorderAsync("lane"), "MNQ1!", 1);
        Assert.True(await lane.TryNextAsync(client), lane.Refused);
        var before = SocketsOf(host);
        var site = isManagement ? host.ManagementUrl : host.Url;
        var sockets = new List<Socket>();
        try
        {
            while (sockets.Count < most + TooMany) sockets.Add(await ConnectAsync(site));
            // Of the management address so many more than may wait are there that the first may be turned away.
            var isServed = isManagement ? await Poll.UntilAsync(() => IsServedAsync(site), Limit) : await IsServedAsync(site);
            Assert.True(isServed, "a new connection is not served");
            for (var i = 0; i < 20; i++) Assert.True(await IsServedAsync(site), $"new connection {i} is not served");
            Assert.InRange(sockets.Count(IsEnded), TooMany, most + TooMany - 1);
            Assert.InRange(SocketsOf(host), 1, before + most + most / HostLimits.ConnectionsShare);
            using var beside = new HostClient(host, _root);
            for (var i = 0; i < 20; i++) Assert.True(await lane.TryNextAsync(beside), lane.Refused);
        }
        finally
        {
            foreach (var socket in sockets) socket.Dispose();
        }
        Assert.True(await Poll.UntilAsync(() => Task.FromResult(SocketsOf(host) <= before), Limit), $"{SocketsOf(host)} sockets, before {before}");
        Assert.Equal(200, (await host.ManagementAsync("/healthz")).Status);
        using var next = new HostClient(host, _root);
        Assert.True(await lane.TryNextAsync(next), lane.Refused);
        Assert.Equal(0, await host.StopAsync());
    }

    /// <summary>Any answer at all, over a connection of its own.</summary>
    private static async Task<bool> IsServedAsync(Uri site)
    {
        using var client = new HttpClient { Timeout = AnswerLimit };
        try
        {
            using var answer = await client.GetAsync(new Uri(site, "/healthz"), TestContext.Current.CancellationToken);
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    /// <summary>Signals over a connection that stays and over new ones, and ticks, one after the other until the hostile are done.</summary>
    private async Task<(int Count, TimeSpan Slowest)> AnsweredAsync(HostProcess host, HostClient client, KillLane lane, Task hostile)
    {
        var (count, slowest) = (0, TimeSpan.Zero);
        var begun = TimeProvider.System.GetTimestamp();
        for (; !hostile.IsCompleted; count += 3)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(begun) < Limit, "the hostile are not thrown out");
            using var another = new HostClient(host, _root);
            await TakeAsync(async () => Assert.True(await lane.TryNextAsync(client), lane.Refused));
            await TakeAsync(async () => Assert.True(await lane.TryNextAsync(another), lane.Refused));
            await TakeAsync(async () => Assert.Equal(200, (await another.PostAsync("/ticks", """{"symbol":"ESZ2030","price":1}""")).Status));
        }
        return (count, slowest);

        async Task TakeAsync(Func<Task> ask)
        {
            var started = TimeProvider.System.GetTimestamp();
            await ask();
            if (TimeProvider.System.GetElapsedTime(started) is var took && took > slowest) slowest = took;
        }
    }

    private static async Task<Socket> ConnectAsync(Uri site)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(site.Host, site.Port, TestContext.Current.CancellationToken);
            return socket;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.TooManyOpenSockets)
        {
            socket.Dispose();
            Assert.Skip($"This system lets a process have too few descriptors for {HostLimits.ConnectionsMax} connections.");
            return null!;
        }
    }

    /// <summary>The server has ended it: there is something to read, and it is nothing.</summary>
    private static bool IsEnded(Socket socket) => socket.Poll(0, SelectMode.SelectRead);

    private static int SocketsOf(HostProcess host)
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("There is no /proc here.");
        return new DirectoryInfo($"/proc/{host.Id}/fd").EnumerateFileSystemInfos()
            .Count(link => link.LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true);
    }
}
