namespace StreamRecorder.Engine.Metrics;

/// <summary>
/// Bounds of the histograms: 1, 2, 5 in each decade, so that a change by half shows, and few enough that a recorder's series stay cheap.
/// </summary>
public static class Bounds
{
    /// <summary>Seconds from 1 µs (a tick applied at once) to 10 s (a commit given up).</summary>
    public static readonly double[] Latency =
        [1e-6, 2e-6, 5e-6, 1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];

    /// <summary>Seconds of a transaction, which syncs a disk: nothing is below 0.1 ms.</summary>
    public static readonly double[] Flush = Latency[6..];

    /// <summary>Rows of a transaction, which has at most 8192 outputs.</summary>
    public static readonly double[] Rows = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000];

    /// <summary>A loss that was seen, in whatever currency; 0 is a trade that was never under water.</summary>
    public static readonly double[] Drawdown = [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000];

    /// <summary>A result: the same to both sides.</summary>
    public static readonly double[] Result = [.. Drawdown[1..].Reverse().Select(bound => -bound), .. Drawdown];

    /// <summary>Seconds that a position was open: from a scalp of 0.1 s to a week.</summary>
    public static readonly double[] Holding =
        [0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 14_400, 28_800, 86_400, 259_200, 604_800];
}
