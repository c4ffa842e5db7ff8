using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace StreamRecorder.Grafana.Tests.Linting;

/// <summary>Rules about variables: the same three on every dashboard, and each query one that Grafana understands.</summary>
internal static partial class VariableRules
{
    private const int OnTimeRangeChange = 2;

    public static IEnumerable<Problem> Check(LintedDashboard dashboard, MetricList metrics)
    {
        var source = dashboard.Variable("datasource");
        if (Text(source, "type") != "datasource" || Text(source, "query") != "prometheus" || Text(source, "label") != "Data source")
            yield return At("template-datasource", dashboard, "datasource", "There is no such variable for prometheus, labelled 'Data source'.");
        if (!IsTargetVariable(dashboard.Variable("job"), "Job"))
            yield return At("template-job", dashboard, "job", "There is no multi-value query variable 'job' with '.+' for all.");
        var instance = dashboard.Variable("instance");
        if (!IsTargetVariable(instance, "Instance") || !LintedDashboard.QueryOf(instance!).Contains("job=~\"$job\"", StringComparison.Ordinal))
            yield return At("template-instance", dashboard, "instance", "There is no multi-value query variable 'instance' within the chosen jobs.");
        foreach (var variable in dashboard.Variables.Where(variable => Text(variable, "type") == "query"))
            foreach (var problem in CheckQuery(dashboard, variable, metrics)) yield return problem;
    }

    /// <summary>The selector of <c>label_values(selector, label)</c>; a match that failed when the query has another form.</summary>
    public static Match LabelValues(JsonNode variable) => LabelValuesPattern().Match(LintedDashboard.QueryOf(variable));

    private static IEnumerable<Problem> CheckQuery(LintedDashboard dashboard, JsonNode variable, MetricList metrics)
    {
        string name = Text(variable, "name");
        if ((variable["refresh"]?.GetValue<int>() ?? 0) != OnTimeRangeChange)
            yield return At("template-on-time-change-reload", dashboard, name, "It is not asked again when the time range changes.");
        var match = LabelValues(variable);
        if (!match.Success)
        {
            yield return At("template-label-promql", dashboard, name, "The query is not label_values(selector, label).");
            yield break;
        }
        string selector = match.Groups["selector"].Value;
        string label = match.Groups["label"].Value;
        foreach (var problem in TargetRules.CheckExpression(dashboard.Name, "$" + name, selector, label, metrics, "template-label-promql"))
            yield return problem;
    }

    private static bool IsTargetVariable(JsonNode? variable, string label)
        => Text(variable, "type") == "query" && Text(variable, "label") == label && Text(variable, "allValue") == ".+"
            && variable!["multi"]?.GetValue<bool>() == true && variable["includeAll"]?.GetValue<bool>() == true
            && DataSourceOf(variable) == "${datasource}";

    private static string DataSourceOf(JsonNode variable) => Text(variable["datasource"], "uid");

    private static string Text(JsonNode? node, string key) => node?[key] is JsonValue value && value.TryGetValue(out string? text) ? text : "";

    private static Problem At(string rule, LintedDashboard dashboard, string variable, string message) =>
        new(rule, dashboard.Name, "$" + variable, message);

    [GeneratedRegex(@"^label_values\((?<selector>.+),\s*(?<label>\w+)\)$")]
    private static partial Regex LabelValuesPattern();
}
