using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using StreamRecorder.Host.Tests.Support;

namespace StreamRecorder.Host.Tests.Faults;

/// <summary>
/// The real program killed, or its feed broken off, while a position is open: the API says for
/// how long its ticks could not come. Seconds of the clock, because a process has no other.
/// </summary>
public sealed class GapTests : IDisposable
{
    private const string Tick = """{"symbol":"MNQ1!","price":25601}""";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly string _root = Directory.CreateTempSubdirectory("host-test-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Service_Killed_MarksWhatWasOpenFromItsLastMoment()
    {
        long killed;
        await using (var host = await HostProcess.ServeAsync(_root))
        {
            using var client = new HostClient(host, _root);
            await OpenAsync(client);
            Assert.Equal(0, await GapAsync(client, "MNQ1!"));
            await host.KillAsync();
            killed = TimeProvider.System.GetTimestamp();
        }
        // Whole seconds are counted.
        await Task.Delay(TimeSpan.FromSeconds(1.1), TestContext.Current.CancellationToken);
        var stood = (long)TimeProvider.System.GetElapsedTime(killed).TotalSeconds;
        await using var again = await HostProcess.ServeAsync(_root);
        using var after = new HostClient(again, _root);
        // The one that no feed sends is marked for the stop alone, and stays so.
        var quiet = await GapAsync(after, "MES1!");
        Assert.InRange(quiet, stood, 600);
        Assert.True(await GapAsync(after, "MNQ1!") >= stood);
        Assert.Equal(200, (await after.PostAsync("/ticks", Tick)).Status);
        Assert.Equal(quiet, await GapAsync(after, "MES1!"));
        Assert.Equal(0, await again.StopAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Feed_BrokenOff_MarksItsContractsUntilTheyTickAgain(bool isSocket)
    {
        await using var host = await HostProcess.ServeAsync(_root);
        using var client = new HostClient(host, _root);
        await OpenAsync(client);
        if (isSocket) await BreakSocketAsync(host, client);
        else await BreakRequestAsync(host, client);
        Assert.True(await Poll.UntilAsync(async () => await GapAsync(client, "MNQ1!") > 0, Limit), "an outage that nobody marks");
        Assert.Equal(0, await GapAsync(client, "MES1!"));
        Assert.Equal(200, (await client.PostAsync("/ticks", Tick)).Status);
        var gap = await GapAsync(client, "MNQ1!");
        await Task.Delay(TimeSpan.FromSeconds(1.1), TestContext.Current.CancellationToken);
        Assert.Equal(gap, await GapAsync(client, "MNQ1!"));
        Assert.Equal(0, await host.StopAsync());
    }

    private static async Task OpenAsync(HostClient client)
    {
        var hook = await client.RecorderAsync("a");
        foreach (var symbol in new[] { "MNQ1!", "MES1!" })
            Assert.Equal(200, (await client.PostAsync(hook, $$"""{"action":"buy","symbol":"{{symbol}}","price":25600,"quantity":1}""")).Status);
        Assert.Equal(200, (await client.PostAsync("/ticks", Tick)).Status);
    }

    private async Task BreakSocketAsync(HostProcess host, HostClient client)
    {
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", "Bearer " + Key());
        await socket.ConnectAsync(new Uri($"ws://{host.Url.Authority}/ticks/ws"), TestContext.Current.CancellationToken);
        await socket.SendAsync(Encoding.UTF8.GetBytes(Tick), WebSocketMessageType.Text, true, TestContext.Current.CancellationToken);
        await TickedAsync(client);
        socket.Abort();
    }

    private async Task BreakRequestAsync(HostProcess host, HostClient client)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(host.Url.Host, host.Url.Port, TestContext.Current.CancellationToken);
        var request = $"POST /ticks HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {Key()}\r\nContent-Length: 1000\r\n\r\n{Tick}\n";
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
        await TickedAsync(client);
    }

    /// <summary>Until the second tick has come; the first was that of the beginning.</summary>
    private static async Task TickedAsync(HostClient client)
    {
        var hasCome = await Poll.UntilAsync(async () => (await PositionAsync(client, "MNQ1!")).GetProperty("tick_count").GetInt32() == 2, Limit);
        Assert.True(hasCome, "the tick never came");
    }

    private static async Task<JsonElement> PositionAsync(HostClient client, string symbol) =>
        (await client.PositionsAsync()).Single(position => position.GetProperty("symbol").GetString() == symbol);

    private static async Task<long> GapAsync(HostClient client, string symbol) =>
        (await PositionAsync(client, symbol)).GetProperty("gap_seconds").GetInt64();

    private string Key() => File.ReadAllText(Start.DataDirectory.AdminKeyIn(_root)).Trim();
}
