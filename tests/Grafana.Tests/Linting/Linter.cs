using System.Text.Json;

namespace StreamRecorder.Grafana.Tests.Linting;

/// <summary>A finding that is right as it is, and why. A panel of "*" means the whole dashboard.</summary>
internal sealed record Exclusion(string Rule, string Dashboard, string Panel, string Reason)
{
    public bool Covers(Problem problem) => Rule == problem.Rule && Dashboard == problem.Dashboard && (Panel == "*" || Panel == problem.Panel);
}

/// <summary>
/// Runs all rules over all dashboards. The names and the ideas of the rules called template-…,
/// panel-…, target-… and uneditable are those of Grafana's own dashboard-linter; the rest is ours.
/// </summary>
internal static class Linter
{
    private static readonly JsonSerializerOptions CamelCase = new() { PropertyNameCaseInsensitive = true };

    public static IReadOnlyList<Exclusion> LoadExclusions()
        => JsonSerializer.Deserialize<List<Exclusion>>(GrafanaFolder.Read("lint.json"), CamelCase)!;

    public static List<Problem> Check(LintedDashboard dashboard, MetricList metrics)
    {
        var problems = DashboardRules.Check(dashboard).Concat(VariableRules.Check(dashboard, metrics)).ToList();
        foreach (var panel in dashboard.Panels)
        {
            problems.AddRange(PanelRules.Check(dashboard, panel));
            problems.AddRange(TargetRules.Check(dashboard, panel, metrics));
        }
        return problems;
    }

    /// <summary>What is wrong across files: uids, metrics that nobody shows, exclusions that excuse nothing.</summary>
    public static List<Problem> CheckAll(
        IReadOnlyList<LintedDashboard> dashboards, IEnumerable<string> otherExpressions, MetricList metrics, IReadOnlyList<Exclusion> exclusions)
    {
        var found = dashboards.SelectMany(dashboard => Check(dashboard, metrics)).ToList();
        var problems = found.Where(problem => !exclusions.Any(exclusion => exclusion.Covers(problem))).ToList();
        problems.AddRange(exclusions.Where(exclusion => exclusion.Reason.Length == 0 || !found.Any(exclusion.Covers))
            .Select(idle =>
                new Problem("exclusion-used", idle.Dashboard, idle.Panel, $"The exclusion from {idle.Rule} excuses nothing or says no reason.")));
        problems.AddRange(dashboards.GroupBy(dashboard => dashboard.Json["uid"]?.GetValue<string>()).Where(group => group.Count() > 1)
            .Select(group => new Problem("dashboard-uid", group.Last().Name, "", $"'{group.Key}' is another dashboard's uid.")));
        problems.AddRange(CheckUse(dashboards, otherExpressions, metrics));
        return problems;
    }

    private static IEnumerable<Problem> CheckUse(IReadOnlyList<LintedDashboard> dashboards, IEnumerable<string> otherExpressions, MetricList metrics)
    {
        var shown = dashboards.SelectMany(dashboard => dashboard.Panels).SelectMany(panel => panel.Targets).Select(target => target.Expression);
        var used = shown.Concat(otherExpressions)
            .SelectMany(expression => TargetRules.TryParse(expression, out _)?.Selectors ?? [])
            .Select(selector => metrics.OfSample(selector.Metric)?.Name).ToHashSet();
        foreach (var metric in metrics.All)
        {
            if (!used.Contains(metric.Name) && string.IsNullOrEmpty(metric.Unused))
                yield return new Problem("metric-used", "metrics.json", metric.Name, "It is exported, but nothing shows it and no reason is given.");
            if (used.Contains(metric.Name) && metric.Unused is not null)
                yield return new Problem("metric-used", "metrics.json", metric.Name, "It is called unused, but is used.");
        }
    }
}
