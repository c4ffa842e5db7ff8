using System.Net;
using System.Net.Sockets;
using System.Text;
using StreamRecorder.Host.Tests.Support;
using StreamRecorder.TickFeed;

namespace StreamRecorder.Host.Tests.Feeds;

/// <summary>
/// The sample client against the service, its connection cut in the middle of frames and
/// acknowledgements: no tick is lost and none doubled, by every figure of the naive program.
/// </summary>
public sealed class CutFeedTests
{
    private const int Cuts = 100;

    [Fact]
    public async Task Feed_CutOffAHundredTimes_LosesAndDoublesNothing()
    {
        var seed = Random.Shared.Next();
        await using var service = await TestService.StartAsync();
        var hook = await service.RecorderAsync("r");
        await using var proxy = new CutProxy(seed, Cuts) { TargetPort = service.Url.Port };
        await using var client = ClientOf(proxy, service.AdminKey);
        var history = new FeedHistory(seed);
        var number = 0;
        using var late = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        late.CancelAfter(TimeSpan.FromMinutes(5));
        while (proxy.CutCount < Cuts || number < 40)
        {
            await history.SendTicksAsync(client, 20, late.Token);
            await client.FlushAsync(late.Token);
            await history.SendSignalAsync(async body => (await service.HookAsync(hook, body)).Status == 200, number++);
        }
        await history.SendTicksAsync(client, 20, late.Token);
        await client.FlushAsync(late.Token);
        Assert.True(history.TickCount > 10_000 && history.LateCount > 100, $"{history.TickCount} ticks, {history.LateCount} late");
        // Some were cut before they were connections.
        Assert.True(client.ConnectionCount > Cuts / 2, $"{client.ConnectionCount} connections");
        Same(seed, history, await service.PositionsAsync());
    }

    /// <summary>The real program, killed in the middle of it, over and over.</summary>
    [Fact]
    public async Task Service_KilledUnderAFeed_LosesAndDoublesNothing()
    {
        const int Kills = 6;
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var directory = Directory.CreateTempSubdirectory("host-test-").FullName;
        var host = await HostProcess.ServeAsync(directory);
        try
        {
            var key = (await File.ReadAllTextAsync(Path.Combine(directory, "admin.key"), TestContext.Current.CancellationToken)).Trim();
            using var http = new HttpClient();
            http.DefaultRequestHeaders.Authorization = new("Bearer", key);
            using var made =
                await http.PostAsync(new Uri(host.Url, "/api/recorders"), Body("""{"name":"r"}"""), TestContext.Current.CancellationToken);
            var hook = System.Text.Json.JsonElement.Parse(await made.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))
                .GetProperty("webhook_path").GetString()!;
            await using var proxy = new CutProxy(seed, 0) { TargetPort = host.Url.Port };
            await using var client = ClientOf(proxy, key);
            var history = new FeedHistory(seed);
            using var late = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            late.CancelAfter(TimeSpan.FromMinutes(5));
            for (var kill = 0; kill < Kills; kill++)
            {
                // Some acknowledged, some on their way, some not sent yet: whatever the moment finds.
                var acknowledged = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                client.Acknowledged = _ => acknowledged.TrySetResult();
                var sending = history.SendTicksAsync(client, random.Next(50, 250), late.Token);
                if (random.Next(3) > 0) await Task.WhenAny(acknowledged.Task, sending).WaitAsync(late.Token);
                await host.DisposeAsync();
                host = await HostProcess.ServeAsync(directory);
                proxy.TargetPort = host.Url.Port;
                await sending;
                await client.FlushAsync(late.Token);
                var url = new Uri(host.Url, hook);
                await history.SendSignalAsync(
                    async body =>
                    {
                        using var answer = await http.PostAsync(url, Body(body), late.Token);
                        return answer.IsSuccessStatusCode;
                    }, kill);
            }
            await history.SendTicksAsync(client, 20, late.Token);
            await client.FlushAsync(late.Token);
            var page = await http.GetStringAsync(new Uri(host.Url, "/api/positions?status=all&limit=500"), late.Token);
            Same(seed, history, [.. System.Text.Json.JsonElement.Parse(page).GetProperty("positions").EnumerateArray()]);
            Assert.Equal(0, await host.StopAsync());
            Assert.Equal(0, (await HostProcess.RunAsync("verify", "--data", directory)).Code);
        }
        finally
        {
            await host.DisposeAsync();
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task History_WithOneTickMissing_IsNoticed()
    {
        await using var service = await TestService.StartAsync();
        var hook = await service.RecorderAsync("r");
        await using var proxy = new CutProxy(1, 0) { TargetPort = service.Url.Port };
        await using var client = ClientOf(proxy, service.AdminKey);
        var history = new FeedHistory(1);
        await history.SendSignalAsync(async body => (await service.HookAsync(hook, body)).Status == 200, 0);
        await history.SendTicksAsync(client, 20, TestContext.Current.CancellationToken);
        await client.FlushAsync(TestContext.Current.CancellationToken);
        Same(1, history, await service.PositionsAsync());
        // What this client is sent goes nowhere: nobody answers its connection.
        using var deaf = new TcpListener(IPAddress.Loopback, 0);
        deaf.Start();
        await using var other = new FeedClient(new Uri($"ws://{deaf.LocalEndpoint}/ticks/ws"), service.AdminKey, "other");
        await history.SendTicksAsync(other, 5, TestContext.Current.CancellationToken);
        Assert.NotEqual(history.Expected(), FeedHistory.Figures(await service.PositionsAsync()));
    }

    private static FeedClient ClientOf(CutProxy proxy, string key) => new(new Uri($"ws://127.0.0.1:{proxy.Port}/ticks/ws"), key, "gateway");

    private static void Same(int seed, FeedHistory history, IReadOnlyList<System.Text.Json.JsonElement> positions)
    {
        var (expected, actual) = (history.Expected(), FeedHistory.Figures(positions));
        Assert.NotEmpty(expected);
        Assert.True(expected.SequenceEqual(actual), $"seed {seed}:\n{string.Join('\n', expected)}\nbut they are\n{string.Join('\n', actual)}");
    }

    private static StringContent Body(string text) => new(text, Encoding.UTF8, "application/json");
}
