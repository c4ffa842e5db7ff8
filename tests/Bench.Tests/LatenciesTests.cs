using StreamRecorder.Load.Reporting;
using Xunit;

namespace StreamRecorder.Bench.Tests;

public sealed class LatenciesTests
{
    [Fact]
    public void Summary_NothingCounted_IsNull() => Assert.Null(new Latencies().Summary());

    [Fact]
    public void Summary_OneToHundredThousandMicroseconds_PercentilesAreWithinABucket()
    {
        var latencies = new Latencies();
        for (var microseconds = 1; microseconds <= 100_000; microseconds++) latencies.Add(microseconds * 1000L);
        var summary = latencies.Summary()!;
        Assert.Equal(100_000, summary.Count);
        Assert.All(
            new[] { (summary.P50, 50_000.0), (summary.P90, 90_000), (summary.P99, 99_000), (summary.P999, 99_900), (summary.P9999, 99_990) },
            pair => Assert.InRange(pair.Item1, pair.Item2, pair.Item2 * (1 + 1.0 / 128)));
        Assert.Equal(100_000, summary.Max);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(511)]
    [InlineData(long.MaxValue)]
    public void Summary_OneValueAtABorder_IsThatValue(long nanoseconds)
    {
        var latencies = new Latencies();
        latencies.Add(nanoseconds);
        Assert.Equal(nanoseconds / 1000.0, latencies.Summary()!.P9999);
    }

    [Fact]
    public void Summary_NegativeDuration_CountsAsZero()
    {
        var latencies = new Latencies();
        latencies.Add(-5);
        Assert.Equal(0, latencies.Summary()!.Max);
    }
}
