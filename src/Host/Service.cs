using StreamRecorder.Host.Metrics;
using StreamRecorder.Host.Start;
using StreamRecorder.Host.Web;

namespace StreamRecorder.Host;

/// <summary>
/// The pipe with its two listeners. Start: lock, management (so that probes see the recovery), pipe,
/// public, service.json, ready. Stop: not ready, intake closed, public drained, pipe, management.
/// </summary>
public sealed class Service : IAsyncDisposable
{
    private readonly Health _health;
    private readonly Composition _pipe;
    private readonly PublicSite _site;
    private readonly WebApplication _management;
    private readonly Telemetry? _telemetry;

    private Service(Health health, Composition pipe, PublicSite site, WebApplication management, Telemetry? telemetry)
    {
        _health = health;
        _pipe = pipe;
        _site = site;
        _management = management;
        _telemetry = telemetry;
        Routes = [.. ((IEndpointRouteBuilder)site.App).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()];
        Urls = Listener.AddressesOf(site.App);
        ManagementUrls = Listener.AddressesOf(management);
    }

    /// <summary>Everything that the public address answers to.</summary>
    public IReadOnlyList<RouteEndpoint> Routes { get; }

    public IReadOnlyList<string> Urls { get; }

    public IReadOnlyList<string> ManagementUrls { get; }

    /// <summary>Completes with the fault after which nothing may be acknowledged any more.</summary>
    public Task<Exception> Faulted => _pipe.Faulted;

    public static async Task<Service> StartAsync(Options options, TimeProvider time, ILoggerFactory logs)
    {
        time = new SteadyTime(time);
        var directory = DataDirectory.Open(options.DataDirectory);
        var health = new Health();
        var management = Listener.Build(options.ManagementUrls, HostLimits.ManagementConnectionsMax, logs);
        var telemetry = options.MetricsEnabled ? new Telemetry(options) : null;
        Composition? pipe = null;
        PublicSite? site = null;
        try
        {
            health.Map(management);
            telemetry?.Map(management);
            await management.StartAsync().ConfigureAwait(false);
            pipe = await Composition.StartAsync(options, directory, time, logs, telemetry).ConfigureAwait(false);
            site = new PublicSite(pipe, options, time, logs, telemetry: telemetry);
            await site.App.StartAsync().ConfigureAwait(false);
            var service = new Service(health, pipe, site, management, telemetry);
            new ServiceFile(Environment.ProcessId, service.Urls, service.ManagementUrls).Write(directory.Root);
            health.Ready(pipe);
            return service;
        }
        catch
        {
            if (site is not null) await site.DisposeAsync().ConfigureAwait(false);
            if (pipe is not null) await pipe.DisposeAsync().ConfigureAwait(false);
            if (telemetry is not null) await telemetry.DisposeAsync().ConfigureAwait(false);
            await management.DisposeAsync().ConfigureAwait(false);
            directory.Dispose();
            throw;
        }
    }

    /// <summary>The written stop. Returns the step that ran out of time, or null when everything that was accepted is in the database.</summary>
    public async Task<string?> StopAsync()
    {
        _health.Stopping();
        _pipe.Inbox.Close();
        await StopAsync(_site.App, HostLimits.StopListening).ConfigureAwait(false);
        await _site.DisposeAsync().ConfigureAwait(false);
        ServiceFile.Remove(_pipe.Directory.Root);
        var late = await _pipe.StopAsync().ConfigureAwait(false);
        if (_telemetry is not null) await _telemetry.DisposeAsync().ConfigureAwait(false);
        await StopAsync(_management, HostLimits.StopAfterFault).ConfigureAwait(false);
        await _management.DisposeAsync().ConfigureAwait(false);
        return late;
    }

    /// <summary>After a fault: requests under way get their 503, nothing else is waited for. The journal has what was acknowledged.</summary>
    public async Task AbandonAsync()
    {
        _health.Stopping();
        _pipe.Inbox.Close();
        await StopAsync(_site.App, HostLimits.StopAfterFault).ConfigureAwait(false);
        ServiceFile.Remove(_pipe.Directory.Root);
    }

    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);

    private static async Task StopAsync(WebApplication app, TimeSpan limit)
    {
        using var late = new CancellationTokenSource(limit);
        try
        {
            await app.StopAsync(late.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Connections that would not end were cut.
        }
    }
}
