using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Exporter.Prometheus;
using OpenTelemetry.Metrics;
using Xunit;

namespace StreamRecorder.Prometheus.Tests;

/// <summary>The endpoint under many scrapers, with instruments that fail or hang, and while the service stops.</summary>
public sealed class ScrapeEndpointTests
{
    private static readonly Uri Path = new("/metrics", UriKind.Relative);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_AnyAccept_AnswersText()
    {
        await using var server = await ScrapeServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, Path);
        request.Headers.Add("Accept", "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1");
        using var response = await server.Client.SendAsync(request, Cancellation);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType?.ToString());
    }

    [Fact]
    public async Task Post_IsNotAScrape()
    {
        await using var server = await ScrapeServer.StartAsync();
        using var response = await server.Client.PostAsync(Path, null, Cancellation);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }

    [Fact]
    public async Task Get_ManyAtOnceWhileCounting_EachIsWholeAndRises()
    {
        await using var server = await ScrapeServer.StartAsync();
        var counter = server.Meter.CreateCounter<long>("c");
        counter.Add(1);
        using var stop = new CancellationTokenSource();
        var writer = Task.Run(() => { while (!stop.IsCancellationRequested) counter.Add(1); }, Cancellation);
        var scrapers = Enumerable.Range(0, 8).Select(async _ =>
        {
            long last = 0;
            for (int i = 0; i < 25; i++) last = Rising(last, await server.ScrapeLinesAsync());
        });
        await Task.WhenAll(scrapers);
        await stop.CancelAsync();
        await writer;
    }

    [Fact]
    public async Task Get_WithinTheCacheTime_RepeatsTheRendering()
    {
        var time = new StillTime();
        await using var server =
            await ScrapeServer.StartAsync(options => (options.TimeProvider, options.ScrapeResponseCacheDurationMilliseconds) = (time, 300));
        var counter = server.Meter.CreateCounter<long>("c");
        counter.Add(1);
        Assert.Contains("c_total 1", await server.ScrapeLinesAsync());
        counter.Add(1);
        time.Now += TimeSpan.FromMilliseconds(299);
        Assert.Contains("c_total 1", await server.ScrapeLinesAsync());
        time.Now += TimeSpan.FromMilliseconds(1);
        Assert.Contains("c_total 2", await server.ScrapeLinesAsync());
    }

    [Fact]
    public async Task Get_CallbackThrows_OnlyItsInstrumentIsMissing()
    {
        await using var server = await ScrapeServer.StartAsync();
        Func<long> planted = () => throw new InvalidOperationException("planted");
        server.Meter.CreateObservableGauge("bad", planted);
        server.Meter.CreateObservableGauge("good", () => 1);
        string[] lines = await server.ScrapeLinesAsync();
        Assert.Contains("good 1", lines);
        Assert.DoesNotContain(lines, line => line.StartsWith("bad", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Get_TooLarge_Is500AndTheNextOneWorks()
    {
        await using var server = await ScrapeServer.StartAsync();
        string value = new('x', ExpositionBuffer.SizeMax);
        bool isHuge = true;
        server.Meter.CreateObservableGauge("g", () => new Measurement<int>(1, new KeyValuePair<string, object?>("v", isHuge ? value : "small")));
        using (var response = await server.Client.GetAsync(Path, Cancellation)) Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        isHuge = false;
        using var next = await server.Client.GetAsync(Path, Cancellation);
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
    }

    [Fact]
    public async Task Get_CallbackHangs_IsAnsweredInTimeAndRecovers()
    {
        await using var server = await ScrapeServer.StartAsync();
        using var release = new ManualResetEventSlim();
        server.Meter.CreateObservableGauge("slow", () => release.Wait(ScrapeServer.Limit) ? 1 : 0);
        var answers = await Task.WhenAll(GetAsync(server, "0.3"), GetAsync(server, "0.3"), GetAsync(server, "0.3"));
        Assert.All(answers, status => Assert.Equal(HttpStatusCode.ServiceUnavailable, status));
        release.Set();
        Assert.Equal(HttpStatusCode.OK, await GetAsync(server, "9"));
    }

    [Fact]
    public async Task Get_ScraperLeaves_GateIsFreedForTheNext()
    {
        await using var server = await ScrapeServer.StartAsync();
        using var entered = new SemaphoreSlim(0);
        using var release = new ManualResetEventSlim();
        server.Meter.CreateObservableGauge("slow", () => { entered.Release(); return release.Wait(ScrapeServer.Limit) ? 1 : 0; });
        using var leaving = new CancellationTokenSource();
        var scrape = server.Client.GetAsync(Path, leaving.Token);
        Assert.True(await entered.WaitAsync(ScrapeServer.Limit, Cancellation));
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => scrape);
        release.Set();
        Assert.Equal(HttpStatusCode.OK, await GetAsync(server, "9"));
    }

    [Fact]
    public async Task Get_AfterShutdown_Is503()
    {
        await using var server = await ScrapeServer.StartAsync();
        await server.ShutDownProviderAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await GetAsync(server, "9"));
    }

    [Fact]
    public async Task Get_ShutdownWhileCollecting_EveryScrapeEnds()
    {
        await using var server = await ScrapeServer.StartAsync();
        using var entered = new SemaphoreSlim(0);
        using var release = new ManualResetEventSlim();
        server.Meter.CreateObservableGauge("slow", () => { entered.Release(); return release.Wait(ScrapeServer.Limit) ? 1 : 0; });
        var scrapes = new[] { GetAsync(server, "9"), GetAsync(server, "9"), GetAsync(server, "9") };
        Assert.True(await entered.WaitAsync(ScrapeServer.Limit, Cancellation));
        // It does not wait for the collection, so the two overlap for certain.
        await server.ShutDownProviderAsync().WaitAsync(ScrapeServer.Limit, Cancellation);
        release.Set();
        Assert.All(await Task.WhenAll(scrapes), status => Assert.Equal(HttpStatusCode.ServiceUnavailable, status));
    }

    [Fact]
    public async Task ForceFlush_OutsideAScrape_ExportsNothing()
    {
        var exporter = new PrometheusExporter(new PrometheusAspNetCoreOptions());
        using var provider = Sdk.CreateMeterProviderBuilder().AddReader(new BaseExportingMetricReader(exporter)).Build();
        Assert.False(provider.ForceFlush());
        Assert.Same(exporter, LiveExporters.Of(provider));
        Assert.Equal(ScrapeOutcome.Rendered, (await exporter.ScrapeAsync(ScrapeServer.Limit, Cancellation)).Outcome);
    }

    [Fact]
    public void Map_ProviderWithoutExporter_SaysSo()
    {
        using var provider = Sdk.CreateMeterProviderBuilder().Build();
        var application = WebApplication.CreateSlimBuilder().Build();
        var error = Assert.Throws<ArgumentException>(() => application.MapPrometheusScrapingEndpoint("metrics", provider, null, null));
        Assert.Contains("AddPrometheusExporter", error.Message, StringComparison.Ordinal);
    }

    private static async Task<HttpStatusCode> GetAsync(ScrapeServer server, string timeoutSeconds)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Path);
        request.Headers.Add("X-Prometheus-Scrape-Timeout-Seconds", timeoutSeconds);
        using var response = await server.Client.SendAsync(request, Cancellation);
        return response.StatusCode;
    }

    private static long Rising(long last, string[] lines)
    {
        string line = Assert.Single(lines, line => line.StartsWith("c_total ", StringComparison.Ordinal));
        long value = long.Parse(line.AsSpan("c_total ".Length), System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(value >= last, $"{value} after {last}");
        return value;
    }

    /// <summary>A clock that stands still until it is moved.</summary>
    private sealed class StillTime : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
