using StreamRecorder.Grafana.Tests.Rules;
using Xunit;

namespace StreamRecorder.Grafana.Tests.Generator;

/// <summary>What dashboards say was gained within a range, asked of promtool's engine: an hour, scraped once a minute.</summary>
public sealed class GainedTests
{
    private static readonly string Gained =
        Promql.Gained("x", "1h", "3600").Replace("{job=~\"$job\",instance=~\"$instance\"}", "", StringComparison.Ordinal);

    [Theory]
    // The process is older than the range: the difference, of a series that began within the range all of it.
    [InlineData("0x300", "100+1x300", "60")]
    [InlineData("0x300", "_x270 7x30", "7")]
    [InlineData("0x300", "5x300", "0")]
    // It began anew 30 minutes ago: what came since, whether that is more or less than before.
    [InlineData("0x269 16200x30", "1000x269 0+40x30", "1200")]
    [InlineData("0x269 16200x30", "5x269 0+10x30", "300")]
    [InlineData("0x269 16200x30", "1000x269 3x30", "3")]
    // Prometheus was away when the range began, 5 minutes and more: what came since it was back, not all of its life.
    [InlineData("0x220 _x30 0x50", "100x220 _x30 200+1x50", "49")]
    // It is new, and the service is not.
    [InlineData("_x270 0x30", "_x270 200+1x30", "30")]
    // It was away later: that hides nothing.
    [InlineData("0x250 _x20 0x30", "100x250 _x20 200x30", "100")]
    public async Task Gained_OfASeries_IsWhatCameWithinTheRange(string began, string values, string expected)
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("gained-").FullName, "test.yml");
        await File.WriteAllTextAsync(
            file,
            $$"""
            evaluation_interval: 1m
            tests:
              - interval: 1m
                input_series:
                  - series: 'x{job="j", instance="i"}'
                    values: '{{values}}'
                  - series: 'streamrecorder_start_time_seconds{job="j", instance="i"}'
                    values: '{{began}}'
                promql_expr_test:
                  - expr: 'sum by (job, instance) ({{Gained}})'
                    eval_time: 5h
                    exp_samples: [{labels: '{job="j", instance="i"}', value: {{expected}}}]
            """,
            TestContext.Current.CancellationToken);
        var (code, output) = await Promtool.RunAsync("test", "rules", file);
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
        Assert.True(code == 0, output);
    }
}
