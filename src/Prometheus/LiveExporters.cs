namespace OpenTelemetry.Exporter.Prometheus;

/// <summary>
/// Finds the exporter that belongs to a meter provider. The SDK offers outsiders no way from a provider
/// to its exporters (the package reads internals), and a provider built by hand has a service container
/// of its own, so the exporters themselves are remembered here, weakly, until they are disposed.
/// </summary>
internal static class LiveExporters
{
    private static readonly Lock Gate = new();
    private static readonly List<WeakReference<PrometheusExporter>> All = [];

    public static void Add(PrometheusExporter exporter)
    {
        lock (Gate)
        {
            All.RemoveAll(reference => !reference.TryGetTarget(out _));
            All.Add(new WeakReference<PrometheusExporter>(exporter));
        }
    }

    public static void Remove(PrometheusExporter exporter)
    {
        lock (Gate) All.RemoveAll(reference => !reference.TryGetTarget(out var live) || ReferenceEquals(live, exporter));
    }

    public static PrometheusExporter? Of(BaseProvider provider)
    {
        lock (Gate)
        {
            foreach (var reference in All)
                if (reference.TryGetTarget(out var exporter) && ReferenceEquals(exporter.ParentProvider, provider)) return exporter;
            return null;
        }
    }
}
