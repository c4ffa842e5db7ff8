using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace StreamRecorder.Prometheus.Tests;

/// <summary>A server on a free loopback port with one meter of its own and the exporter, set up by the same calls as a service makes.</summary>
public sealed class ScrapeServer : IAsyncDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly WebApplication _application;

    private ScrapeServer(WebApplication application, Meter meter)
    {
        _application = application;
        Meter = meter;
        Client = new HttpClient { BaseAddress = new Uri(application.Urls.First()), Timeout = Limit };
    }

    public Meter Meter { get; }

    public HttpClient Client { get; }

    /// <summary>Starts with a meter whose name no other test has, so that tests do not see each other's instruments.</summary>
    public static async Task<ScrapeServer> StartAsync(
        Action<PrometheusAspNetCoreOptions>? configure = null, Action<MeterProviderBuilder>? build = null,
        IEnumerable<KeyValuePair<string, object?>>? meterTags = null)
    {
        var meter = new Meter(new MeterOptions("Test." + Guid.NewGuid().ToString("N")) { Version = "1.0", Tags = meterTags });
        var providerBuilder = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateEmpty().AddService("recorder \"one\"", autoGenerateServiceInstanceId: false))
            .AddMeter(meter.Name);
        build?.Invoke(providerBuilder);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(_ => providerBuilder.AddPrometheusExporter(options => Configure(options, configure)).Build());
        var application = builder.Build();
        application.MapPrometheusScrapingEndpoint();
        await application.StartAsync();
        return new ScrapeServer(application, meter);
    }

    public async Task<string> ScrapeAsync() => await Client.GetStringAsync(new Uri("/metrics", UriKind.Relative));

    /// <summary>The samples of one meter's metrics without their scope labels, which say the same on every line.</summary>
    public async Task<string[]> ScrapeLinesAsync()
    {
        string scope = $"otel_scope_name=\"{Meter.Name}\",otel_scope_version=\"1.0\"";
        string text = await ScrapeAsync();
        return text.Replace(scope + ",", "", StringComparison.Ordinal).Replace("{" + scope + "}", "", StringComparison.Ordinal)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public Task ShutDownProviderAsync() => Task.Run(() => _application.Services.GetRequiredService<MeterProvider>().Dispose());

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _application.DisposeAsync();
        Meter.Dispose();
    }

    private static void Configure(PrometheusAspNetCoreOptions options, Action<PrometheusAspNetCoreOptions>? configure)
    {
        options.ScrapeResponseCacheDurationMilliseconds = 0;
        configure?.Invoke(options);
    }
}
