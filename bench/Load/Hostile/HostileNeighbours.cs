using System.Globalization;
using StreamRecorder.Load.Processes;
using StreamRecorder.Load.Reporting;
using StreamRecorder.Load.Webhooks;

namespace StreamRecorder.Load.Hostile;

/// <summary>Webhooks at a rate that is kept up with, alone and beside slow and hostile clients of the same server.</summary>
public sealed class HostileNeighbours : Scenario
{
    private const double Reach = 2;
    private const int EachKind = 1000;
    private const int EachKindMin = 10;

    /// <summary>As many connections as the server has.</summary>
    private const int Silent = 10_000;
    private const int FullRate = 2000;
    private const int TinyRate = 50;

    /// <summary>A script that is thrown out and tries again; the flood takes as much processor as it gets, of the two that all share.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FloodPause = TimeSpan.FromMilliseconds(100);

    public override string Name => "hostile-clients";

    public override string Rival => "itself without them";

    public override async Task<Result> RunAsync(Bench bench)
    {
        var server = await Server.StartAsync(bench.NewDirectory("hostile"), "HardRate=1000000").ConfigureAwait(false);
        await using (server.ConfigureAwait(false))
        {
            var load = new WebhookLoad(server.Url, await server.AddRecordersAsync(bench.Size.Connections).ConfigureAwait(false));
            await using (load.ConfigureAwait(false))
            {
                await load.RunAsync(new Phase(bench.Size.Warm.TotalSeconds)).ConfigureAwait(false);
                var phase = new Phase(bench.Size.Round.TotalSeconds, bench.Size == Size.Tiny ? TinyRate : FullRate);
                var eachKind = Math.Max(EachKindMin, bench.Size.Of(EachKind));
                var rows = await bench.AlternateAsync(
                    new Contender("beside hostile clients", () => BesideAsync(load, phase, new(server.Url.Port, eachKind, Pause))),
                    new Contender("beside a flood of them", () => BesideAsync(load, phase, new(server.Url.Port, eachKind, FloodPause))),
                    new Contender(
                        "beside silent ones", () => BesideAsync(load, phase, new(server.Url.Port, 0, Pause, bench.Size.Of(Silent)))),
                    new Contender("alone", async () => SampleOf((await load.RunAsync(phase).ConfigureAwait(false))[0]))).ConfigureAwait(false);
                return new Result(Name, Rival, "requests/s", rows,
                [
                    Finding.AtMost("p99 beside them, of p99 alone", rows[0].Latency!.P99 / rows[3].Latency!.P99, Reach),
                    Finding.AtMost("p99 beside silent ones, of p99 alone", rows[2].Latency!.P99 / rows[3].Latency!.P99, Reach),
                    Finding.None("others refused beside them", rows[0].Notes["refused"]) with { IsPromise = true },
                    Finding.None("others refused beside the flood", rows[1].Notes["refused"]) with { IsPromise = true },
                ]);
            }
        }
    }

    private static async Task<Sample> BesideAsync(WebhookLoad load, Phase phase, HostileClients clients)
    {
        var hostile = Child.Start(clients);
        await using (hostile.ConfigureAwait(false))
        {
            var connections = double.Parse(await hostile.LineAsync(_ => true).ConfigureAwait(false), CultureInfo.InvariantCulture);
            // The first second is theirs to arrive in.
            var sample = SampleOf((await load.RunAsync(phase with { Seconds = 1 }, phase).ConfigureAwait(false))[^1]);
            return sample with { Notes = new Dictionary<string, double>(sample.Notes) { ["hostile connections"] = connections } };
        }
    }

    private static Sample SampleOf(PhaseResult result) =>
        new(result.Rate, result.Latency) { Notes = new Dictionary<string, double> { ["refused"] = result.Refused } };
}
