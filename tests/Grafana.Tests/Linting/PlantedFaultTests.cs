using System.Text.Json.Nodes;
using Xunit;

namespace StreamRecorder.Grafana.Tests.Linting;

/// <summary>Each rule finds the fault that it is for, planted in a dashboard that is otherwise sound.</summary>
public sealed class PlantedFaultTests
{
    private static readonly MetricList Metrics = MetricList.Load();

    private static readonly Dictionary<string, Action<JsonObject>> Faults = new()
    {
        ["dashboard-uid"] = json => json["uid"] = new string('x', 41),
        ["dashboard-uid (id)"] = json => json["id"] = 7,
        ["uneditable"] = json => json["editable"] = true,
        ["schema-version"] = json => json["schemaVersion"] = 99,
        ["no-inputs"] = json => json["__inputs"] = new JsonArray(),
        ["variable-defined"] = json => Target(json)["legendFormat"] = "$colour",
        ["panel-id"] = json => Panel(json)["id"] = json["panels"]![1]!["id"]!.DeepClone(),
        ["panel-overlap"] = json => Panel(json)["gridPos"]!["w"] = 20,
        ["panel-overlap (outside)"] = json => Panel(json)["gridPos"]!["x"] = 20,
        ["template-datasource"] = json => Variable(json, "datasource")["label"] = "Source",
        ["template-job"] = json => Variable(json, "job")["allValue"] = "",
        ["template-instance"] = json => SetQuery(Variable(json, "instance"), "label_values(streamrecorder_inbox_capacity{}, instance)"),
        ["template-label-promql"] = json => SetQuery(Variable(json, "job"), "query_result(up)"),
        ["template-on-time-change-reload"] = json => Variable(json, "job")["refresh"] = 1,
        ["panel-type"] = json => Panel(json)["type"] = "graph",
        ["panel-title-description"] = json => Panel(json)["description"] = "",
        ["panel-datasource"] = json => Panel(json)["datasource"]!["uid"] = "prometheus",
        ["panel-datasource (target)"] = json => Target(json)["datasource"]!["uid"] = "prometheus",
        ["panel-no-targets"] = json => Panel(json)["targets"] = new JsonArray(),
        ["panel-units"] = json => Panel(json, "Ack time")["fieldConfig"]!["defaults"]!["unit"] = "seconds",
        ["heatmap-buckets"] = json => Panel(json, "Ack time, all requests")["options"]!["calculate"] = true,
        ["target-refid"] = json => Panel(json, "Ack time")["targets"]![1]!["refId"] = "A",
        ["target-promql"] = json => SetExpression(json, "sum(up{job=~\"$job\",instance=~\"$instance\"}"),
        ["target-job"] = json => SetExpression(json, "up{instance=~\"$instance\"}"),
        ["target-instance"] = json => SetExpression(json, "up{job=~\"$job\"}"),
        ["target-rate-interval"] = json => SetExpression(json, "rate(streamrecorder_ticks_total{job=~\"$job\",instance=~\"$instance\"}[5m])"),
        ["target-counter-agg"] = json => SetExpression(json, "streamrecorder_ticks_total{job=~\"$job\",instance=~\"$instance\"}"),
        ["metric-exists"] = json => SetExpression(json, "streamrecorder_tick{job=~\"$job\",instance=~\"$instance\"}"),
        ["label-exists"] = json => SetExpression(json, "up{job=~\"$job\",instance=~\"$instance\",feed=\"http\"}"),
        ["label-exists (legend)"] = json => Target(json)["legendFormat"] = "{{colour}}",
        ["no-bound-match"] =
            json => SetExpression(json, "rate(streamrecorder_webhook_ack_seconds_bucket{job=~\"$job\",instance=~\"$instance\",le=\"1\"}[$__range])"),
    };

    public static TheoryData<string> Names => [.. Faults.Keys];

    [Fact]
    public void Check_NoFault_FindsNothingOfTheseRules()
    {
        var excused = Linter.LoadExclusions();
        Assert.DoesNotContain(Linter.Check(Sound(_ => { }), Metrics), problem => !excused.Any(exclusion => exclusion.Covers(problem)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Check_Fault_IsFound(string fault)
        => Assert.Contains(Linter.Check(Sound(Faults[fault]), Metrics), problem => problem.Rule == fault.Split(' ')[0]);

    [Fact]
    public void Check_FileNotCanonical_IsFound()
    {
        string text = File.ReadAllText(GrafanaFolder.DashboardFiles[0]);
        Assert.Contains(
            Linter.Check(new LintedDashboard("x", text.Replace("  ", "    ", StringComparison.Ordinal)), Metrics),
            problem => problem.Rule == "canonical");
    }

    [Fact]
    public void CheckAll_FaultsAcrossFiles_AreFound()
    {
        var sound = Sound(_ => { });
        var exclusion = new Exclusion("uneditable", "engine.json", "*", "planted");
        var rules = Linter.CheckAll([sound, sound], [], Metrics, [exclusion]).Select(problem => problem.Rule).ToHashSet();
        Assert.Superset(new HashSet<string> { "dashboard-uid", "exclusion-used", "metric-used" }, rules);
    }

    private static LintedDashboard Sound(Action<JsonObject> plant)
    {
        var json = JsonNode.Parse(GrafanaFolder.Read("dashboards", "engine.json"))!.AsObject();
        plant(json);
        return new LintedDashboard("engine.json", CanonicalJson.Of(json));
    }

    private static JsonNode Panel(JsonObject json, string title = "Version")
        => json["panels"]!.AsArray().Single(panel => panel!["title"]!.GetValue<string>() == title)!;

    private static JsonNode Target(JsonObject json) => Panel(json)["targets"]![0]!;

    private static JsonNode Variable(JsonObject json, string name)
        => json["templating"]!["list"]!.AsArray().Single(variable => variable!["name"]!.GetValue<string>() == name)!;

    private static void SetQuery(JsonNode variable, string query) => variable["query"]!["query"] = query;

    private static void SetExpression(JsonObject json, string expression)
    {
        Target(json)["legendFormat"] = "";
        Target(json)["expr"] = expression;
    }
}
