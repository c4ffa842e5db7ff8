using System.Globalization;
using System.Text.RegularExpressions;

namespace StreamRecorder.Grafana.Tests.Linting;

/// <summary>Holds the list of exported metrics to what a scrape really exports: names, kinds, label names, and bounds of buckets.</summary>
public static partial class ScrapeComparison
{
    // Their labels have the words of the program; others have the names of what a user made.
    private const string AllValuesListed = "streamrecorder_webhook_";

    // Written by the exporter on every sample, whatever the metric.
    private const string ScopePrefix = "otel_scope_";

    /// <summary>
    /// What differs, a sentence each. Labels and bounds are compared where the scrape has a sample;
    /// <paramref name="mayBeMissing"/> names metrics that have none until something happens.
    /// </summary>
    public static IReadOnlyList<string> Differences(MetricList list, string exposition, IReadOnlySet<string> mayBeMissing)
    {
        var kinds = TypePattern().Matches(exposition).ToDictionary(match => match.Groups["name"].Value, match => match.Groups["kind"].Value);
        var samples =
            SamplePattern().Matches(exposition).Select(match => (Name: match.Groups["name"].Value, Labels: LabelsOf(match.Groups["labels"].Value)));
        var byMetric = samples.ToLookup(sample => list.OfSample(sample.Name)?.Name ?? sample.Name);
        var unlisted = kinds.Keys.Except(list.All.Select(metric => metric.Name)).Select(name => $"{name} is exported, but not listed.");
        return [.. unlisted,
            .. list.All.SelectMany(metric => DifferencesOf(metric, kinds, byMetric[metric.Name], mayBeMissing.Contains(metric.Name)))];
    }

    private static IEnumerable<string> DifferencesOf(
        ListedMetric metric, Dictionary<string, string> kinds, IEnumerable<(string Name, Dictionary<string, string> Labels)> samples,
        bool mayBeMissing)
    {
        if (!kinds.TryGetValue(metric.Name, out string? kind))
        {
            if (!mayBeMissing) yield return $"{metric.Name} is listed, but not exported.";
            yield break;
        }
        if (kind != metric.Kind) yield return $"{metric.Name} is exported as a {kind}, but listed as a {metric.Kind}.";
        var names = samples.SelectMany(sample => sample.Labels.Keys).Where(IsOfMetric).Distinct().Order(StringComparer.Ordinal).ToList();
        if (names.Count > 0 && metric.Name != "target_info" && !names.SequenceEqual(metric.Labels.Keys.Order(StringComparer.Ordinal)))
            yield return $"{metric.Name} is exported with the labels [{string.Join(", ", names)}], but listed with "
                + $"[{string.Join(", ", metric.Labels.Keys)}].";
        foreach (var (label, listed) in metric.Labels.Where(_ => metric.Name.StartsWith(AllValuesListed, StringComparison.Ordinal)))
        {
            var exported = samples.Select(sample => sample.Labels.GetValueOrDefault(label)).OfType<string>().Distinct();
            if (!exported.Order(StringComparer.Ordinal).SequenceEqual(listed.Order(StringComparer.Ordinal)))
                yield return $"{metric.Name} is exported with other values of {label} than are listed: "
                    + string.Join(", ", exported.Except(listed).Concat(listed.Except(exported)));
        }
        var bounds = samples.Select(sample => sample.Labels.GetValueOrDefault("le")).OfType<string>().Where(le => le != "+Inf").Distinct();
        if (metric.Kind == "histogram" && !metric.Buckets.Order().SequenceEqual(bounds.Select(Bound).Order()))
            yield return $"{metric.Name} is exported with the bounds [{string.Join(", ", bounds)}], but listed with "
                + $"[{string.Join(", ", metric.Buckets.Select(bound => bound.ToString(CultureInfo.InvariantCulture)))}].";
    }

    private static double Bound(string le) => double.Parse(le, CultureInfo.InvariantCulture);

    private static bool IsOfMetric(string label) => label != "le" && !label.StartsWith(ScopePrefix, StringComparison.Ordinal);

    private static Dictionary<string, string> LabelsOf(string text)
        => LabelPattern().Matches(text).ToDictionary(match => match.Groups["name"].Value, match => match.Groups["value"].Value);

    [GeneratedRegex(@"^# TYPE (?<name>\S+) (?<kind>\S+)$", RegexOptions.Multiline)]
    private static partial Regex TypePattern();

    [GeneratedRegex(@"^(?<name>[A-Za-z_:][\w:]*)(\{(?<labels>.*)\})? \S+$", RegexOptions.Multiline)]
    private static partial Regex SamplePattern();

    [GeneratedRegex(@"(?<name>\w+)=""(?<value>(\\.|[^""\\])*)""")]
    private static partial Regex LabelPattern();
}
