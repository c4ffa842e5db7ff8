using System.Diagnostics;
using StreamRecorder.Load.Reporting;
using StreamRecorder.Micro;

namespace StreamRecorder.Load.Applying;

/// <summary>
/// Ticks a second on one thread from arrays: the engine with one and with many open positions, one update of FASTER for
/// each position, and the least that could be done. The pieces are those of bench/Micro, which measures them in isolation.
/// </summary>
public sealed class ApplyTicksBeside : Scenario
{
    private const double Reach = 0.5;
    private const double ManyReach = 1.15;
    private const int Ticks = 1_000_000;
    private const int TicksMin = 10_000;
    private const int Many = 100_000;
    private const int ManyMin = 100;

    public override string Name => "apply-ticks";

    public override string Rival => "a bare loop that keeps minimum, maximum and last";

    public override async Task<Result> RunAsync(Bench bench)
    {
        var ticks = Math.Max(TicksMin, bench.Size.Of(Ticks));
        using var one = new ApplyTicks { Positions = 1, TickCount = ticks };
        using var many = new ApplyTicks { Positions = Math.Max(ManyMin, bench.Size.Of(Many)), TickCount = ticks };
        one.Setup();
        many.Setup();
        var rows = await bench.AlternateAsync(
            Contender(bench, "engine, 1 position", ticks, () => one.Engine()),
            Contender(bench, $"engine, {many.Positions} positions", ticks, () => many.Engine()),
            Contender(bench, "one FASTER update a position, 1 position", ApplyTicks.NaiveTicksPerInvoke, one.NaiveFasterRmw),
            Contender(bench, $"one FASTER update a position, {many.Positions} positions", ApplyTicks.NaiveTicksPerInvoke, many.NaiveFasterRmw),
            Contender(bench, "bare loop", ticks, () => one.BareLoop())).ConfigureAwait(false);
        return new Result(Name, Rival, "ticks/s", rows,
        [
            Finding.AtLeast("the engine, of the bare loop", rows[0].Ratio, Reach),
            Finding.AtMost("time with many positions, of the time with one", rows[0].Rate / rows[1].Rate, ManyReach),
        ]);
    }

    /// <summary>The best of a round: the engine has one thread, and what another program takes from it meanwhile is not its time.</summary>
    private static Contender Contender(Bench bench, string name, int ticks, Action apply) => new(name, () =>
    {
        var end = Stopwatch.GetTimestamp() + (long)(bench.Size.Round.TotalSeconds * Stopwatch.Frequency);
        var best = TimeSpan.MaxValue;
        do
        {
            var started = Stopwatch.GetTimestamp();
            apply();
            var taken = Stopwatch.GetElapsedTime(started);
            if (taken < best) best = taken;
        }
        while (Stopwatch.GetTimestamp() < end);
        return Task.FromResult(new Sample(ticks / best.TotalSeconds));
    });
}
