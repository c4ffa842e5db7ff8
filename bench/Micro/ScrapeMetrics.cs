using System.Diagnostics.Metrics;
using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace StreamRecorder.Micro;

/// <summary>
/// One scrape of a thousand series over a real connection, collected and rendered
/// anew each time, beside an endpoint that answers the same bytes ready made.
/// </summary>
public class ScrapeMetrics : IDisposable
{
    private const int SeriesCount = 1000;
    private const string ReadyMade = "/ready-made";

    private readonly Meter _meter = new("StreamRecorder.Micro.Scrape");
    private readonly HttpClient _client = new();
    private MeterProvider _provider = null!;
    private WebApplication _application = null!;

    [GlobalSetup]
    public void Setup()
    {
        var value = 0L;
        _meter.CreateObservableCounter(
            "measured.things",
            () => Enumerable.Range(0, SeriesCount)
                .Select(i => new Measurement<long>(value++, new("recorder", $"strategy-{i / 10}"), new("reason", $"reason-{i % 10}"))));
        _provider = Sdk.CreateMeterProviderBuilder().AddMeter(_meter.Name)
            .AddPrometheusExporter(o => o.ScrapeResponseCacheDurationMilliseconds = 0).Build();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        _application = builder.Build();
        _application.MapPrometheusScrapingEndpoint("/metrics", _provider, null, null);
        byte[] page = [];
        _application.MapGet(ReadyMade, (HttpContext context) => context.Response.Body.WriteAsync(page).AsTask());
        _application.Start();
        _client.BaseAddress = new Uri(_application.Urls.First());
        page = Scrape();
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _client.Dispose();
        _application.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _provider.Dispose();
        _meter.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(Baseline = true)]
    public int ReadyMadePage() => Get(ReadyMade).Length;

    [Benchmark]
    public byte[] Scrape() => Get("/metrics");

    private byte[] Get(string path) => _client.GetByteArrayAsync(new Uri(path, UriKind.Relative)).GetAwaiter().GetResult();
}
