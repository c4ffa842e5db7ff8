using System.Globalization;

namespace StreamRecorder.Load.Reporting;

/// <summary>What one scenario gave.</summary>
/// <param name="Unit">What the rates count: "requests/s".</param>
public sealed record Result(string Scenario, string Rival, string Unit, IReadOnlyList<Row> Rows, IReadOnlyList<Finding> Findings);

/// <summary>Something that was to hold, what was found, and whether it holds.</summary>
public sealed record Finding(string Asked, string Found, bool Holds)
{
    /// <summary>It holds on any machine, at any size and beside any other work (nothing is lost), unlike a speed.</summary>
    public bool IsPromise { get; init; }

    public static Finding AtLeast(string what, double found, double reach) => new($"{what}: at least {Text(reach)}", Text(found), found >= reach);

    public static Finding AtMost(string what, double found, double reach) => new($"{what}: at most {Text(reach)}", Text(found), found <= reach);

    public static Finding None(string what, double count) => new($"{what}: none", Text(count), count == 0);

    private static string Text(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);
}

/// <summary>One contender: medians over its rounds.</summary>
/// <param name="Ratio">To the rival's rate in the same round.</param>
public sealed record Row(
    string Contender, double Rate, double RateMin, double RateMax, double Ratio, Latency? Latency, IReadOnlyDictionary<string, double> Notes)
{
    public static Row Of(string contender, IReadOnlyList<Sample> samples, IReadOnlyList<double> rivalRates)
    {
        var latencies = samples.Select(s => s.Latency).OfType<Latency>().ToList();
        var latency = latencies.Count == 0 ? null : new Latency(
            latencies.Sum(l => l.Count), Median(latencies.Select(l => l.P50)), Median(latencies.Select(l => l.P90)),
            Median(latencies.Select(l => l.P99)),
            Median(latencies.Select(l => l.P999)), Median(latencies.Select(l => l.P9999)), latencies.Max(l => l.Max));
        var notes = samples.SelectMany(s => s.Notes).GroupBy(n => n.Key, StringComparer.Ordinal)
            .ToDictionary(n => n.Key, n => Median(n.Select(v => v.Value)), StringComparer.Ordinal);
        var rates = samples.Select(s => s.Rate).ToList();
        return new Row(
            contender, Median(rates), rates.Min(), rates.Max(), Median(rates.Zip(rivalRates, (own, rival) => own / rival)), latency, notes);
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
