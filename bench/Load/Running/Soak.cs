using System.Globalization;
using System.Net.Http.Json;
using StreamRecorder.Engine;
using StreamRecorder.Load.Feeds;
using StreamRecorder.Load.Processes;
using StreamRecorder.Load.Reporting;
using StreamRecorder.Load.Webhooks;

namespace StreamRecorder.Load.Running;

/// <summary>
/// The real server for a long time: ticks at a steady rate into many open positions, alerts beside. Received → applied is the server's own
/// histogram, so the load's time is not in it; it is known to the bounds of its buckets. Counts on both sides show that nothing is lost.
/// </summary>
public sealed class Soak : Scenario
{
    private const int Positions = 100_000;
    private const int TicksPerSecond = 100_000;
    private const int AlertsPerSecond = 1000;
    private const int OpenersMax = 64;
    private const double SecondsOfP99 = 1e-3;
    private const double Share = 0.99;
    private const double GrowthMax = 1.05;
    private const string Histogram = "streamrecorder_tick_apply_seconds";

    public override string Name => "soak";

    public override string Rival => "nothing: p99 below 1 ms is to be reached, and no growth";

    public override async Task<Result> RunAsync(Bench bench)
    {
        var directory = bench.NewDirectory("soak");
        var server = await Server.StartAsync(directory, "HardRate=1000000").ConfigureAwait(false);
        await using var _ = server.ConfigureAwait(false);
        var tokens = await OpenAsync(bench, server).ConfigureAwait(false);
        var alerts = new WebhookLoad(server.Url, tokens[..Math.Min(tokens.Length, bench.Size.Connections)]);
        await using var __ = alerts.ConfigureAwait(false);
        var feed = Child.Start(new SendSteadily(server.Url.Port, server.Key, TicksPerSecond));
        await using var ___ = feed.ConfigureAwait(false);
        await FillAsync(bench, alerts).ConfigureAwait(false);
        await RunAsync(alerts, feed, bench.Size.Warm).ConfigureAwait(false);
        return await MeasureAsync(bench, server, alerts, feed).ConfigureAwait(false);
    }

    private async Task<Result> MeasureAsync(Bench bench, Server server, WebhookLoad alerts, Child feed)
    {
        bench.Say($"running for {bench.Size.Soak}");
        using var memory = new MemoryCourse(server, bench.Size.Soak);
        var before = await MetricsPage.ReadAsync(server).ConfigureAwait(false);
        var (phase, ticks) = await RunAsync(alerts, feed, bench.Size.Soak).ConfigureAwait(false);
        var growth = memory.Growth;
        var after = await MetricsPage.ReadAsync(server).ConfigureAwait(false);
        var times = new HistogramCourse(before.Buckets(Histogram), after.Buckets(Histogram));
        var lost = ticks - (after.Sum("streamrecorder_ticks_total") - before.Sum("streamrecorder_ticks_total"));
        var sample = new Sample(ticks / bench.Size.Soak.TotalSeconds)
        {
            Notes = new Dictionary<string, double>
            {
                ["µs of p50 at most"] = times.BoundOf(0.5) * 1e6,
                ["µs of p99 at most"] = times.BoundOf(Share) * 1e6,
                ["µs of p99.9 at most"] = times.BoundOf(0.999) * 1e6,
                ["share within 1 ms"] = times.Within(SecondsOfP99),
                ["alerts answered 200 a second"] = phase.Rate,
                ["µs of the alerts' p99"] = phase.Latency?.P99 ?? 0,
                ["µs of the alerts' p99.99"] = phase.Latency?.P9999 ?? 0,
                ["alerts answered 503"] = phase.Statuses.GetValueOrDefault(503),
                ["alerts given up after 3 s"] = phase.Unanswered,
                ["connections that ended under an alert"] = phase.Broken,
                ["resident MiB at the end"] = server.ResidentBytes / (1024.0 * 1024),
            },
        };
        return new Result(Name, Rival, "ticks/s", [Row.Of($"server, {bench.Size.Of(Positions)} positions", [sample], [sample.Rate])],
        [
            Finding.None("ticks sent and not applied", lost) with { IsPromise = true },
            Finding.None("alerts not answered 200", phase.Refused),
            Finding.AtLeast("share of batches received → applied within 1 ms", times.Within(SecondsOfP99), Share),
            Finding.AtMost("resident memory of the last third, of the middle third's", growth, GrowthMax),
        ]);
    }

    /// <summary>As many alerts as there are ids remembered: what is bounded is full before anybody looks for what grows.</summary>
    private static async Task FillAsync(Bench bench, WebhookLoad alerts)
    {
        var ids = bench.Size.Of(EngineLimits.RepeatKeysMax);
        bench.Say($"sending {ids} alerts");
        for (long sent = 0; sent < ids;)
        {
            var taken = (await alerts.RunAsync(new Phase(bench.Size.Round.TotalSeconds)).ConfigureAwait(false))[0].Accepted;
            if (taken == 0) throw new InvalidOperationException("The server takes no alerts.");
            sent += taken;
        }
    }

    /// <summary>Both loads for so long; what became of the alerts, and how many ticks were sent.</summary>
    private static async Task<(PhaseResult Phase, double Ticks)> RunAsync(WebhookLoad alerts, Child feed, TimeSpan time)
    {
        var ticks = feed.AskAsync(time.TotalSeconds.ToString(CultureInfo.InvariantCulture), time);
        var phases = await alerts.RunAsync(new Phase(time.TotalSeconds, AlertsPerSecond)).ConfigureAwait(false);
        return (phases[0], double.Parse(await ticks.ConfigureAwait(false), CultureInfo.InvariantCulture));
    }

    /// <summary>Each recorder opens a position in each contract; the recorders' tokens.</summary>
    private static async Task<string[]> OpenAsync(Bench bench, Server server)
    {
        var positions = bench.Size.Of(Positions);
        bench.Say($"opening {positions} positions");
        var tokens = await server.AddRecordersAsync(Math.Max(1, positions / Contracts.Names.Count)).ConfigureAwait(false);
        var openers = new ParallelOptions { MaxDegreeOfParallelism = OpenersMax };
        await Parallel.ForAsync(0, positions, openers, async (i, stop) =>
        {
            var body = new { action = "buy", symbol = Contracts.Names[i % Contracts.Names.Count], price = 5000, quantity = 1, id = $"open-{i}" };
            using var answer = await server.Client.PostAsJsonAsync($"/webhook/{tokens[i / Contracts.Names.Count]}", body, stop).ConfigureAwait(false);
            answer.EnsureSuccessStatusCode();
        }).ConfigureAwait(false);
        return tokens;
    }
}
