namespace StreamRecorder.Simulation;

/// <summary>What must hold did not.</summary>
internal sealed class BrokenException(string message) : Exception(message);

internal static class Check
{
    public static void That(bool holds, string what)
    {
        if (!holds) throw new BrokenException(what);
    }

    public static void Same<T>(T expected, T actual, string what)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual)) throw new BrokenException($"{what}: expected {expected}, but it is {actual}");
    }
}
