namespace StreamRecorder.Load.Running;

/// <summary>What a histogram counted between two looks at it.</summary>
public sealed class HistogramCourse
{
    private readonly List<(double Bound, double Count)> _buckets;

    /// <param name="before">Upper bounds with the count of what did not exceed them, rising; empty: it had counted nothing.</param>
    /// <param name="after">The same bounds.</param>
    public HistogramCourse(IReadOnlyList<(double Bound, double Count)> before, IReadOnlyList<(double Bound, double Count)> after)
    {
        if (after.Count == 0 || (before.Count > 0 && after[^1].Count <= before[^1].Count)) throw new InvalidOperationException("nothing was counted");
        _buckets = [.. after.Select((bucket, i) => (bucket.Bound, bucket.Count - (before.Count == 0 ? 0 : before[i].Count)))];
    }

    /// <summary>The share that did not exceed a bound, which must be one of the histogram's.</summary>
    public double Within(double bound) => _buckets.Single(b => b.Bound == bound).Count / _buckets[^1].Count;

    /// <summary>The least bound that this share of all did not exceed.</summary>
    public double BoundOf(double share) => _buckets.First(b => b.Count >= share * _buckets[^1].Count).Bound;
}
