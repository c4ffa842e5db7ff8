using System.Net.WebSockets;
using System.Text;
using Microsoft.Data.Sqlite;
using StreamRecorder.Grafana.Tests.Live;
using StreamRecorder.Grafana.Tests.Rules;
using StreamRecorder.Host.Metrics;
using StreamRecorder.Host.Tests.Support;

namespace StreamRecorder.Grafana.Tests.Faults;

/// <summary>
/// Each alert fires once, by a fault made for real on a real service that a real Prometheus scrapes: a locked database, a
/// slow disk, a full one, prices that stay away, a service that is gone. Time runs faster in the rules, not in the service.
/// </summary>
public sealed class AlertTests : IDisposable
{
    private const string Prefix = "StreamRecorder";
    private static readonly TimeSpan ScrapeInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>A volume that the journal's two files nearly fill.</summary>
    private const string SmallVolume = "mount -t tmpfs -o size=36m tmpfs \"$0\" && exec \"$@\"";

    private readonly string _slow = Directory.CreateTempSubdirectory("slow-").FullName;
    private readonly string _small = Directory.CreateTempSubdirectory("small-").FullName;
    private readonly HashSet<(string Alert, string Instance)> _fired = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        Directory.Delete(_slow, recursive: true);
        Directory.Delete(_small, recursive: true);
    }

    [Fact]
    public async Task Alerts_EachFault_FiresItsOwn()
    {
        await using var service = await TestService.StartAsync(
            o => o with
            {
                TradingHours = new Dictionary<string, TradingHours> { ["Default"] = TradingHours.Parse("always") },
                MetricPairs = 2,
            });
        await using var slow = await HostProcess.ServeAsync(_slow);
        await using var small = await ServeOnSmallVolumeAsync();
        await using var senders = await Senders.MakeAsync(slow, _slow);
        var hook = await service.RecorderAsync("mine", ""","drawdown_limit":1""");
        var (main, weak, full) = (service.ManagementUrl.Authority, slow.ManagementUrl.Authority, small.ManagementUrl.Authority);
        await using var server = await PrometheusServer.StartAsync([main, weak, full], ScrapeInterval, FasterRules.Of, Cancellation);

        await server.WaitAsync("sum(sum_over_time(up[5s]))", answer => answer.Series is [{ Value: >= 12 }], Limit, Cancellation);
        // A busy machine may be slow by itself; all else must be quiet without a fault.
        Assert.DoesNotContain(
            await server.FiringAsync(Cancellation),
            alert => alert.Instance == main && !alert.Alert.EndsWith("Slow", StringComparison.Ordinal) && alert.Alert != Prefix + "SinkLagging");

        senders.Start();
        await using var disk = SlowDisk.Under(slow, _slow);
        await WoundAsync(service, hook);
        await using (Locked(service.Directory))
        {
            await service.HookAsync(hook, """{"action":"buy","symbol":"MNQ1!","price":100}""");
            await FiresAsync(server, ("SinkLagging", main));
        }
        await FiresAsync(
            server, ("FeedDisconnected", main), ("FeedSilent", main), ("Unpriced", main), ("SeriesLimit", main), ("DrawdownLimit", main),
            ("DrawdownLimitPassed", main),
            ("DiskLow", full), ("JournalSlow", weak), ("AckSlow", weak),
            ("JournalFailed", weak), ("Unavailable", weak));
        await service.StopAsync();
        await FiresAsync(server, ("Down", main));

        var all = RuleFile.LoadAll().Where(rule => rule.IsAlert).Select(rule => rule.Name);
        Assert.Equal(all.Order(StringComparer.Ordinal), _fired.Select(fired => fired.Alert).Distinct().Order(StringComparer.Ordinal));
    }

    private async Task<HostProcess> ServeOnSmallVolumeAsync()
    {
        try
        {
            return await HostProcess.ServeAsync(_small, "unshare", "-rm", "sh", "-c", SmallVolume, _small);
        }
        catch (InvalidOperationException e) when (e.Message.Contains("unshare:", StringComparison.Ordinal)
            || e.Message.Contains("mount:", StringComparison.Ordinal))
        {
            Assert.Skip("A volume of its own cannot be mounted here: " + e.Message);
            throw;
        }
    }

    /// <summary>
    /// A trade that closes under water, then positions that stay: one without a price, one deep under water whose ticks end, one too many.
    /// </summary>
    private static async Task WoundAsync(TestService service, string hook)
    {
        await service.TickAsync(100);
        await service.FillAsync(hook, "buy", 100);
        await service.TickAsync(90);
        await service.FillAsync(hook, "close", 100);
        await service.FillAsync(hook, "buy", 100, symbol: "MES1!");
        await service.FillAsync(hook, "buy", 100);
        await service.FillAsync(hook, "buy", 100, symbol: "MGC1!");
        await service.TickAsync(90);
        await FeedAsync(service);
    }

    /// <summary>A feed that connects, sends a tick, and leaves once it is acknowledged.</summary>
    private static async Task FeedAsync(TestService service)
    {
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", "Bearer " + service.AdminKey);
        await socket.ConnectAsync(new UriBuilder(service.Url) { Scheme = "ws", Path = "/ticks/ws" }.Uri, Cancellation);
        await socket.SendAsync(Encoding.UTF8.GetBytes("""{"symbol":"MNQ1!","price":90}"""), WebSocketMessageType.Text, true, Cancellation);
        await socket.ReceiveAsync(new byte[4096], Cancellation);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Cancellation);
    }

    /// <summary>Another program that keeps the database's write lock, until it is disposed of.</summary>
    private static SqliteConnection Locked(string directory)
    {
        var connection = new SqliteConnection($"Data Source={Path.Combine(directory, "stream_recorder.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "BEGIN IMMEDIATE";
        command.ExecuteNonQuery();
        return connection;
    }

    private async Task FiresAsync(PrometheusServer server, params (string Alert, string Instance)[] wanted)
    {
        using var late = new CancellationTokenSource(Limit);
        while (wanted.Any(alert => !_fired.Contains((Prefix + alert.Alert, alert.Instance))))
        {
            if (late.IsCancellationRequested) Assert.Fail($"Wanted {string.Join(", ", wanted)}, fired {string.Join(", ", _fired)}.");
            foreach (var firing in await server.FiringAsync(Cancellation)) _fired.Add(firing);
            await Task.Delay(ScrapeInterval, Cancellation);
        }
    }
}
