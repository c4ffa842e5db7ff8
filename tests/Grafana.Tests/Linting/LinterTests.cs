using System.Text.Json.Nodes;
using StreamRecorder.Grafana.Tests.Rules;
using Xunit;

namespace StreamRecorder.Grafana.Tests.Linting;

/// <summary>The committed dashboards pass every rule.</summary>
public sealed class LinterTests
{
    [Fact]
    public void Dashboards_AllRules_Pass()
    {
        var dashboards = GrafanaFolder.DashboardFiles.Select(LintedDashboard.Load).ToList();
        var problems = Linter.CheckAll(dashboards, RuleFile.LoadAll().Select(rule => rule.Expression), MetricList.Load(), Linter.LoadExclusions());
        Assert.True(problems.Count == 0, string.Join('\n', problems));
    }

    [Fact]
    public void Dashboards_AreTheThreeThatWereAskedFor()
    {
        var dashboards = GrafanaFolder.DashboardFiles.Select(LintedDashboard.Load).ToDictionary(dashboard => dashboard.Name);
        Assert.Equal(["engine.json", "phone.json", "trading.json"], dashboards.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(6, dashboards["phone.json"].Panels.Count);
    }

    [Theory]
    [InlineData("metrics.json")]
    [InlineData("lint.json")]
    [InlineData("quiet.json")]
    public void Lists_AreCanonical(string file) =>
        Assert.Equal(CanonicalJson.Of(JsonNode.Parse(GrafanaFolder.Read(file))!), GrafanaFolder.Read(file));

    [Fact]
    public void MetricList_Entries_AreWhole()
    {
        var metrics = MetricList.Load();
        Assert.All(metrics.All, metric =>
        {
            Assert.Matches("^(streamrecorder_|dotnet_|target_info$)", metric.Name);
            Assert.Contains(metric.Kind, (string[])["counter", "gauge", "histogram"]);
            Assert.Equal(metric.Kind == "counter", metric.Name.EndsWith("_total", StringComparison.Ordinal));
            Assert.Equal(metric.Kind == "histogram", metric.Buckets.Count > 0);
            Assert.Equal(metric.Buckets.Order(), metric.Buckets);
            Assert.NotEmpty(metric.Help);
            Assert.All(metric.Labels, label => Assert.NotEmpty(label.Value));
        });
    }
}
