using Microsoft.Data.Sqlite;
using StreamRecorder.Load.Processes;
using StreamRecorder.Load.Reporting;

namespace StreamRecorder.Load.Webhooks;

/// <summary>
/// More alerts than can be taken, on a schedule that does not wait: twenty times a quiet rate for a while, then twice
/// what the server can do; after each, how soon it is itself again. Senders give up after 3 s as TradingView does.
/// </summary>
public sealed class WebhookOverload : Scenario
{
    /// <summary>Nearly all that the server takes (10 000): more than its inbox holds, or nothing would ever be refused.</summary>
    private const int Connections = 9_900;
    private const int CapacityConnections = 2_000;
    private const double BurstTimes = 20;
    private const double SteadyTimes = 2;

    /// <summary>Of what it can do: the rate before and after.</summary>
    private const double QuietShare = 0.25;
    private const double RecoverySecondsMax = 5;
    private const int RecoverySeconds = 8;
    private const double ResidentMiBMax = 1024;

    /// <summary>Recovered: a second whose p99 is no more than this times the quiet one, or within a tenth of a second.</summary>
    private const double RecoveredTimes = 2;
    private const double RecoveredMicroseconds = 100_000;
    private const double MiB = 1 << 20;

    public override string Name => "webhook-overload";

    public override string Rival => "itself at a quiet rate";

    public override async Task<Result> RunAsync(Bench bench)
    {
        var directory = bench.NewDirectory("overload");
        var server = await Server.StartAsync(directory, "HardRate=1000000").ConfigureAwait(false);
        await using (server.ConfigureAwait(false))
        {
            var tokens = await server.AddRecordersAsync(ConnectionsOf(bench)).ConfigureAwait(false);
            var capacity = await CapacityAsync(bench, server.Url, tokens).ConfigureAwait(false);
            var load = new WebhookLoad(server.Url, tokens);
            await using (load.ConfigureAwait(false))
            {
                var quiet = new Phase(bench.Size.Round.TotalSeconds, capacity * QuietShare);
                using var peak = new PeakMemory(server);
                var results = new List<PhaseResult>();
                foreach (var times in (double[])[BurstTimes * QuietShare, SteadyTimes])
                    results.AddRange(
                        await load.RunAsync(
                            [quiet, new Phase(bench.Size.Round.TotalSeconds, capacity * times), .. Seconds(quiet.Rate)]).ConfigureAwait(false));
                await server.SettleAsync().ConfigureAwait(false);
                return ResultOf(results, Kept(directory), peak.Bytes / MiB);
            }
        }
    }

    /// <summary>What it can do when nothing is refused: fewer alerts under way than the inbox has places.</summary>
    private static async Task<double> CapacityAsync(Bench bench, Uri url, IReadOnlyList<string> tokens)
    {
        var load = new WebhookLoad(url, [.. tokens.Take(CapacityConnections)]);
        await using (load.ConfigureAwait(false))
        {
            var (warm, round) = (new Phase(bench.Size.Warm.TotalSeconds), new Phase(bench.Size.Round.TotalSeconds));
            return (await load.RunAsync(warm, round).ConfigureAwait(false))[^1].Rate;
        }
    }

    private static int ConnectionsOf(Bench bench) => Math.Max(bench.Size.Connections, bench.Size.Of(Connections));

    private static IEnumerable<Phase> Seconds(double rate) => Enumerable.Repeat(new Phase(1, rate), RecoverySeconds);

    /// <summary>Bodies that the database holds as taken: at least as many as were answered 200.</summary>
    private static long Kept(string directory)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(directory, "stream_recorder.db")};Mode=ReadOnly;Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM signals WHERE status IN ('accepted', 'ignored', 'duplicate')";
        return (long)command.ExecuteScalar()!;
    }

    private Result ResultOf(List<PhaseResult> results, long kept, double peakMiB)
    {
        var (burst, steady) = (results[..(RecoverySeconds + 2)], results[(RecoverySeconds + 2)..]);
        var others = results.SelectMany(r => r.Statuses).Where(s => s.Key is not (200 or 503)).Sum(s => s.Value);
        var answered = results.Sum(r => r.Accepted);
        return new Result(
            Name, Rival, "requests/s answered 200",
            [RowOf("20 × burst", burst[1], burst[0]), RowOf("steady 2 ×", steady[1], steady[0]), RowOf("quiet", burst[0], burst[0])],
        [
            Finding.None("answers other than 200 and 503", others) with { IsPromise = true },
            Finding.None("answered 200 and not in the database", Math.Max(0, answered - kept)) with { IsPromise = true },
            Finding.AtMost("seconds until p99 is itself again after the burst", Recovery(burst), RecoverySecondsMax),
            Finding.AtMost("seconds until p99 is itself again after the steady overload", Recovery(steady), RecoverySecondsMax),
            Finding.AtMost("resident MiB at the peak", peakMiB, ResidentMiBMax),
        ]);
    }

    private static Row RowOf(string name, PhaseResult result, PhaseResult quiet) => Row.Of(
        name,
        [
            new Sample(result.Rate, result.Latency)
            {
                Notes = new Dictionary<string, double>
                {
                    ["503"] = result.Statuses.GetValueOrDefault(503), ["given up by the sender"] = result.Unanswered, ["broken"] = result.Broken,
                },
            },
        ],
        [quiet.Rate]);

    /// <summary>Index of the first second after which p99 is itself again.</summary>
    private static double Recovery(List<PhaseResult> phases)
    {
        var limit = Math.Max(RecoveredMicroseconds, RecoveredTimes * phases[0].Latency?.P99 ?? 0);
        return phases.Skip(2).TakeWhile(second => second.Latency is not { } latency || latency.P99 > limit || second.Refused > 0).Count();
    }

    /// <summary>Looks at the server's resident memory ten times a second.</summary>
    private sealed class PeakMemory : IDisposable
    {
        private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
        private readonly Timer _timer;
        private long _bytes;

        public PeakMemory(Server server) => _timer = new Timer(_ => _bytes = Math.Max(_bytes, server.ResidentBytes), null, TimeSpan.Zero, Interval);

        public long Bytes => Volatile.Read(ref _bytes);

        public void Dispose() => _timer.Dispose();
    }
}
