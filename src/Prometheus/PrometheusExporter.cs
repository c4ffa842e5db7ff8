using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus;

/// <summary>
/// The pull exporter: a scrape asks the SDK to collect, which calls <see cref="Export"/> on the collecting thread with
/// all metrics, and gets them as text. One collection at a time holds the gate, because the buffer is reused. The
/// collection owns the gate, not the request that started it: a request that gives up leaves, while the gate stays
/// taken until the instruments have answered. So a callback that hangs costs one thread, and every scrape still ends.
/// </summary>
[ExportModes(ExportModes.Pull)]
internal sealed class PrometheusExporter : BaseExporter<Metric>, IPullMetricExporter
{
    // Never disposed: it holds no handle, and a waiter of a disposed semaphore would wait for ever.
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Exposition _exposition;
    private readonly TimeSpan _cacheDuration;
    private readonly TimeProvider _time;
    private volatile bool _isShutDown;

    // owned by whoever holds the gate
    private bool _isRendered;
    private Exception? _error;
    private Scrape? _cached;
    private long _cachedAt;

    public PrometheusExporter(PrometheusAspNetCoreOptions options)
    {
        _exposition = new Exposition(options);
        _cacheDuration = TimeSpan.FromMilliseconds(options.ScrapeResponseCacheDurationMilliseconds);
        _time = options.TimeProvider;
        LiveExporters.Add(this);
    }

    /// <summary>Set by the SDK's reader.</summary>
    public Func<int, bool>? Collect { get; set; }

    /// <summary>Collects and renders, or says why not, within about <paramref name="limit"/>.</summary>
    public async Task<Scrape> ScrapeAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        long started = _time.GetTimestamp();
        if (_isShutDown) return Scrape.ShutDown;
        if (!await _gate.WaitAsync(limit, cancellationToken).ConfigureAwait(false)) return Scrape.TimedOut;

        var collection = Task.Run(CollectAndReleaseGate, CancellationToken.None);
        var left = limit - _time.GetElapsedTime(started);
        try
        {
            return await collection.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return Scrape.TimedOut;
        }
    }

    /// <summary>Called by the SDK within <see cref="Collect"/>. Nothing of the batch is kept: its points change with the next collection.</summary>
    public override ExportResult Export(in Batch<Metric> batch)
    {
        try
        {
            _exposition.Render(batch, ParentProvider.GetResource());
            _isRendered = true;
            return ExportResult.Success;
        }
        catch (Exception error)
        {
            // The SDK would swallow it; the endpoint logs it.
            _error = error;
            return ExportResult.Failure;
        }
    }

    protected override bool OnShutdown(int timeoutMilliseconds)
    {
        _isShutDown = true;
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        _isShutDown = true;
        LiveExporters.Remove(this);
        base.Dispose(disposing);
    }

    private Scrape CollectAndReleaseGate()
    {
        try
        {
            return IsFresh() ? _cached! : CollectNow();
        }
        catch (Exception error)
        {
            return _isShutDown ? Scrape.ShutDown : new Scrape(ScrapeOutcome.Failed, default, error);
        }
        finally
        {
            _gate.Release();
        }
    }

    private bool IsFresh() => _cached is not null && !_isShutDown && _time.GetElapsedTime(_cachedAt) < _cacheDuration;

    private Scrape CollectNow()
    {
        _isRendered = false;
        _error = null;
        _cached = null;
        bool isCollected = Collect is not null && Collect(Timeout.Infinite);
        if (_isShutDown) return Scrape.ShutDown;
        if (!isCollected || !_isRendered) return new Scrape(ScrapeOutcome.Failed, default, _error);

        _cached = new Scrape(ScrapeOutcome.Rendered, _exposition.ToArray());
        _cachedAt = _time.GetTimestamp();
        return _cached;
    }
}
