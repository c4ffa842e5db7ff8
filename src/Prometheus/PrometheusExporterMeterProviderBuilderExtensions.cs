using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry.Exporter;
using OpenTelemetry.Exporter.Prometheus;

namespace OpenTelemetry.Metrics;

/// <summary>Adds the exporter to a meter provider, with the package's own signatures.</summary>
public static class PrometheusExporterMeterProviderBuilderExtensions
{
    public static MeterProviderBuilder AddPrometheusExporter(this MeterProviderBuilder builder) => AddPrometheusExporter(builder, null, null);

    public static MeterProviderBuilder AddPrometheusExporter(this MeterProviderBuilder builder, Action<PrometheusAspNetCoreOptions> configure)
        => AddPrometheusExporter(builder, null, configure);

    public static MeterProviderBuilder AddPrometheusExporter(
        this MeterProviderBuilder builder, string? name, Action<PrometheusAspNetCoreOptions>? configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        name ??= Options.DefaultName;
        if (configure is not null) builder.ConfigureServices(services => services.Configure(name, configure));
        return builder.AddReader(services => ReaderOf(services.GetRequiredService<IOptionsMonitor<PrometheusAspNetCoreOptions>>().Get(name)));
    }

    private static BaseExportingMetricReader ReaderOf(PrometheusAspNetCoreOptions options) => new(new PrometheusExporter(options))
    {
        // Prometheus computes rates from running totals; with deltas every rate() would be wrong.
        TemporalityPreference = MetricReaderTemporalityPreference.Cumulative,
    };
}
