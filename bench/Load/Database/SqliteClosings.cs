using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Load.Reporting;
using StreamRecorder.Sink;

namespace StreamRecorder.Load.Database;

/// <summary>
/// Closed positions a second into SQLite, everything that belongs to them included: the sink beside prepared inserts of the rows that it came to.
/// </summary>
public sealed class SqliteClosings : Scenario
{
    private const double Reach = 0.7;
    private const int Positions = 200_000;
    private const int PositionsMin = 1000;

    public override string Name => "sqlite-closings";

    public override string Rival => "prepared inserts of the same rows, one transaction a batch, nothing else";

    public override async Task<Result> RunAsync(Bench bench)
    {
        var positions = Math.Max(PositionsMin, bench.Size.Of(Positions));
        var groups = Closings.Of(positions);
        var finished = FileIn(bench);
        await WriteAsync(finished, groups).ConfigureAwait(false);
        var raw = new RawInserts(finished);
        raw.Run(FileIn(bench), SinkLimits.RowsPerBatch);
        var rows = await bench.AlternateAsync(
            new Contender("sink", async () => new Sample(positions / (await WriteAsync(FileIn(bench), groups).ConfigureAwait(false)).TotalSeconds)),
            new Contender(
                "raw inserts", () => Task.FromResult(new Sample(positions / Timed(() => raw.Run(FileIn(bench), SinkLimits.RowsPerBatch)).TotalSeconds)
                {
                    Notes = new Dictionary<string, double> { ["rows a position"] = (double)raw.RowCount / positions },
                }))).ConfigureAwait(false);
        return new Result(Name, Rival, "closed positions/s", rows, [Finding.AtLeast("the sink, of raw inserts", rows[0].Ratio, Reach)]);
    }

    private static string FileIn(Bench bench) => Path.Combine(bench.NewDirectory("closings"), "stream_recorder.db");

    /// <summary>From the first group offered to the last one durable.</summary>
    private static async Task<TimeSpan> WriteAsync(string file, IReadOnlyList<OutputGroup> groups)
    {
        var outbox = new Outbox(groups.Count);
        var sink = new SqliteSink(Sink.Database.Open(file), outbox, TimeProvider.System, NullLogger.Instance);
        await using (sink.ConfigureAwait(false))
        {
            var started = Stopwatch.GetTimestamp();
            foreach (var group in groups) outbox.TryRelease(group);
            outbox.Complete();
            await sink.RunAsync().ConfigureAwait(false);
            return Stopwatch.GetElapsedTime(started);
        }
    }

    private static TimeSpan Timed(Action action)
    {
        var started = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(started);
    }
}
