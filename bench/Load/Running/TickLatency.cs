using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using StreamRecorder.Host;
using StreamRecorder.Host.Start;
using StreamRecorder.Load.Reporting;

namespace StreamRecorder.Load.Running;

/// <summary>
/// Received → applied of each batch of ticks, with many open positions, fills coming in between, and
/// journal, sink and snapshots running on a real disk: everything of the service but its sockets, in
/// this process, so that the load's own time is measured along. The rival is what was to be reached.
/// </summary>
public sealed class TickLatency : Scenario
{
    private const int Positions = 100_000;
    private const int TicksPerSecond = 100_000;
    private const double MicrosReach = 1000;

    public override string Name => "tick-latency";

    public override string Rival => "nothing: p99.9 below 1 ms is to be reached";

    public override async Task<Result> RunAsync(Bench bench)
    {
        var positions = bench.Size.Of(Positions);
        var options = new Options { DataDirectory = bench.NewDirectory("ticks") };
        var pipe = await Composition.StartAsync(
            options, DataDirectory.Open(options.DataDirectory), TimeProvider.System, NullLoggerFactory.Instance).ConfigureAwait(false);
        await using (pipe.ConfigureAwait(false))
        {
            bench.Say($"opening {positions} positions");
            var market = await Market.OpenAsync(pipe, positions).ConfigureAwait(false);
            market.Run(bench.Size.Warm, TicksPerSecond, null);
            var rows = await bench.AlternateAsync(
                new Contender($"service, {positions} positions", () => MeasureAsync(bench, pipe, market))).ConfigureAwait(false);
            return new Result(Name, Rival, "ticks/s", rows, [Finding.AtMost("µs of p99.9", rows[0].Latency!.P999, MicrosReach)]);
        }
    }

    private static Task<Sample> MeasureAsync(Bench bench, Composition pipe, Market market)
    {
        var (latencies, sinceDue, rows) = (new Latencies(), new Latencies(), market.RowsWritten);
        var started = Stopwatch.GetTimestamp();
        var ticks = market.Run(bench.Size.Round, TicksPerSecond, latencies, sinceDue);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var due = sinceDue.Summary()!;
        return Task.FromResult(new Sample(ticks / seconds, latencies.Summary())
        {
            Notes = new Dictionary<string, double>
            {
                ["µs of p99 since it was due"] = due.P99,
                ["µs of p99.9 since it was due"] = due.P999,
                ["inputs the database has a second"] = (market.RowsWritten - rows) / seconds,
                ["inputs it lacks"] = pipe.Outbox.PendingCount,
            },
        });
    }
}
