using System.Globalization;
using System.Text.Json;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Load.Processes;
using StreamRecorder.Load.Reporting;

namespace StreamRecorder.Load.Polling;

/// <summary>
/// How many positions of a day of gold have their true worst and best: the program's replay beside a loop that polls once a second.
/// </summary>
public sealed class PollingPlan : Scenario
{
    private const int Trades = 2000;
    private const int TradesMin = 40;

    /// <summary>Dollars for one point of a gold contract.</summary>
    private const int PointValue = 100;

    public override string Name => "polling-plan";

    public override string Rival => "a loop that polls once a second over rows of SQLite";

    public override async Task<Result> RunAsync(Bench bench)
    {
        var directory = bench.NewDirectory("gold");
        var gold = GoldTicks.Load(directory);
        var trades = Trade.Draw(gold.Ticks, Math.Max(TradesMin, bench.Size.Of(Trades)));
        var truth = trades.ToDictionary(t => t.Number, t => t.Truth(gold.Ticks));
        var signals = await WriteSignalsAsync(directory, trades).ConfigureAwait(false);
        var rows = await bench.AlternateAsync(
            new Contender("StreamRecorder", async () => SampleOf(truth, await ReplayAsync(gold, signals).ConfigureAwait(false))),
            new Contender("polling each second", () => Task.FromResult(Poll(bench, gold, trades, truth)))).ConfigureAwait(false);
        var inexact = trades.Count * (1 - rows[0].Rate / 100);
        return new Result(Name, Rival, $"% of {trades.Count} positions exact on {gold.Source}", rows,
            [Finding.None("positions of the program that are not exact", inexact) with { IsPromise = true }]);
    }

    private static async Task<string> WriteSignalsAsync(string directory, IReadOnlyList<Trade> trades)
    {
        var lines = trades
            .SelectMany(
                t => new[] { (At: t.EnteredAt, Text: Line(t, t.IsLong, t.EnteredAt, t.EntryPrice)),
                    (At: t.ExitedAt, Text: Line(t, !t.IsLong, t.ExitedAt, t.ExitPrice)) })
            .OrderBy(l => l.At).Select(l => l.Text);
        var file = Path.Combine(directory, "signals.ndjson");
        await File.WriteAllLinesAsync(file, lines).ConfigureAwait(false);
        return file;
    }

    private static string Line(Trade trade, bool isBuy, long at, long price) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"time":{{at}},"recorder":"t{{trade.Number}}","action":"{{(isBuy ? "buy" : "sell")}}","symbol":"{{GoldTicks.Symbol}}","quantity":1,"price":{{Fixed9.Format(price)}}}""");

    private static async Task<Dictionary<int, Extremes>> ReplayAsync(GoldTicks gold, string signals)
    {
        var child = Child.Start(Server.Program, ["replay", "--ticks", gold.File, "--signals", signals, "--format", "json"]);
        await using (child.ConfigureAwait(false))
        {
            using var output = JsonDocument.Parse(await child.OutputAsync().ConfigureAwait(false));
            return output.RootElement.GetProperty("positions").EnumerateArray().ToDictionary(
                p => int.Parse(p.GetProperty("recorder").GetString().AsSpan(1), CultureInfo.InvariantCulture),
                p => new Extremes(Points(p.GetProperty("worst_unrealized_pnl")), Points(p.GetProperty("best_unrealized_pnl"))));
        }
    }

    /// <summary>Money of one contract back to its price difference, E9.</summary>
    private static long Points(JsonElement money) => (long)(money.GetDecimal() / PointValue * Fixed9.One);

    private static Sample Poll(Bench bench, GoldTicks gold, IReadOnlyList<Trade> trades, Dictionary<int, Extremes> truth)
    {
        using var loop = new PollLoop(Path.Combine(bench.NewDirectory("polls"), "positions.db"));
        var (found, written) = loop.Run(gold.Ticks, trades);
        return SampleOf(truth, found, ("rows written", written));
    }

    private static Sample SampleOf(
        Dictionary<int, Extremes> truth, Dictionary<int, Extremes> found, params ReadOnlySpan<(string Name, double Value)> notes)
    {
        var missed = truth.Select(t => (Worst: found[t.Key].Worst - t.Value.Worst, Best: t.Value.Best - found[t.Key].Best)).ToList();
        var sample = new Dictionary<string, double>
        {
            ["worst missed"] = missed.Count(m => m.Worst != 0),
            ["best missed"] = missed.Count(m => m.Best != 0),
            ["greatest drawdown missed, $"] = (double)missed.Max(m => m.Worst) / Fixed9.One * PointValue,
            ["mean drawdown missed, $"] = missed.Average(m => m.Worst) / Fixed9.One * PointValue,
        };
        foreach (var (name, value) in notes) sample[name] = value;
        return new Sample(100.0 * missed.Count(m => m is { Worst: 0, Best: 0 }) / truth.Count) { Notes = sample };
    }
}
