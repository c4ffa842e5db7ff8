using System.Diagnostics.Metrics;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Metrics;
using StreamRecorder.Ingest.Socket;
using StreamRecorder.Ingest.Ticks;
using StreamRecorder.Ingest.Webhooks;
using Tag = System.Collections.Generic.KeyValuePair<string, object?>;

namespace StreamRecorder.Ingest;

/// <summary>
/// Webhooks and who sends ticks, as instruments. Counts are sampled when somebody scrapes; an answered webhook costs one observation.
/// </summary>
public sealed class IngestMeter : IDisposable
{
    public const string Name = "StreamRecorder.Ingest";

    private readonly Meter _meter;

    /// <summary>
    /// Before the first request. <paramref name="scope"/> tells the meters of one service from those of another in the same process.
    /// </summary>
    public IngestMeter(object scope, WebhookMetrics webhooks, TickEndpoint ticks, TickSocket socket)
    {
        _meter = new Meter(new MeterOptions(Name) { Scope = scope });
        _meter.CreateObservableCounter(
            "streamrecorder.webhook.requests", () => webhooks.Counts.Select(c => new Measurement<long>(c.Count, new Tag("outcome", c.Outcome))), null,
            "Webhook requests by how they ended: accepted, duplicate, ignored, or the label of the refusal.");
        _meter.CreateObservableCounter(
            "streamrecorder.webhook.ignored", () => webhooks.Ignored.Select(c => new Measurement<long>(c.Count, new Tag("reason", c.Reason))), null,
            "Webhook requests with nothing to do, by why.");
        var advice = new InstrumentAdvice<double> { HistogramBucketBoundaries = Bounds.Latency };
        webhooks.Acknowledged =
            _meter.CreateHistogram("streamrecorder.webhook.ack", "s", "From a webhook's arrival to its durable answer.", null, advice).Record;
        _meter.CreateObservableGauge(
            "streamrecorder.feed.connected",
            () => new[] { Connected(FeedNames.Http, ticks.IsConnected), Connected(FeedNames.Socket, socket.ConnectionCount > 0) }, null,
            "1 while the feed is connected, else 0; by HTTP while somebody has sent within a minute.");
    }

    public void Dispose() => _meter.Dispose();

    private static Measurement<int> Connected(string feed, bool isConnected) => new(isConnected ? 1 : 0, new Tag("feed", feed));
}
