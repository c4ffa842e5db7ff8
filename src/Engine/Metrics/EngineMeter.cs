using System.Diagnostics.Metrics;
using StreamRecorder.Engine.Journal;
using StreamRecorder.Engine.Numbers;
using Tag = System.Collections.Generic.KeyValuePair<string, object?>;

namespace StreamRecorder.Engine.Metrics;

/// <summary>
/// Ticks, inbox and journal as instruments. Counts are sampled when somebody scrapes;
/// only a batch of ticks and a commit cost an observation, about 0.1 µs each.
/// </summary>
public sealed class EngineMeter : IDisposable
{
    public const string Name = "StreamRecorder.Engine";

    private readonly Meter _meter;

    /// <summary>
    /// Before the loop is turned for the first time. <paramref name="scope"/>
    /// tells the meters of one service from those of another in the same process.
    /// </summary>
    public EngineMeter(object scope, EngineLoop loop, Inbox inbox, FasterJournal journal)
    {
        _meter = new Meter(new MeterOptions(Name) { Scope = scope });
        AddTicks(loop);
        AddInbox(inbox);
        AddJournal(journal);
        _meter.CreateObservableCounter(
            "streamrecorder.gap", () => (double)loop.TotalGap / Timestamp.Second, "s",
            "Time in which the service was not running, so that ticks may have been missed.");
        _meter.CreateObservableCounter(
            "streamrecorder.repeats.forgotten", () => OfRepeats(loop.RepeatsForgotten), null,
            "Signals given up before their time because too many were remembered: a repeat of theirs would be a new order.");
    }

    public void Dispose() => _meter.Dispose();

    private void AddTicks(EngineLoop loop)
    {
        _meter.CreateObservableCounter("streamrecorder.ticks", () => OfFeeds(loop, f => f.Applied), null, "Ticks applied.");
        _meter.CreateObservableCounter(
            "streamrecorder.ticks.late", () => OfFeeds(loop, f => f.Late), null, "Ticks older than the late tolerance, not applied.");
        _meter.CreateObservableCounter(
            "streamrecorder.ticks.merged", () => Volatile.Read(ref loop.Counters.TicksMerged), null,
            "Ticks that joined others while they waited for a disk or database that is behind; no figure changes by it.");
        _meter.CreateObservableGauge(
            "streamrecorder.feed.last_tick_timestamp",
            () => OfFeeds(loop, f => (double)f.LastArrival / Timestamp.Second), "s",
            "When the feed's last tick arrived, in Unix time; 0 before the first.");
        var apply = Latency("streamrecorder.tick.apply", "From a tick's arrival to its being applied: one observation a batch, its oldest tick.");
        loop.BatchApplied = apply.Record;
    }

    private void AddInbox(Inbox inbox)
    {
        _meter.CreateObservableGauge(
            "streamrecorder.inbox.depth", () => OfKinds(inbox.SignalCount, inbox.TickBatchCount, inbox.QueryCount), null,
            "Messages that wait in the inbox; signals until they are answered.");
        _meter.CreateObservableGauge(
            "streamrecorder.inbox.capacity", () => OfKinds(inbox.SignalsMax, inbox.TickBatchesMax, inbox.QueriesMax), null,
            "Most messages of a kind that may wait in the inbox.");
    }

    private void AddJournal(FasterJournal journal)
    {
        _meter.CreateObservableCounter("streamrecorder.journal.bytes", () => journal.BytesAppended, "By", "Bytes appended to the journal.");
        _meter.CreateObservableGauge(
            "streamrecorder.journal.faulted", () => journal.Fault is null ? 0 : 1, null, "1 when the journal cannot be written any more, else 0.");
        var commit = Latency("streamrecorder.journal.commit", "Writing through one commit of the journal.");
        journal.CommitEnded = took => commit.Record(took.TotalSeconds);
    }

    private Histogram<double> Latency(string name, string description) =>
        _meter.CreateHistogram(name, "s", description, null, new InstrumentAdvice<double> { HistogramBucketBoundaries = Bounds.Latency });

    private static IEnumerable<Measurement<T>> OfFeeds<T>(EngineLoop loop, Func<FeedCounters, T> read) where T : struct =>
        loop.Counters.Feeds.Select(feed => new Measurement<T>(read(feed), new Tag("feed", feed.Name)));

    private static Measurement<long>[] OfRepeats((long Ids, long Bodies) forgotten) =>
        [new(forgotten.Ids, new Tag("kind", "id")), new(forgotten.Bodies, new Tag("kind", "body"))];

    private static Measurement<int>[] OfKinds(int signals, int ticks, int queries) =>
        [new(signals, new Tag("kind", "signal")), new(ticks, new Tag("kind", "tick")), new(queries, new Tag("kind", "query"))];
}
