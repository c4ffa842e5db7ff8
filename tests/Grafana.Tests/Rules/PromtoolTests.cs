using StreamRecorder.Grafana.Tests.Linting;
using StreamRecorder.Grafana.Tests.Live;
using Xunit;

namespace StreamRecorder.Grafana.Tests.Rules;

/// <summary>Prometheus' own tool on the configuration, the rules and their tests.</summary>
public sealed class PromtoolTests
{
    [Fact]
    public async Task CheckConfig_IsClean() => await AssertCleanAsync("check", "config", GrafanaFolder.PrometheusConfig);

    [Fact]
    public async Task CheckRules_AreClean() => await AssertCleanAsync(["check", "rules", "--lint=all", "--lint-fatal", .. GrafanaFolder.RuleFiles]);

    /// <summary>The names of all listed metrics are such as Prometheus' linter wants: base units, suffixes, help.</summary>
    [Fact]
    public async Task CheckMetrics_OfEveryListedMetric_AreClean()
    {
        await using var exporter = await MadeUpExporter.StartAsync(MetricList.Load());
        var (code, output) = await Promtool.RunWithInputAsync(exporter.Render(), "check", "metrics");
        Assert.True(code == 0, output);
    }

    [Fact]
    public async Task TestRules_Pass() => await AssertCleanAsync(["test", "rules", .. GrafanaFolder.RuleTestFiles]);

    /// <summary>With a threshold moved, the tests of the rules must fail; else they test nothing.</summary>
    [Fact]
    public async Task TestRules_ThresholdMoved_Fail()
    {
        var folder = Directory.CreateTempSubdirectory("rules-");
        try
        {
            foreach (string path in GrafanaFolder.RuleFiles.Concat(GrafanaFolder.RuleTestFiles)) CopyWithMovedThreshold(path, folder);
            var (code, output) = await Promtool.RunAsync(["test", "rules", .. Directory.GetFiles(Path.Combine(folder.FullName, "tests"))]);
            Assert.True(code == 1, output);
            Assert.Contains("StreamRecorderSinkLagging", output, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void CopyWithMovedThreshold(string path, DirectoryInfo folder)
    {
        var target = folder.CreateSubdirectory(Path.GetFileName(Path.GetDirectoryName(path)!));
        string text = File.ReadAllText(path).Replace("sink_lag_seconds) > 10", "sink_lag_seconds) > 100", StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(target.FullName, Path.GetFileName(path)), text);
    }

    private static async Task AssertCleanAsync(params string[] arguments)
    {
        var (code, output) = await Promtool.RunAsync(arguments);
        Assert.True(code == 0, output);
    }
}
