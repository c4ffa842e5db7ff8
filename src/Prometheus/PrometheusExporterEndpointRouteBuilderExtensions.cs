using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenTelemetry.Exporter;
using OpenTelemetry.Exporter.Prometheus;
using OpenTelemetry.Metrics;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the scrape endpoint of the <see cref="MeterProvider"/> that the services hold, with the package's own signatures.</summary>
public static class PrometheusExporterEndpointRouteBuilderExtensions
{
    private static readonly string[] Methods = ["GET", "HEAD"];

    public static IEndpointConventionBuilder MapPrometheusScrapingEndpoint(this IEndpointRouteBuilder endpoints)
        => MapPrometheusScrapingEndpoint(endpoints, null, null, null, null);

    public static IEndpointConventionBuilder MapPrometheusScrapingEndpoint(this IEndpointRouteBuilder endpoints, string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return MapPrometheusScrapingEndpoint(endpoints, path, null, null, null);
    }

    public static IEndpointConventionBuilder MapPrometheusScrapingEndpoint(
        this IEndpointRouteBuilder endpoints,
        string? path,
        MeterProvider? meterProvider,
        Action<IApplicationBuilder>? configureBranchedPipeline,
        string? optionsName)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var services = endpoints.ServiceProvider;
        meterProvider ??= services.GetRequiredService<MeterProvider>();
        var exporter = LiveExporters.Of(meterProvider)
            ?? throw new ArgumentException("The meter provider has no Prometheus exporter; call AddPrometheusExporter when building it.");
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("OpenTelemetry.Exporter.Prometheus");

        var pipeline = endpoints.CreateApplicationBuilder();
        configureBranchedPipeline?.Invoke(pipeline);
        pipeline.Run(new ScrapeEndpoint(exporter, logger).AnswerAsync);
        return endpoints.MapMethods(Rooted(path ?? ConfiguredPath(services, optionsName)), Methods, pipeline.Build());
    }

    private static string ConfiguredPath(IServiceProvider services, string? optionsName)
    {
        var monitor = services.GetRequiredService<IOptionsMonitor<PrometheusAspNetCoreOptions>>();
        return monitor.Get(optionsName ?? Options.DefaultName).ScrapeEndpointPath ?? PrometheusAspNetCoreOptions.DefaultScrapeEndpointPath;
    }

    private static string Rooted(string path) => path.StartsWith('/') ? path : "/" + path;
}
