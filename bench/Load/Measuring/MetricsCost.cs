using System.Diagnostics;
using System.Globalization;
using System.Text;
using StreamRecorder.Load.Processes;
using StreamRecorder.Load.Reporting;
using StreamRecorder.Load.Webhooks;

namespace StreamRecorder.Load.Measuring;

/// <summary>What metrics cost the webhooks.</summary>
public sealed class WebhookMetricsCost : Scenario
{
    public override string Name => "metrics-webhooks";

    public override string Rival => "the program with metrics switched off";

    public override async Task<Result> RunAsync(Bench bench)
    {
        var pair = await MetricsPair.StartAsync(bench).ConfigureAwait(false);
        await using var _ = pair.ConfigureAwait(false);
        var loads = new Dictionary<Server, WebhookLoad>();
        try
        {
            foreach (var server in new[] { pair.On, pair.Off })
                loads[server] = new WebhookLoad(server.Url, await server.AddRecordersAsync(bench.Size.Connections).ConfigureAwait(false));
            await pair.WarmAsync(server => RateAsync(loads[server], bench.Size.Warm), MetricsCost.WarmScrapes(bench)).ConfigureAwait(false);
            var many = MetricsCost.InManyRounds(bench);
            var rows = await many.AlternateAsync(pair.Under(many.Size.Round, server => RateAsync(loads[server], many.Size.Round))).ConfigureAwait(false);
            return new Result(Name, Rival, "requests/s", rows, [MetricsCost.Finding(rows)]);
        }
        finally
        {
            foreach (var load in loads.Values) await load.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static async Task<double> RateAsync(WebhookLoad load, TimeSpan time) =>
        (await load.RunAsync(new Phase(time.TotalSeconds)).ConfigureAwait(false))[0].Rate;
}

/// <summary>What metrics cost the ticks, sent by HTTP as NDJSON over two connections.</summary>
public sealed class TickMetricsCost : Scenario
{
    private const int TicksPerBody = 20_000;
    private const int Connections = 2;

    public override string Name => "metrics-ticks";

    public override string Rival => "the program with metrics switched off";

    public override async Task<Result> RunAsync(Bench bench)
    {
        var pair = await MetricsPair.StartAsync(bench).ConfigureAwait(false);
        await using var _ = pair.ConfigureAwait(false);
        var body = Body();
        await pair.WarmAsync(server => SendAsync(server, body, bench.Size.Warm), MetricsCost.WarmScrapes(bench)).ConfigureAwait(false);
        var many = MetricsCost.InManyRounds(bench);
        var rows = await many.AlternateAsync(pair.Under(many.Size.Round, server => SendAsync(server, body, many.Size.Round))).ConfigureAwait(false);
        return new Result(Name, Rival, "ticks/s", rows, [MetricsCost.Finding(rows)]);
    }

    /// <summary>Ticks a second that were answered.</summary>
    private static async Task<double> SendAsync(Server server, byte[] body, TimeSpan time)
    {
        var started = Stopwatch.GetTimestamp();
        var bodies =
            await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => SendOneByOneAsync(server, body, started, time))).ConfigureAwait(false);
        return (double)bodies.Sum() * TicksPerBody / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static async Task<int> SendOneByOneAsync(Server server, byte[] body, long started, TimeSpan time)
    {
        var sent = 0;
        while (Stopwatch.GetElapsedTime(started) < time)
        {
            using var content = new ByteArrayContent(body);
            using var answer = await server.Client.PostAsync("/ticks", content).ConfigureAwait(false);
            answer.EnsureSuccessStatusCode();
            sent++;
        }
        return sent;
    }

    private static byte[] Body()
    {
        var text = new StringBuilder();
        for (var i = 0; i < TicksPerBody; i++)
            text.Append(CultureInfo.InvariantCulture, $$"""{"symbol":"MNQZ2030","price":{{25_600 + i % 40}}.25}""").Append('\n');
        return Encoding.ASCII.GetBytes(text.ToString());
    }
}

internal static class MetricsCost
{
    private const double Reach = 0.97;
    private const int TimesTheTime = 2;

    /// <summary>Twice what the compiler looks at before it is done, or ten for each second of warm-up.</summary>
    public static int WarmScrapes(Bench bench) => (int)Math.Min(200, bench.Size.Warm.TotalSeconds * 10);

    /// <summary>What is looked for is less than what two rounds of the same program differ by: more and shorter ones come closer to it.</summary>
    public static Bench InManyRounds(Bench bench)
    {
        var (rounds, round) = (bench.Size.Rounds, bench.Size.Round);
        var each = round < MetricsPair.ScrapeInterval ? round : MetricsPair.ScrapeInterval;
        return bench.With(bench.Size with { Rounds = (int)Math.Ceiling(rounds * (round / each) * TimesTheTime), Round = each });
    }

    public static Finding Finding(IReadOnlyList<Row> rows) => Reporting.Finding.AtLeast("with metrics, of the rate without", rows[0].Ratio, Reach);
}
