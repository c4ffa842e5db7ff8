using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus;

/// <summary>
/// All metrics of one exposed name, which the format wants together under one TYPE. Metrics that would
/// need two types under one name are all left out, because a reader could not tell which is which.
/// </summary>
internal sealed record MetricFamily(string Name, string Type, string Description, IReadOnlyList<Metric> Metrics)
{
    /// <summary>Families in the order of their names, so that two scrapes differ only where the figures do.</summary>
    public static List<MetricFamily> Of(in Batch<Metric> batch, bool isTotalWanted)
    {
        var named = new List<(string Name, Metric Metric)>();
        foreach (var metric in batch)
        {
            string name = PrometheusName.OfMetric(metric.Name, metric.Unit, TypeOf(metric) == "counter", isTotalWanted);
            if (TypeOf(metric) is null) PrometheusEventSource.Log.FamilyDropped(name, "the text format has no exponential histograms");
            else named.Add((name, metric));
        }
        named.Sort(Compare);
        return Group(named);
    }

    private static int Compare((string Name, Metric Metric) x, (string Name, Metric Metric) y)
    {
        int order = string.CompareOrdinal(x.Name, y.Name);
        if (order == 0) order = string.CompareOrdinal(x.Metric.MeterName, y.Metric.MeterName);
        return order == 0 ? string.CompareOrdinal(x.Metric.Name, y.Metric.Name) : order;
    }

    private static List<MetricFamily> Group(List<(string Name, Metric Metric)> named)
    {
        var families = new List<MetricFamily>();
        for (int start = 0, end; start < named.Count; start = end)
        {
            end = start + 1;
            while (end < named.Count && named[end].Name == named[start].Name) end++;
            var family = Join(named[start].Name, named.GetRange(start, end - start).ConvertAll(pair => pair.Metric));
            if (family is not null) families.Add(family);
        }
        return families;
    }

    private static MetricFamily? Join(string name, List<Metric> metrics)
    {
        string type = TypeOf(metrics[0])!;
        string description = metrics[0].Description;
        foreach (var metric in metrics)
        {
            if (TypeOf(metric) != type)
            {
                PrometheusEventSource.Log.FamilyDropped(name, "its metrics have different types");
                return null;
            }
            if (metric.Description != description) PrometheusEventSource.Log.DescriptionDiffers(name, metric.Name);
        }
        return new MetricFamily(name, type, description, metrics);
    }

    private static string? TypeOf(Metric metric) => metric.MetricType switch
    {
        MetricType.LongSum or MetricType.DoubleSum => "counter",
        MetricType.LongSumNonMonotonic or MetricType.DoubleSumNonMonotonic => "gauge",
        MetricType.LongGauge or MetricType.DoubleGauge => "gauge",
        MetricType.Histogram => "histogram",
        MetricType.ExponentialHistogram => null,
        _ => "untyped",
    };
}
