using StreamRecorder.Grafana.Tests.Linting;
using StreamRecorder.Grafana.Tests.Rules;
using Xunit;

namespace StreamRecorder.Grafana.Tests.Live;

/// <summary>A real Prometheus answers every expression of dashboards and rules, over made-up series of every listed metric.</summary>
public sealed class LiveExpressionTests
{
    // Fast scrapes, so that a rate has its samples within seconds.
    private static readonly TimeSpan ScrapeInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private const string RateInterval = "10s";
    private const string Range = "12s";
    private const int ScrapesWanted = 5;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Expressions_OverEveryListedMetric_AnswerWithData()
    {
        await using var exporter = await MadeUpExporter.StartAsync(MetricList.Load());
        await using var server = await PrometheusServer.StartAsync(exporter.Target, ScrapeInterval, Cancellation);
        await WaitForScrapesAsync(server);

        var findings = await ExpressionCheck.SettleAsync(
            server, LiveExpression.All(RateInterval, Range), IsWrong, () => WaitForScrapesAsync(server), Cancellation);
        Assert.True(!findings.Any(IsWrong), string.Join('\n', findings.Where(IsWrong)));
        await AssertRulesAreThoseOfTheFilesAsync(server);
        await AssertFaultsAreSeenAsync(server);
    }

    private static Task<PrometheusAnswer> WaitForScrapesAsync(PrometheusServer server)
        => server.WaitAsync($"sum_over_time(up[{RateInterval}])", answer => answer.Series is [{ Value: >= ScrapesWanted }], Limit, Cancellation);

    /// <summary>Whether an alert fires is tested by promtool; that all is well in these series is not made up.</summary>
    private static bool IsWrong(ExpressionFinding finding) => finding.Error is not null || (!finding.Expression.IsAlert && !finding.HasData);

    /// <summary>What the reader of rule files finds is what Prometheus finds; else expressions would go untested.</summary>
    private static async Task AssertRulesAreThoseOfTheFilesAsync(PrometheusServer server)
    {
        var read = RuleFile.LoadAll().Select(rule => (rule.Name, Bare(rule.Expression)));
        var known = (await server.RulesAsync(Cancellation)).Select(rule => (rule.Name, Bare(rule.Expression)));
        Assert.Equal(known.Order(), read.Order());
    }

    private static async Task AssertFaultsAreSeenAsync(PrometheusServer server)
    {
        LiveExpression[] planted =
        [
            new("planted: type", "rate(up)", false), new("planted: syntax", "sum(up", false), new("planted: name", "streamrecorder_nothing", false),
            new("planted: join", "streamrecorder_feed_connected * on (job) streamrecorder_market_open", true),
        ];
        Assert.All(await ExpressionCheck.AskAsync(server, planted, Cancellation), finding => Assert.True(IsWrong(finding), finding.ToString()));
    }

    private static string Bare(string expression) => string.Concat(expression.Where(c => !char.IsWhiteSpace(c)));
}
