using System.Collections.Concurrent;
using System.Diagnostics;
using Xunit;

namespace StreamRecorder.Simulation;

/// <summary>
/// The whole engine under crashes and failing disks. A seed that fails is printed; <c>SIM_SEED=n</c> runs it alone,
/// <c>SIM_HOURS=n</c> runs new seeds for so long, <c>SIM_COMMIT</c> is the hash that one of the usual seeds is made of.
/// </summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    /// <summary>Each runs twice; about 0.1 s a run on two cores.</summary>
    private const int SeedCount = 250;

    /// <summary>A slow machine runs fewer of them, but not so few that it proves nothing.</summary>
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(180);
    private const int SeedCountMin = 200;

    [Fact]
    public void Engine_UnderCrashesAndFaults_LosesNothing()
    {
        if (Seeds.Wanted is { } wanted)
        {
            Report([Twice(wanted)]);
            return;
        }
        if (Seeds.Hours is { } hours)
        {
            RunFor(TimeSpan.FromHours(hours));
            return;
        }
        var clock = Stopwatch.StartNew();
        var results = new ConcurrentBag<RunResult>();
        Parallel.ForEach(Seeds.Some(SeedCount).Reverse(), new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, (seed, loop) =>
        {
            if (clock.Elapsed > Budget && results.Count >= SeedCountMin) return;
            results.Add(Twice(seed));
        });
        Report([.. results]);
    }

    /// <summary>New seeds for hours; every fifth is long.</summary>
    private void RunFor(TimeSpan time)
    {
        var clock = Stopwatch.StartNew();
        for (var seed = Seeds.OfCommit(); clock.Elapsed < time; seed = unchecked(seed + 1) & int.MaxValue)
            Report([Twice(seed, seed % 5 == 0 ? 400 : 70)]);
    }

    internal static RunResult Twice(int seed, int steps = 0)
    {
        // A long one now and then: many restarts, truncations and thinnings one after the other.
        var options = new RunOptions(seed) { Steps = steps > 0 ? steps : seed % 10 == 0 ? 300 : 70 };
        var first = Run.Of(options);
        if (first.Outcome == Outcome.Failed) return first;
        var second = Run.Of(options);
        if (Trace.Difference(first.Trace, second.Trace) is not { } difference) return first;
        return first with { Outcome = Outcome.Failed, Message = $"seed {seed}: two runs differ in {difference}" };
    }

    private void Report(List<RunResult> results)
    {
        var failed = results.Where(r => r.Outcome == Outcome.Failed).OrderBy(r => r.Options.Seed).ToList();
        var inconclusive = results.FindAll(r => r.Outcome == Outcome.Inconclusive).Count;
        output.WriteLine($"{results.Count} seeds, {failed.Count} failed, {inconclusive} inconclusive; {string.Join(", ", Sums(results))}");
        Assert.True(failed.Count == 0, string.Join(Environment.NewLine, failed.Take(5).Select(f => f.Message)));
        Assert.True(inconclusive * 10 < results.Count || results.Count == 1, $"{inconclusive} of {results.Count} seeds proved nothing");
        if (results.Count < SeedCountMin) return;
        var unmet = Sums(results).Where(s => s.Count == 0).Select(s => s.Risk).ToList();
        Assert.True(unmet.Count == 0, "no seed came to: " + string.Join(", ", unmet));
    }

    private static IEnumerable<(string Risk, int Count)> Sums(List<RunResult> results) => typeof(Risks).GetProperties()
        .Where(p => p.PropertyType == typeof(int)).Select(p => (p.Name, results.Sum(r => (int)p.GetValue(r.Risks)!)));
}
