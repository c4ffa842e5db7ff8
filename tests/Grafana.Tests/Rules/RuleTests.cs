using StreamRecorder.Grafana.Tests.Linting;
using Xunit;

namespace StreamRecorder.Grafana.Tests.Rules;

/// <summary>The rule files say what the conventions of monitoring mixins ask for, and mention only what is exported or recorded.</summary>
public sealed class RuleTests
{
    private static readonly IReadOnlyList<Rule> All = RuleFile.LoadAll();

    [Fact]
    public void Rules_Names_FollowTheConventions()
    {
        Assert.NotEmpty(All);
        Assert.Equal(All.Count, All.Select(rule => rule.Name).Distinct().Count());
        Assert.All(All.Where(rule => rule.IsAlert), rule => Assert.Matches("^StreamRecorder[A-Z][A-Za-z]+$", rule.Name));
        Assert.All(All.Where(rule => !rule.IsAlert), rule => Assert.Matches("^job_instance[a-z_]*:streamrecorder_[a-z_]+:[a-z0-9_]+$", rule.Name));
    }

    [Fact]
    public void Alerts_Annotations_AreCompleteAndLeadSomewhere()
    {
        string runbook = GrafanaFolder.Read("RUNBOOK.md");
        var uids = GrafanaFolder.DashboardFiles.Select(path => LintedDashboard.Load(path).Json["uid"]!.GetValue<string>()).ToList();
        Assert.All(All.Where(rule => rule.IsAlert), rule =>
        {
            Assert.Contains(rule.Fields["severity"], (string[])["critical", "warning", "info"]);
            Assert.DoesNotContain("{{", rule.Fields["summary"], StringComparison.Ordinal);
            Assert.NotEmpty(rule.Fields["description"]);
            Assert.Equal("grafana/RUNBOOK.md#" + rule.Name.ToLowerInvariant(), rule.Fields["runbook_url"]);
            Assert.Contains($"\n## {rule.Name}\n", runbook, StringComparison.Ordinal);
            Assert.Contains(rule.Fields["dashboard_url"], uids.Select(uid => "/d/" + uid));
        });
    }

    [Fact]
    public void Alerts_Each_IsTestedQuietAndFiring()
    {
        string tests = string.Concat(GrafanaFolder.RuleTestFiles.Select(File.ReadAllText)).ReplaceLineEndings("\n");
        foreach (var alert in All.Where(rule => rule.IsAlert))
        {
            string mention = $"alertname: {alert.Name}\n";
            Assert.Contains(mention + "        exp_alerts:", tests, StringComparison.Ordinal);
            Assert.Contains(mention + "      - eval_time", tests, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Rules_Expressions_MentionWhatIsExportedOrRecorded()
    {
        var metrics = new MetricList([.. MetricList.Load().All, .. All.Where(rule => !rule.IsAlert).Select(Recorded)]);
        var problems = All.SelectMany(rule => TargetRules.CheckExpression("rules", rule.Name, rule.Expression, "", metrics, "rule-promql"));
        Assert.Empty(problems);
    }

    [Fact]
    public void Rules_UnknownMetricOrLabel_IsSeen()
    {
        var metrics = MetricList.Load();
        Assert.Equal(["metric-exists"], Found("rate(streamrecorder_tick_total[5m])"));
        Assert.Equal(["label-exists"], Found("sum by (feeds) (rate(streamrecorder_ticks_total[5m]))"));
        Assert.Equal(["rule-promql"], Found("sum(rate(streamrecorder_ticks_total[5m])"));

        IEnumerable<string> Found(string expression)
            => TargetRules.CheckExpression("rules", "planted", expression, "", metrics, "rule-promql").Select(problem => problem.Rule);
    }

    [Fact]
    public void ScrapeInterval_IsTheDataSourcesTimeInterval()
    {
        Assert.Contains("scrape_interval: 5s", GrafanaFolder.Read("prometheus", "prometheus.yml"), StringComparison.Ordinal);
        Assert.Contains("timeInterval: 5s", GrafanaFolder.Read("provisioning", "datasources", "prometheus.yml"), StringComparison.Ordinal);
    }

    /// <summary>What a recording rule makes: its labels are those that its name says it keeps.</summary>
    private static ListedMetric Recorded(Rule rule)
    {
        var labels = rule.Name[..rule.Name.IndexOf(':', StringComparison.Ordinal)].Split('_');
        return new ListedMetric(rule.Name, "gauge", "", "rule", labels.ToDictionary(label => label, IReadOnlyList<string> (_) => []), [], null);
    }
}
