using System.Globalization;
using StreamRecorder.Load.Processes;
using StreamRecorder.Load.Reporting;

namespace StreamRecorder.Load.Feeds;

/// <summary>Ticks a second over the binary socket, from a process of its own, until all are durable.</summary>
public sealed class SocketThroughput : Scenario
{
    private const double Reach = 0.6;

    public override string Name => "tick-socket";

    public override string Rival => "a Kestrel WebSocket that drains the same frames";

    public override async Task<Result> RunAsync(Bench bench)
    {
        var server = await Server.StartAsync(bench.NewDirectory("ticks")).ConfigureAwait(false);
        await using var _ = server.ConfigureAwait(false);
        var drain = Child.Start(new DrainSocket());
        await using var __ = drain.ConfigureAwait(false);
        var drainUrl = new Uri(await drain.LineAsync(line => line.StartsWith("http:", StringComparison.Ordinal)).ConfigureAwait(false));
        var onServer = Child.Start(new SendFrames(server.Url.Port, server.Key, IsAcknowledged: true));
        await using var ___ = onServer.ConfigureAwait(false);
        var onDrain = Child.Start(new SendFrames(drainUrl.Port, server.Key, IsAcknowledged: false));
        await using var ____ = onDrain.ConfigureAwait(false);
        return await Feeding.CompareAsync(
            bench, this, "StreamRecorder, durable", server, onServer, "draining socket", onDrain, Reach).ConfigureAwait(false);
    }
}

/// <summary>Ticks a second as NDJSON in one request, from a process of its own, until all are durable.</summary>
public sealed class NdjsonThroughput : Scenario
{
    private const double Reach = 1;

    public override string Name => "tick-ndjson";

    public override string Rival => "a Utf8JsonReader that merely walks over the tokens of the same bytes, one thread, no network";

    public override async Task<Result> RunAsync(Bench bench)
    {
        var server = await Server.StartAsync(bench.NewDirectory("ticks")).ConfigureAwait(false);
        await using var _ = server.ConfigureAwait(false);
        var onServer = Child.Start(new SendLines(server.Url, server.Key));
        await using var __ = onServer.ConfigureAwait(false);
        var tokens = Child.Start(new Tokenise());
        await using var ___ = tokens.ConfigureAwait(false);
        return await Feeding.CompareAsync(
            bench, this, "StreamRecorder, durable", server, onServer, "tokens alone", tokens, Reach).ConfigureAwait(false);
    }
}

/// <summary>What both scenarios share: orders of seconds, answers of ticks a second.</summary>
internal static class Feeding
{
    public static async Task<Result> CompareAsync(
        Bench bench, Scenario scenario, string name, Server server, Child load, string rivalName, Child rival, double reach)
    {
        bench.Say("warming up");
        await AskAsync(load, bench.Size.Warm / 4).ConfigureAwait(false);
        await AskAsync(rival, bench.Size.Warm / 4).ConfigureAwait(false);
        await server.SettleAsync().ConfigureAwait(false);
        var rows = await bench.AlternateAsync(
            new Contender(name, async () =>
            {
                var (before, loadBefore) = (server.ProcessorTime, load.ProcessorTime);
                var rate = await AskAsync(load, bench.Size.Round).ConfigureAwait(false);
                await server.SettleAsync().ConfigureAwait(false);
                var ticks = Math.Max(1, rate * bench.Size.Round.TotalSeconds);
                return new Sample(rate)
                {
                    Notes = new Dictionary<string, double>
                    {
                        ["server ns/tick"] = (server.ProcessorTime - before).TotalNanoseconds / ticks,
                        ["load ns/tick"] = (load.ProcessorTime - loadBefore).TotalNanoseconds / ticks,
                        ["resident MiB"] = server.ResidentBytes / (1024.0 * 1024),
                    },
                };
            }),
            new Contender(rivalName, async () => new Sample(await AskAsync(rival, bench.Size.Round).ConfigureAwait(false)))).ConfigureAwait(false);
        return new Result(
            scenario.Name, scenario.Rival, "ticks/s", rows, [Finding.AtLeast($"durable ticks, of the {rivalName}'s", rows[0].Ratio, reach)]);
    }

    private static async Task<double> AskAsync(Child child, TimeSpan time) =>
        double.Parse(
            await child.AskAsync(time.TotalSeconds.ToString(CultureInfo.InvariantCulture)).ConfigureAwait(false), CultureInfo.InvariantCulture);
}
