using StreamRecorder.Grafana.Tests.Rules;

namespace StreamRecorder.Grafana.Tests.Faults;

public sealed class FasterRulesTests
{
    [Fact]
    public void Rules_Faster_DifferInTimesOnly()
    {
        const string Rules = """
            expr: rate(a_seconds_bucket[5m]) > 1
            expr: max by (b) (a_lag_seconds) > 10
            expr: c:age:seconds > 60
            for: 30s
            for: 2m
            for half a minute
            """;
        const string Faster = """
            expr: rate(a_seconds_bucket[10000ms]) > 1
            expr: max by (b) (a_lag_seconds) > 0.333
            expr: c:age:seconds > 2
            for: 1000ms
            for: 4000ms
            for half a minute
            """;
        Assert.Equal(Faster, FasterRules.Of(Rules));
    }

    [Fact]
    public async Task Rules_Faster_AreStillRules()
    {
        var folder = Directory.CreateTempSubdirectory("rules-");
        try
        {
            var cancel = TestContext.Current.CancellationToken;
            foreach (string path in GrafanaFolder.RuleFiles)
            {
                var rules = FasterRules.Of(await File.ReadAllTextAsync(path, cancel));
                await File.WriteAllTextAsync(Path.Combine(folder.FullName, Path.GetFileName(path)), rules, cancel);
            }
            var (code, output) = await Promtool.RunAsync(["check", "rules", .. Directory.GetFiles(folder.FullName)]);
            Assert.True(code == 0, output);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
