using System.Diagnostics.Metrics;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Journal;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Host.Start;
using Tag = System.Collections.Generic.KeyValuePair<string, object?>;

namespace StreamRecorder.Host.Metrics;

/// <summary>Positions, the last start and the disk as instruments.</summary>
public sealed class HostMeter : IAsyncDisposable
{
    public const string Name = "StreamRecorder.Host";

    private readonly Meter _meter;
    private readonly ClosedPositions _closed;
    private readonly OpenSeries _open;

    /// <summary>
    /// After the recovery, before the loop is turned by its thread. <paramref name="scope"/>
    /// tells one service's meters from another's in the same process.
    /// </summary>
    public HostMeter(object scope, Options options, EngineClient client, EngineLoop engine, SymbolTable symbols, TimeProvider time)
    {
        _meter = new Meter(new MeterOptions(Name) { Scope = scope });
        var startedAt = time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;
        _meter.CreateObservableGauge(
            "streamrecorder.start_time", () => startedAt, "s", "When the service began to record, in Unix time: since then its counters count.");
        var recorders = new RecorderTallies(options.MetricRecorders);
        _closed = new ClosedPositions(_meter, engine, recorders);
        _open = new OpenSeries(_meter, client, engine, symbols, recorders, options, time);
    }

    public void AddRecovery(TimeSpan took) =>
        _meter.CreateObservableGauge("streamrecorder.recovery", () => took.TotalSeconds, "s", "How long the last start took to recover the state.");

    public void AddDisk(DataDirectory directory, FasterJournal journal) =>
        _meter.CreateObservableGauge(
            "streamrecorder.disk.bytes", () => PartsOf(directory, journal), "By", "The data's volume in parts that add up to its size.");

    /// <summary>Fails with whatever its asking was not made for.</summary>
    public Task Ended => _open.Ended;

    /// <summary>Begins to ask for open positions; those that are open already come first.</summary>
    public void Start(IEnumerable<PositionKey> open) => _open.Start(open);

    /// <summary>Engine's thread, for each group as it is released: never blocks, never throws.</summary>
    public void Note(OutputGroup group)
    {
        foreach (var output in group.Outputs)
        {
            _closed.Note(output);
            if (output is PositionChanged { IsOpen: true } open) _open.Note(open);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _open.DisposeAsync().ConfigureAwait(false);
        _meter.Dispose();
    }

    private static Measurement<long>[] PartsOf(DataDirectory directory, FasterJournal journal)
    {
        var volume = new DriveInfo(directory.Root);
        var (kept, database, free) = (journal.DiskBytes, directory.DatabaseBytes, volume.AvailableFreeSpace);
        return [Part("journal", kept), Part("database", database), Part("other", Math.Max(0, volume.TotalSize - free - kept - database)),
            Part("free", free)];
    }

    private static Measurement<long> Part(string part, long bytes) => new(bytes, new Tag("part", part));
}
