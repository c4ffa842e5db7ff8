using System.Diagnostics.Tracing;

namespace OpenTelemetry.Exporter.Prometheus;

/// <summary>What the exposition leaves out, for the SDK's self-diagnostics, which listen to every source of this prefix.</summary>
[EventSource(Name = "OpenTelemetry-Exporter-Prometheus")]
internal sealed class PrometheusEventSource : EventSource
{
    public static readonly PrometheusEventSource Log = new();

    [Event(1, Level = EventLevel.Warning, Message = "Metric family '{0}' left out: {1}.")]
    public void FamilyDropped(string family, string reason) => WriteEvent(1, family, reason);

    [Event(2, Level = EventLevel.Warning, Message = "Metric '{1}' has another description than family '{0}'; the first one is kept.")]
    public void DescriptionDiffers(string family, string metric) => WriteEvent(2, family, metric);

    [Event(3, Level = EventLevel.Warning, Message = "Metric '{1}' of family '{0}' repeats a series; the first one is kept.")]
    public void SeriesRepeated(string family, string metric) => WriteEvent(3, family, metric);
}
