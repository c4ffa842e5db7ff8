using System.Text.RegularExpressions;

namespace StreamRecorder.Grafana.Tests.Linting;

/// <summary>Rules about expressions: that they narrow to the chosen target, rate what only rises, and mention what is exported.</summary>
internal static partial class TargetRules
{
    private static readonly HashSet<string> RateFunctions = ["rate", "irate", "increase"];
    private static readonly HashSet<string> Everywhere = ["job", "instance", "le", "__name__"];

    public static IEnumerable<Problem> Check(LintedDashboard dashboard, LintedPanel panel, MetricList metrics)
    {
        foreach (var target in panel.Targets)
        {
            var parsed = TryParse(target.Expression, out string error);
            if (parsed is null) yield return At("target-promql", $"Query {target.RefId}: {error}");
            else
            {
                var names = CheckNames(dashboard.Name, panel.Name, parsed, LegendLabels(target.Legend), metrics);
                foreach (var problem in CheckTarget(parsed).Concat(names)) yield return problem;
            }
        }

        Problem At(string rule, string message) => new(rule, dashboard.Name, panel.Name, message);

        IEnumerable<Problem> CheckTarget(PromqlExpression parsed)
        {
            foreach (var selector in parsed.Selectors)
            {
                if (!Has(selector, "job", "$job")) yield return At("target-job", $"{selector.Metric} is not narrowed by job=~\"$job\".");
                if (!Has(selector, "instance", "$instance"))
                    yield return At("target-instance", $"{selector.Metric} is not narrowed by instance=~\"$instance\".");
                if (RateFunctions.Contains(selector.Function) && selector.Range is not ("$__rate_interval" or "$__range"))
                    yield return At(
                        "target-rate-interval",
                        $"{selector.Function}({selector.Metric}) is over [{selector.Range}], not $__rate_interval or $__range.");
                if (metrics.OfSample(selector.Metric)?.Kind is "counter" or "histogram" && !IsRated(selector, parsed))
                    yield return At("target-counter-agg", $"{selector.Metric} only rises; neither its rate nor its gain is shown.");
            }
        }
    }

    /// <summary>For expressions that are no panel's: only that they can be read and mention what is exported.</summary>
    public static IEnumerable<Problem> CheckExpression(string file, string where, string expression, string label, MetricList metrics, string rule)
    {
        var parsed = TryParse(expression, out string error);
        return parsed is null ? [new Problem(rule, file, where, error)] : CheckNames(file, where, parsed, label.Length > 0 ? [label] : [], metrics);
    }

    public static PromqlExpression? TryParse(string expression, out string error)
    {
        try
        {
            error = "";
            return PromqlExpression.Parse(expression);
        }
        catch (FormatException exception)
        {
            error = exception.Message;
            return null;
        }
    }

    private static IEnumerable<Problem> CheckNames(
        string file, string where, PromqlExpression parsed, IEnumerable<string> otherLabels, MetricList metrics)
    {
        var known = new HashSet<string>(Everywhere);
        foreach (var selector in parsed.Selectors)
        {
            var metric = metrics.OfSample(selector.Metric);
            if (metric is null)
            {
                yield return new Problem("metric-exists", file, where, $"'{selector.Metric}' is not exported.");
                yield break;
            }
            known.UnionWith(metric.Labels.Keys);
            foreach (var matcher in selector.Matchers.Where(m => !Everywhere.Contains(m.Label) && !metric.Labels.ContainsKey(m.Label)))
                yield return new Problem("label-exists", file, where, $"{selector.Metric} has no label '{matcher.Label}'.");
            // OpenMetrics spells bounds otherwise ("1.0") than the text format ("1"): a match would depend on which of them was scraped.
            if (selector.Matchers.Any(matcher => matcher.Label == "le" && matcher.Value != "+Inf"))
                yield return new Problem("no-bound-match", file, where, $"{selector.Metric} is matched by a bound.");
        }
        foreach (string label in parsed.Labels.Concat(otherLabels).Where(label => !known.Contains(label)))
            yield return new Problem("label-exists", file, where, $"No metric of the expression has a label '{label}'.");
    }

    private static bool Has(Selector selector, string label, string value) => selector.Matchers.Contains(new Matcher(label, "=~", value));

    /// <summary>Under a rate, compared with its own past by an offset, or the greatest less the least.</summary>
    private static bool IsRated(Selector selector, PromqlExpression parsed)
        => RateFunctions.Contains(selector.Function)
            || parsed.Selectors.Any(other => other.Metric == selector.Metric && other.HasOffset)
            || (selector.Function == "max_over_time"
                && parsed.Selectors.Any(other => other.Metric == selector.Metric && other.Function == "min_over_time"))
            || (selector.Function == "min_over_time"
                && parsed.Selectors.Any(other => other.Metric == selector.Metric && other.Function == "max_over_time"));

    private static IEnumerable<string> LegendLabels(string legend) => LegendPattern().Matches(legend).Select(match => match.Groups["label"].Value);

    [GeneratedRegex(@"\{\{\s*(?<label>\w+)\s*\}\}")]
    private static partial Regex LegendPattern();
}
