using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using StreamRecorder.Engine.Metrics;
using StreamRecorder.Ingest;
using StreamRecorder.Sink;

namespace StreamRecorder.Host.Metrics;

/// <summary>
/// The one place that knows OpenTelemetry: aggregates the meters of the parts, shows them at <c>/metrics</c>
/// and, if wanted, pushes them by OTLP. Owns the meters, so that they outlast the parts for one last export.
/// </summary>
public sealed class Telemetry : IAsyncDisposable
{
    private const string RuntimeMeter = "System.Runtime";

    /// <summary>Gauges of the runtime whose names end as only a histogram's count may, for Prometheus.</summary>
    private static readonly Dictionary<string, string> Renamed = new(StringComparer.Ordinal)
    {
        ["dotnet.assembly.count"] = "dotnet.assemblies",
        ["dotnet.process.cpu.count"] = "dotnet.process.cpus",
        ["dotnet.timer.count"] = "dotnet.timers",
    };

    private readonly List<object> _meters = [];
    private readonly MeterProvider _provider;
    private readonly int _pointsMax;

    public Telemetry(Options options)
    {
        // The recorders' closed positions have most points: three outcomes by eight reasons.
        _pointsMax = Math.Max(options.MetricPairs, 24 * (options.MetricRecorders + 1)) + HostLimits.MetricPoints;
        var builder = Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(resource => resource.AddService("streamrecorder", serviceVersion: Version, autoGenerateServiceInstanceId: false))
            .AddMeter(EngineMeter.Name, IngestMeter.Name, SinkMeter.Name, HostMeter.Name, RuntimeMeter)
            .AddView(ViewOf)
            .AddPrometheusExporter();
        if (options.OtlpEndpoint is { } endpoint)
        {
            builder.AddOtlpExporter(otlp =>
            {
                otlp.Endpoint = new Uri(endpoint);
                otlp.Protocol = OtlpExportProtocol.HttpProtobuf;
            });
        }
        _provider = builder.Build();
    }

    /// <summary>Marks the meters of this service: another one in the same process has its own.</summary>
    public object Scope { get; } = new();

    private static string Version => typeof(Telemetry).Assembly.GetName().Version!.ToString(3);

    public void Map(IEndpointRouteBuilder routes) => routes.MapPrometheusScrapingEndpoint("/metrics", _provider, null, null);

    /// <summary>Takes a meter over.</summary>
    public T Add<T>(T meter) where T : notnull
    {
        _meters.Add(meter);
        return meter;
    }

    /// <summary>Pushes a last time, if it pushes at all, then ends. When the parts have stopped.</summary>
    public async ValueTask DisposeAsync()
    {
        _provider.Shutdown((int)HostLimits.StopAfterFault.TotalMilliseconds);
        _provider.Dispose();
        foreach (var meter in _meters)
        {
            if (meter is IAsyncDisposable task) await task.DisposeAsync().ConfigureAwait(false);
            else (meter as IDisposable)?.Dispose();
        }
    }

    /// <summary>The SDK reserves memory for all points that an instrument may have, so only those by recorder may have many.</summary>
    private MetricStreamConfiguration? ViewOf(Instrument instrument)
    {
        if (instrument.Meter.Name != RuntimeMeter && !ReferenceEquals(instrument.Meter.Scope, Scope)) return MetricStreamConfiguration.Drop;
        return new MetricStreamConfiguration
        {
            Name = Renamed.GetValueOrDefault(instrument.Name, instrument.Name),
            CardinalityLimit = instrument.Meter.Name == HostMeter.Name ? _pointsMax : HostLimits.MetricPoints,
        };
    }
}
