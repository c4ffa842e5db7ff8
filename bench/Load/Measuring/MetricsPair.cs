using StreamRecorder.Load.Processes;

namespace StreamRecorder.Load.Measuring;

/// <summary>
/// The program twice: with metrics as they are by default, scraped all through its rounds as often as the scrape configuration that comes with it
/// does, and with metrics switched off.
/// </summary>
internal sealed class MetricsPair : IAsyncDisposable
{
    /// <summary>The <c>scrape_interval</c> of <c>grafana/prometheus/prometheus.yml</c>.</summary>
    public static readonly TimeSpan ScrapeInterval = TimeSpan.FromSeconds(5);

    /// <summary>Longer than the exporter's own cache.</summary>
    private static readonly TimeSpan WarmInterval = TimeSpan.FromMilliseconds(350);

    private MetricsPair(Server on, Server off)
    {
        On = on;
        Off = off;
    }

    public Server On { get; }

    public Server Off { get; }

    public static async Task<MetricsPair> StartAsync(Bench bench)
    {
        var on = await Server.StartAsync(bench.NewDirectory("metrics-on"), "HardRate=1000000").ConfigureAwait(false);
        return new MetricsPair(
            on, await Server.StartAsync(bench.NewDirectory("metrics-off"), "HardRate=1000000", "Metrics=false").ConfigureAwait(false));
    }

    /// <summary>
    /// Runs both once, and scrapes the one as often as the exporter collects anew, then <paramref name="scrapes"/> times more while idle: its code is
    /// then compiled as in a service that has run for an hour, which is scraped 720 times. The first hundred cost 20 ms each where later ones cost 3.
    /// </summary>
    public async Task WarmAsync(Func<Server, Task<double>> runAsync, int scrapes)
    {
        await ScrapedAsync(WarmInterval, () => runAsync(On)).ConfigureAwait(false);
        await ScrapedAsync(WarmInterval, () => IdleAsync(WarmInterval * scrapes)).ConfigureAwait(false);
        await runAsync(Off).ConfigureAwait(false);
    }

    /// <summary>
    /// The rival, without metrics, last. <paramref name="runAsync"/> gives a round's rate; a round is at most an interval long and scraped in its middle.
    /// </summary>
    public IReadOnlyList<Contender> Under(TimeSpan round, Func<Server, Task<double>> runAsync) =>
    [
        new("metrics on, scraped", () => ScrapedAsync(ScrapeInterval, () => SampleAsync(On, runAsync), round / 2)),
        new("metrics off", () => SampleAsync(Off, runAsync)),
    ];

    public async ValueTask DisposeAsync()
    {
        await Off.DisposeAsync().ConfigureAwait(false);
        await On.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task<Sample> SampleAsync(Server server, Func<Server, Task<double>> runAsync)
    {
        var rate = await runAsync(server).ConfigureAwait(false);
        await server.SettleAsync().ConfigureAwait(false);
        return new Sample(rate);
    }

    private async Task<T> ScrapedAsync<T>(TimeSpan interval, Func<Task<T>> runAsync, TimeSpan first = default)
    {
        using var done = new CancellationTokenSource();
        var scraping = ScrapeAsync(first, interval, done.Token);
        var result = await runAsync().ConfigureAwait(false);
        await done.CancelAsync().ConfigureAwait(false);
        await scraping.ConfigureAwait(false);
        return result;
    }

    private static async Task<int> IdleAsync(TimeSpan time)
    {
        await Task.Delay(time).ConfigureAwait(false);
        return 0;
    }

    private async Task ScrapeAsync(TimeSpan first, TimeSpan interval, CancellationToken done)
    {
        var page = new Uri(On.ManagementUrl, "/metrics");
        try
        {
            await Task.Delay(first, done).ConfigureAwait(false);
            using var timer = new PeriodicTimer(interval);
            do await On.Client.GetByteArrayAsync(page, done).ConfigureAwait(false);
            while (await timer.WaitForNextTickAsync(done).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // The round is over.
        }
    }
}
