using System.Globalization;
using System.Text.RegularExpressions;
using StreamRecorder.Grafana.Tests.Linting;
using StreamRecorder.Grafana.Tests.Rules;

namespace StreamRecorder.Grafana.Tests.Live;

/// <summary>Where an expression stands, and the expression as Prometheus takes it, Grafana's variables filled in.</summary>
public sealed partial record LiveExpression(string Where, string Text, bool IsAlert)
{
    /// <summary>All of dashboards (panels, variables, annotations) and rules, with everything chosen and the given windows.</summary>
    public static IReadOnlyList<LiveExpression> All(string rateInterval, string range)
    {
        var dashboards = GrafanaFolder.DashboardFiles.Select(LintedDashboard.Load).ToList();
        var found = dashboards.SelectMany(OfPanels).Concat(dashboards.SelectMany(OfVariables)).Concat(dashboards.SelectMany(OfAnnotations))
            .Concat(OfRules());
        return [.. found.Select(expression => expression with { Text = Fill(expression.Text, rateInterval, range) })];
    }

    private static IEnumerable<LiveExpression> OfPanels(LintedDashboard dashboard)
        => from panel in dashboard.Panels
           from target in panel.Targets
           select new LiveExpression($"{dashboard.Name}: {panel.Name} {target.RefId}", target.Expression, false);

    private static IEnumerable<LiveExpression> OfVariables(LintedDashboard dashboard)
    {
        foreach (var variable in dashboard.Variables)
        {
            var match = VariableRules.LabelValues(variable);
            if (match.Success)
                yield return new($"{dashboard.Name}: ${variable["name"]}", $"count by ({match.Groups["label"]}) ({match.Groups["selector"]})", false);
        }
    }

    private static IEnumerable<LiveExpression> OfAnnotations(LintedDashboard dashboard)
        => from note in dashboard.Json["annotations"]!["list"]!.AsArray()
           select new LiveExpression($"{dashboard.Name}: annotation {note["name"]}", note["expr"]!.GetValue<string>(), true);

    private static IEnumerable<LiveExpression> OfRules()
        => RuleFile.LoadAll().Select(rule => new LiveExpression("rule " + rule.Name, rule.Expression, rule.IsAlert));

    private static string Fill(string text, string rateInterval, string range)
    {
        string windows = text.Replace("$__range_s", SecondsOf(range), StringComparison.Ordinal)
            .Replace("$__rate_interval", rateInterval, StringComparison.Ordinal).Replace("$__range", range, StringComparison.Ordinal);
        return VariablePattern().Replace(windows, ".+");
    }

    /// <summary>Of a window such as 12s or 1h, as Grafana's variable has it.</summary>
    private static string SecondsOf(string window)
    {
        int number = int.Parse(window[..^1], CultureInfo.InvariantCulture);
        return (window[^1] switch { 's' => number, 'm' => 60 * number, 'h' => 3600 * number, _ => throw new FormatException(window) })
            .ToString(CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"\$\{?\w+\}?")]
    private static partial Regex VariablePattern();
}
