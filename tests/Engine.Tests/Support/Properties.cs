using FsCheck;
using FsCheck.Fluent;

namespace StreamRecorder.Engine.Tests.Support;

/// <summary>
/// Runs a check over random arrays of steps. A failure is shrunk to few steps; its message holds the seed and how to repeat it.
/// </summary>
internal static class Properties
{
    /// <summary>Set to "seed,gamma" of a failure's message to run that one again.</summary>
    private const string ReplayVariable = "STREAMRECORDER_TEST_REPLAY";

    public static void ForAll<T>(Gen<T> step, Action<T[]> check, int runs = 200, int stepsMax = 100) =>
        ForAll(Arb.From(step.ArrayOf(), Shorter), check, runs, stepsMax);

    public static void ForAll<T>(Arbitrary<T> values, Action<T> check, int runs = 1000, int sizeMax = 100)
    {
        var config = Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(runs).WithEndSize(sizeMax);
        if (Environment.GetEnvironmentVariable(ReplayVariable) is { Length: > 0 } replay)
        {
            var parts = replay.Split(',');
            config = config.WithReplay(ulong.Parse(parts[0]), ulong.Parse(parts[1])).WithMaxTest(1);
        }
        Prop.ForAll(values, check).Check(config);
    }

    /// <summary>Halves first, then single steps: most counterexamples need three or four.</summary>
    private static IEnumerable<T[]> Shorter<T>(T[] steps)
    {
        for (var length = steps.Length / 2; length > 0; length /= 2)
            for (var start = 0; start + length <= steps.Length; start += length)
                yield return [.. steps[..start], .. steps[(start + length)..]];
    }
}
