using StreamRecorder.Load.Reporting;

namespace StreamRecorder.Load.Webhooks;

/// <summary>Durable answers a second, every connection asking again as soon as it is answered.</summary>
public sealed class WebhookThroughput : Scenario
{
    private const double Reach = 0.9;

    public override string Name => "webhook-throughput";

    public override string Rival => "an empty Kestrel endpoint that reads the body";

    public override async Task<Result> RunAsync(Bench bench)
    {
        var pair = await WebhookPair.StartAsync(bench).ConfigureAwait(false);
        await using (pair.ConfigureAwait(false))
        {
            var rows = await bench.AlternateAsync(pair.Under(new Phase(bench.Size.Round.TotalSeconds))).ConfigureAwait(false);
            return new Result(Name, Rival, "requests/s", rows,
            [
                Finding.AtLeast("durable answers, of the empty endpoint's", rows[0].Ratio, Reach),
                Finding.None("refused, median of the rounds", rows[0].Notes["refused"]),
            ]);
        }
    }
}

/// <summary>How long a durable answer takes at a rate that both keep up with, from when each alert was due.</summary>
public sealed class WebhookLatency : Scenario
{
    /// <summary>A second: what 2 processors do beside the load with half of their time.</summary>
    private const int FullRate = 5000;

    public override string Name => "webhook-latency";

    public override string Rival => "an empty Kestrel endpoint that reads the body";

    public override async Task<Result> RunAsync(Bench bench)
    {
        var pair = await WebhookPair.StartAsync(bench).ConfigureAwait(false);
        await using (pair.ConfigureAwait(false))
        {
            var rate = bench.Size == Size.Tiny ? 100 : FullRate;
            var rows = await bench.AlternateAsync(pair.Under(new Phase(bench.Size.Round.TotalSeconds, rate))).ConfigureAwait(false);
            return new Result(Name, Rival, "requests/s", rows,
                [Finding.None("refused, median of the rounds", rows[0].Notes["refused"])]);
        }
    }
}
