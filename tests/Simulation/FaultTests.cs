using System.Collections.Concurrent;
using Xunit;

namespace StreamRecorder.Simulation;

/// <summary>
/// A detector that was never seen to catch anything proves nothing: the same seeds pass without
/// a fault and fail with each, wherever the fault's consequence was there to be seen at all.
/// </summary>
public sealed class FaultTests(ITestOutputHelper output)
{
    private const int SeedCount = 16;

    /// <summary>Of these, at least so many must have come to where the fault shows.</summary>
    private const int CaughtMin = 6;

    [Theory]
    [InlineData("WrongCombine")]
    [InlineData("LostCommit")]
    [InlineData("EarlyAnswer")]
    [InlineData("DroppedRow")]
    [InlineData("FoldTwice")]
    [InlineData("TornReversal")]
    [InlineData("TruncationAboveC")]
    public void PlantedFault_OnSeedsThatPassWithoutIt_IsCaught(string kind)
    {
        var fault = Enum.Parse<FaultKind>(kind);
        var results = Of(fault);
        var text = string.Join(Environment.NewLine, results.OrderBy(r => r.Options.Seed).Select(r => r.Message.Split('\n')[0]));
        output.WriteLine(text);
        Assert.True(results.All(r => r.Outcome != Outcome.Passed), "the fault was not seen:" + Environment.NewLine + text);
        Assert.True(
            results.Count(r => r.Outcome == Outcome.Failed) >= CaughtMin,
            "too few seeds came to where the fault shows:" + Environment.NewLine + text);
    }

    [Fact]
    public void NoFault_OnTheSameSeeds_Passes()
    {
        var failed = Of(FaultKind.None).Where(r => r.Outcome == Outcome.Failed).Select(r => r.Message).ToList();
        Assert.True(failed.Count == 0, string.Join(Environment.NewLine, failed));
    }

    /// <summary>Answers are compared with the disk only without a fault: a fault has to show by what a restart brings back.</summary>
    private static ConcurrentBag<RunResult> Of(FaultKind fault)
    {
        var results = new ConcurrentBag<RunResult>();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.For(
            1, SeedCount + 1, parallel, seed => results.Add(Run.Of(new RunOptions(seed) { Fault = fault, LooksAtDisk = fault == FaultKind.None })));
        return results;
    }
}
