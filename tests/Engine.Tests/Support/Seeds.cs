using System.Globalization;

namespace StreamRecorder.Engine.Tests.Support;

/// <summary>Long random runs: another seed every time, printed when the run fails, taken from the environment to repeat it.</summary>
internal static class Seeds
{
    private const string SeedVariable = "STREAMRECORDER_TEST_SEED";

    public static void Run(int runs, Action<Random> run)
    {
        var given = Environment.GetEnvironmentVariable(SeedVariable);
        for (var i = 0; i < runs; i++)
        {
            var seed = given is { Length: > 0 } ? int.Parse(given, CultureInfo.InvariantCulture) : Random.Shared.Next();
            try
            {
                run(new Random(seed));
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"seed {seed} (set {SeedVariable}={seed} to repeat): {failure.Message}", failure);
            }
        }
    }
}
