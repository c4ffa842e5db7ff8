namespace StreamRecorder.Grafana.Tests.Linting;

/// <summary>Rules about a panel: what it is called, where it asks, and in which unit it answers.</summary>
internal static class PanelRules
{
    private static readonly HashSet<string> Types =
        ["timeseries", "stat", "gauge", "bargauge", "table", "heatmap", "state-timeline", "status-history", "histogram", "text"];

    // Those of Grafana's list that make sense for what is exported here.
    private static readonly HashSet<string> Units =
    [
        "none", "short", "percent", "percentunit", "bool", "s", "ms", "µs", "ns", "dtdurations", "dateTimeFromNow", "bytes", "decbytes",
        "Bps", "binBps",
        "cps", "ops", "reqps", "rps", "wps", "cpm", "opm", "currencyUSD", "currencyEUR",
    ];

    public static IEnumerable<Problem> Check(LintedDashboard dashboard, LintedPanel panel)
    {
        if (!Types.Contains(panel.Type)) yield return At("panel-type", $"'{panel.Type}' is not a panel of Grafana's core.");
        if (panel.Title.Length == 0 || Text("description").Length == 0)
            yield return At("panel-title-description", "It has no title or no description.");
        if (panel.Json["datasource"]?["uid"]?.GetValue<string>() != "${datasource}")
            yield return At("panel-datasource", "It does not ask ${datasource}.");
        if (panel.Targets.Count == 0 && panel.Type != "text") yield return At("panel-no-targets", "It asks nothing.");
        var defaults = panel.Json["fieldConfig"]?["defaults"];
        bool isMapped = defaults?["mappings"]?.AsArray().Count > 0;
        string unit = defaults?["unit"]?.GetValue<string>() ?? "";
        if (!Units.Contains(unit) && !isMapped) yield return At("panel-units", $"'{unit}' is not a unit of Grafana's.");
        if (panel.Type == "heatmap" && panel.Json["options"]?["calculate"]?.GetValue<bool>() != false)
            yield return At("heatmap-buckets", "It computes buckets anew instead of showing ours.");

        foreach (var target in panel.Targets)
            if (target.Json["datasource"]?["uid"]?.GetValue<string>() != "${datasource}")
                yield return At("panel-datasource", $"Query {target.RefId} does not ask ${{datasource}}.");
        foreach (var twins in panel.Targets.GroupBy(target => target.RefId).Where(group => group.Key.Length == 0 || group.Count() > 1))
            yield return At("target-refid", $"refId '{twins.Key}' is not one query's own.");

        string Text(string key) => panel.Json[key]?.GetValue<string>() ?? "";
        Problem At(string rule, string message) => new(rule, dashboard.Name, panel.Name, message);
    }
}
