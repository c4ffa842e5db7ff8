using System.Text;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace OpenTelemetry.Exporter.Prometheus;

/// <summary>Renders all metrics as Prometheus text 0.0.4. Used by one thread at a time, under the exporter's gate.</summary>
internal sealed class Exposition(PrometheusAspNetCoreOptions options)
{
    private const string TargetInfo = "target_info";

    private readonly ExpositionBuffer _bytes = new();
    private readonly ExpositionBuffer _bucketStart = new();
    private readonly List<(double Bound, byte[] Text)> _bounds = [];
    private readonly LabelSet _labels = new(options.ScopeInfoEnabled);

    public void Render(in Batch<Metric> batch, Resource resource)
    {
        _bytes.Clear();
        if (options.TargetInfoEnabled) WriteTargetInfo(resource);
        foreach (var family in MetricFamily.Of(batch, !options.DisableTotalNameSuffixForCounters))
        {
            // A family may appear once, and this one is taken by the resource.
            if (options.TargetInfoEnabled && family.Name == TargetInfo)
                PrometheusEventSource.Log.FamilyDropped(TargetInfo, "the name is the resource's");
            else WriteFamily(family);
        }
    }

    public byte[] ToArray() => _bytes.Written.ToArray();

    private void WriteTargetInfo(Resource resource)
    {
        WriteHead(TargetInfo, "gauge", "Target metadata");
        _labels.Set(resource.Attributes);
        StartSample(TargetInfo, ""u8);
        EndSample(1L);
    }

    private void WriteFamily(MetricFamily family)
    {
        WriteHead(family.Name, family.Type, family.Description);
        // Only a family of several metrics can hold a series twice.
        var seen = family.Metrics.Count > 1 ? new HashSet<string>(StringComparer.Ordinal) : null;
        foreach (var metric in family.Metrics)
        {
            foreach (ref readonly var point in metric.GetMetricPoints())
            {
                _labels.Set(metric, point);
                if (seen is null || seen.Add(Encoding.UTF8.GetString(_labels.Written))) WritePoint(family.Name, metric, point);
                else PrometheusEventSource.Log.SeriesRepeated(family.Name, metric.Name);
            }
        }
    }

    private void WriteHead(string name, string type, string? description)
    {
        _bytes.Write("# TYPE "u8);
        _bytes.Write(name);
        _bytes.Write(" "u8);
        _bytes.Write(type);
        _bytes.Write("\n"u8);
        if (string.IsNullOrEmpty(description)) return;
        _bytes.Write("# HELP "u8);
        _bytes.Write(name);
        _bytes.Write(" "u8);
        _bytes.WriteHelp(description);
        _bytes.Write("\n"u8);
    }

    private void WritePoint(string name, Metric metric, in MetricPoint point)
    {
        if (metric.MetricType.IsHistogram())
        {
            WriteHistogram(name, point);
            return;
        }
        StartSample(name, ""u8);
        if (metric.MetricType.IsGauge())
        {
            if (metric.MetricType.IsLong()) EndSample(point.GetGaugeLastValueLong());
            else EndSample(point.GetGaugeLastValueDouble());
        }
        else if (metric.MetricType.IsLong()) EndSample(point.GetSumLong());
        else EndSample(point.GetSumDouble());
    }

    private void WriteHistogram(string name, in MetricPoint point)
    {
        // Nearly all lines of a page are buckets, and of one point they differ in their ends alone.
        _bucketStart.Clear();
        _bucketStart.Write(name);
        _bucketStart.Write("_bucket{"u8);
        _bucketStart.Write(_labels.Written);
        _bucketStart.Write(_labels.Written.Length > 0 ? ",le=\""u8 : "le=\""u8);
        long below = 0;
        int index = 0;
        bool isInfinityWritten = false;
        foreach (var bucket in point.GetHistogramBuckets())
        {
            // The SDK counts each bucket alone, the format all that is at most the bound.
            below += bucket.BucketCount;
            WriteBucket(index++, bucket.ExplicitBound, below);
            isInfinityWritten |= double.IsPositiveInfinity(bucket.ExplicitBound);
        }
        // A histogram without buckets still owes the one that holds everything.
        if (!isInfinityWritten) WriteBucket(index, double.PositiveInfinity, point.GetHistogramCount());
        StartSample(name, "_sum"u8);
        EndSample(point.GetHistogramSum());
        StartSample(name, "_count"u8);
        EndSample(point.GetHistogramCount());
    }

    private void WriteBucket(int index, double bound, long count)
    {
        _bytes.Write(_bucketStart.Written);
        _bytes.Write(TextOf(index, bound));
        _bytes.Write("\"} "u8);
        EndSample(count);
    }

    /// <summary>The same as for the point before, nearly always: all points of a metric have the same bounds.</summary>
    private byte[] TextOf(int index, double bound)
    {
        if (index == _bounds.Count) _bounds.Add((bound, ExpositionBuffer.TextOf(bound)));
        else if (!_bounds[index].Bound.Equals(bound)) _bounds[index] = (bound, ExpositionBuffer.TextOf(bound));
        return _bounds[index].Text;
    }

    private void StartSample(string name, ReadOnlySpan<byte> suffix)
    {
        _bytes.Write(name);
        _bytes.Write(suffix);
        if (_labels.Written.Length > 0)
        {
            _bytes.Write("{"u8);
            _bytes.Write(_labels.Written);
            _bytes.Write("}"u8);
        }
        _bytes.Write(" "u8);
    }

    private void EndSample(long value)
    {
        _bytes.Write(value);
        _bytes.Write("\n"u8);
    }

    private void EndSample(double value)
    {
        _bytes.Write(value);
        _bytes.Write("\n"u8);
    }
}
