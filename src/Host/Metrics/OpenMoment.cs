using System.Diagnostics.Metrics;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Queries;
using Tag = System.Collections.Generic.KeyValuePair<string, object?>;

namespace StreamRecorder.Host.Metrics;

/// <summary>What a scrape shows of open positions, all as of one moment. Immutable.</summary>
public sealed record OpenMoment
{
    public static readonly OpenMoment None = new();

    public IReadOnlyList<Measurement<int>> Counts { get; init; } = [];
    public IReadOnlyList<Measurement<double>> Unrealized { get; init; } = [];
    public IReadOnlyList<Measurement<double>> Worst { get; init; } = [];
    public IReadOnlyList<Measurement<double>> Prices { get; init; } = [];
    public IReadOnlyList<Measurement<int>> Markets { get; init; } = [];

    /// <summary>Whose pairs are shown.</summary>
    public IReadOnlyList<string> Recorders { get; init; } = [];
    public int BeyondLimit { get; init; }
    public int Unpriced { get; init; }
}

/// <summary>
/// Makes each moment out of the engine's answer. What once had a series keeps it, at 0 when
/// it is no longer there: the SDK would go on showing the last value. Used by one thread.
/// </summary>
public sealed class OpenMoments(Options options, TimeProvider time)
{
    private readonly Dictionary<PairLabels, Figures> _pairs = [];
    private readonly Dictionary<string, long> _roots = new(StringComparer.Ordinal);

    private readonly record struct PairLabels(string Recorder, string Symbol, string Currency);

    private struct Figures
    {
        public double Unrealized;
        public double Worst;
    }

    /// <summary>
    /// <paramref name="names"/> are those of the recorders that were asked for; <paramref name="labelsOf"/> gives a pair's recorder and symbol.
    /// </summary>
    public OpenMoment Make(OpenFigures figures, IReadOnlyList<string> names, Func<OpenFigure, (string Recorder, string Symbol)> labelsOf)
    {
        foreach (var labels in _pairs.Keys) _pairs[labels] = default;
        foreach (var root in _roots.Keys) _roots[root] = 0;
        var shown = figures.Pairs.Count(figure => Show(figure, labelsOf(figure)));
        foreach (var root in figures.Roots)
            if (_roots.Count < options.MetricPairs || _roots.ContainsKey(root.Root)) _roots[root.Root] = root.PriceAt;
        return new OpenMoment
        {
            Counts = CountsOf(figures, names),
            Unrealized = [.. _pairs.Select(pair => Of(pair.Value.Unrealized, pair.Key))],
            Worst = [.. _pairs.Select(pair => Of(pair.Value.Worst, pair.Key))],
            Prices = [.. _roots.Select(root => new Measurement<double>((double)root.Value / Timestamp.Second, new Tag("root", root.Key)))],
            Markets = MarketsAt(time.GetUtcNow()),
            Recorders = [.. _pairs.Keys.Select(pair => pair.Recorder).Distinct()],
            BeyondLimit = figures.Total - shown,
            Unpriced = figures.Unpriced,
        };
    }

    private List<Measurement<int>> MarketsAt(DateTimeOffset now) =>
        [.. _roots.Keys.Select(root => new Measurement<int>(options.HoursOf(root).IsOpen(now) ? 1 : 0, new Tag("root", root)))];

    /// <summary>False when the limit is used up.</summary>
    private bool Show(in OpenFigure figure, (string Recorder, string Symbol) of)
    {
        var labels = new PairLabels(of.Recorder, of.Symbol, figure.Currency);
        if (_pairs.Count >= options.MetricPairs && !_pairs.ContainsKey(labels)) return false;
        _pairs[labels] = new Figures { Unrealized = figure.Unrealized.ToDouble(), Worst = figure.Worst.ToDouble() };
        return true;
    }

    private static List<Measurement<int>> CountsOf(OpenFigures figures, IReadOnlyList<string> names)
    {
        var counts = new List<Measurement<int>>(names.Count + 1);
        for (var i = 0; i < names.Count; i++)
            if (names[i] != RecorderTallies.Others) counts.Add(new(figures.Counts[i], new Tag("recorder", names[i])));
        if (names.Contains(RecorderTallies.Others))
            counts.Add(new(figures.Total - figures.Counts.Sum(), new Tag("recorder", RecorderTallies.Others)));
        return counts;
    }

    private static Measurement<double> Of(double value, PairLabels labels) =>
        new(value, new Tag("recorder", labels.Recorder), new Tag("symbol", labels.Symbol), new Tag("currency", labels.Currency));
}
