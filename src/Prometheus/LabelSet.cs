using System.Globalization;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus;

/// <summary>
/// The labels of one point, rendered once and written on each of its samples. Keys that become the same label are joined with a semicolon.
/// </summary>
internal sealed class LabelSet(bool isScopeWanted)
{
    private const string BucketLabel = "le";

    private readonly List<(string Key, string Value)> _labels = [];
    private readonly ExpositionBuffer _bytes = new();

    public ReadOnlySpan<byte> Written => _bytes.Written;

    public void Set(Metric metric, in MetricPoint point)
    {
        _labels.Clear();
        if (isScopeWanted) AddScope(metric);
        bool isHistogram = metric.MetricType.IsHistogram();
        foreach (var tag in point.Tags)
        {
            string key = PrometheusName.OfLabel(tag.Key);
            if (!isHistogram || key != BucketLabel) Add(key, tag.Value);
        }
        Render();
    }

    public void Set(IEnumerable<KeyValuePair<string, object>> attributes)
    {
        _labels.Clear();
        foreach (var attribute in attributes) Add(PrometheusName.OfLabel(attribute.Key), attribute.Value);
        Render();
    }

    private void AddScope(Metric metric)
    {
        Add("otel_scope_name", metric.MeterName);
        if (!string.IsNullOrEmpty(metric.MeterVersion)) Add("otel_scope_version", metric.MeterVersion);
        if (!string.IsNullOrEmpty(metric.MeterSchemaUrl)) Add("otel_scope_schema_url", metric.MeterSchemaUrl);
        if (metric.MeterTags is null) return;
        foreach (var tag in metric.MeterTags) Add(PrometheusName.OfLabel("otel_scope_" + tag.Key), tag.Value);
    }

    private void Add(string key, object? value)
    {
        string text = TextOf(value);
        for (int i = 0; i < _labels.Count; i++)
        {
            if (_labels[i].Key != key) continue;
            _labels[i] = (key, _labels[i].Value + ";" + text);
            return;
        }
        _labels.Add((key, text));
    }

    private static string TextOf(object? value) => value switch
    {
        null => "",
        string text => text,
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private void Render()
    {
        _bytes.Clear();
        foreach (var (key, value) in _labels)
        {
            if (_bytes.Written.Length > 0) _bytes.Write(","u8);
            _bytes.Write(key);
            _bytes.Write("=\""u8);
            _bytes.WriteLabelValue(value);
            _bytes.Write("\""u8);
        }
    }
}
