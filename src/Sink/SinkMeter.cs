using System.Diagnostics.Metrics;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Metrics;
using StreamRecorder.Engine.Numbers;

namespace StreamRecorder.Sink;

/// <summary>The sink's transactions and how far the database is behind, as instruments.</summary>
public sealed class SinkMeter : IDisposable
{
    public const string Name = "StreamRecorder.Sink";

    private readonly Meter _meter;

    /// <summary><paramref name="scope"/> tells the meters of one service from those of another in the same process.</summary>
    public SinkMeter(object scope, SqliteSink sink, Outbox outbox, TimeProvider time)
    {
        _meter = new Meter(new MeterOptions(Name) { Scope = scope });
        var duration = Histogram<double>("streamrecorder.sink.flush", "s", "One transaction of the database.", Bounds.Flush);
        var rows = Histogram<int>(
            "streamrecorder.sink.batch_rows", null, "Rows of one transaction of the database.", [.. Bounds.Rows.Select(bound => (int)bound)]);
        sink.Flushed += flush =>
        {
            duration.Record((double)flush.DurationMicros / Timestamp.Second);
            rows.Record(flush.Rows);
        };
        _meter.CreateObservableGauge(
            "streamrecorder.sink.lag",
            () => outbox.OldestPendingAt is { } at ? (double)Math.Max(0, Timestamp.From(time.GetUtcNow()) - at) / Timestamp.Second : 0,
            "s", "Age of the oldest output that is not in the database yet; 0 when all are.");
    }

    public void Dispose() => _meter.Dispose();

    private Histogram<T> Histogram<T>(string name, string? unit, string description, IReadOnlyList<T> bounds) where T : struct =>
        _meter.CreateHistogram(name, unit, description, null, new InstrumentAdvice<T> { HistogramBucketBoundaries = bounds });
}
