using System.Text.Json;

namespace StreamRecorder.Grafana.Tests.Linting;

/// <summary>
/// One exported metric as <c>metrics.json</c> lists it: name and kind, each label
/// with values that it may have, and why no dashboard shows it, if none does.
/// </summary>
public sealed record ListedMetric(
    string Name,
    string Kind,
    string Help,
    string Source,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Labels,
    IReadOnlyList<double> Buckets,
    string? Unused);

/// <summary>All metrics that the service exports. The dashboards are held to it, and it to a real scrape.</summary>
public sealed class MetricList
{
    private static readonly string[] HistogramSuffixes = ["_bucket", "_sum", "_count"];

    // Made by Prometheus itself.
    private static readonly ListedMetric[] OfPrometheus =
    [
        new("up", "gauge", "", "prometheus", new Dictionary<string, IReadOnlyList<string>>(), [], "of Prometheus"),
        new("ALERTS", "gauge", "", "prometheus", Keys("alertname", "alertstate", "severity"), [], "of Prometheus"),
    ];

    private readonly Dictionary<string, ListedMetric> _bySample = [];

    public MetricList(IEnumerable<ListedMetric> metrics)
    {
        All = [.. metrics];
        foreach (var metric in All.Concat(OfPrometheus))
            foreach (string sample in SamplesOf(metric)) _bySample.Add(sample, metric);
    }

    public IReadOnlyList<ListedMetric> All { get; }

    public static MetricList Load() => new(Read(GrafanaFolder.Read("metrics.json")));

    public static IEnumerable<string> SamplesOf(ListedMetric metric)
        => metric.Kind == "histogram" ? HistogramSuffixes.Select(suffix => metric.Name + suffix) : [metric.Name];

    /// <summary>The metric that a sample's name belongs to, or null.</summary>
    public ListedMetric? OfSample(string sample) => _bySample.GetValueOrDefault(sample);

    private static IEnumerable<ListedMetric> Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        foreach (var metric in document.RootElement.GetProperty("metrics").EnumerateArray())
        {
            yield return new ListedMetric(
                metric.GetProperty("name").GetString()!,
                metric.GetProperty("kind").GetString()!,
                metric.GetProperty("help").GetString()!,
                metric.GetProperty("source").GetString()!,
                metric.GetProperty("labels").EnumerateObject().ToDictionary(label => label.Name, label => Texts(label.Value)),
                metric.TryGetProperty("buckets", out var buckets) ? [.. buckets.EnumerateArray().Select(bound => bound.GetDouble())] : [],
                metric.TryGetProperty("unused", out var unused) ? unused.GetString() : null);
        }
    }

    private static IReadOnlyList<string> Texts(JsonElement array) => [.. array.EnumerateArray().Select(text => text.GetString()!)];

    private static Dictionary<string, IReadOnlyList<string>> Keys(params string[] labels) =>
        labels.ToDictionary(label => label, IReadOnlyList<string> (_) => []);
}
