using StreamRecorder.Grafana.Tests.Linting;
using StreamRecorder.Grafana.Tests.Rules;
using StreamRecorder.Host.Metrics;
using StreamRecorder.Host.Tests.Support;
using Xunit;

namespace StreamRecorder.Grafana.Tests.Live;

/// <summary>
/// The real service under load and a real Prometheus: every expression of dashboards and rules is answered,
/// nearly all with data, what is exported is what is listed, and what Prometheus has counted is what was sent.
/// </summary>
public sealed class ServiceExpressionTests
{
    private static readonly TimeSpan ScrapeInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private const string RateInterval = "10s";
    private const string Range = "12s";
    private const int ScrapesWanted = 8;
    private const double ShareWithData = 0.85;

    // The runtime has none of them until something happens.
    private static readonly IReadOnlySet<string> MayBeMissing = new HashSet<string> { "dotnet_exceptions_total", "dotnet_gc_collections_total" };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Expressions_OverTheServiceUnderLoad_AnswerWithData()
    {
        await using var service = await TestService.StartAsync(o => o with { TradingHours = Always() });
        await using var load = await ServiceLoad.StartAsync(service);
        await using var server = await PrometheusServer.StartAsync(service.ManagementUrl.Authority, ScrapeInterval, Cancellation);
        await WaitForScrapesAsync(server);

        var quiet = QuietExpression.LoadAll();
        var asked = LiveExpression.All(RateInterval, Range);
        Assert.All(quiet, q => Assert.Contains(q.Where, asked.Select(expression => expression.Where)));
        Assert.All(quiet, q => Assert.NotEmpty(q.Reason));
        var listed = quiet.Select(q => q.Where).ToHashSet();
        var findings = await ExpressionCheck.SettleAsync(server, asked, IsWrong, () => WaitForScrapesAsync(server), Cancellation);
        Assert.True(!findings.Any(IsWrong), string.Join('\n', findings.Where(IsWrong)));
        var withData = findings.Count(finding => finding.HasData);
        TestContext.Current.SendDiagnosticMessage($"{withData} of {findings.Count} expressions with data, {quiet.Count} listed as without");
        Assert.True(withData >= ShareWithData * findings.Count, string.Join('\n', findings.Where(finding => !finding.HasData)));

        await load.StopAsync();
        await AssertCountsAsync(server, load);
        await AssertScrapeAsync(service);

        bool IsWrong(ExpressionFinding finding) => finding.Error is not null || (!finding.HasData && !listed.Contains(finding.Expression.Where));
    }

    private static Dictionary<string, TradingHours> Always() => new() { ["Default"] = TradingHours.Parse("always") };

    private static Task<PrometheusAnswer> WaitForScrapesAsync(PrometheusServer server)
        => server.WaitAsync($"sum_over_time(up[{RateInterval}])", answer => answer.Series is [{ Value: >= ScrapesWanted }], Limit, Cancellation);

    private static async Task AssertCountsAsync(PrometheusServer server, ServiceLoad load)
    {
        await IsAsync("sum(streamrecorder_positions_closed_total)", load.Trades);
        await IsAsync("sum(streamrecorder_closed_drawdown_sum)", 2 * load.Trades);
        await IsAsync("sum(streamrecorder_closed_drawdown_bucket{le=\"2\"})", load.Trades);
        await IsAsync("sum(streamrecorder_closed_drawdown_bucket{le=\"1\"})", 0);
        await IsAsync("sum(streamrecorder_closed_pnl_sum)", load.Trades % 2);
        await IsAsync("sum(streamrecorder_closed_duration_seconds_count)", load.Trades);
        await IsAsync("sum(streamrecorder_closed_over_limit_total)", load.Trades);
        await IsAsync("sum(streamrecorder_positions_open)", 2);
        await IsAsync("sum(streamrecorder_unpriced_positions)", 1);
        await IsAsync("sum(streamrecorder_ticks_total)", load.Ticks);
        await IsAsync("sum(streamrecorder_ticks_late_total)", load.Trades);
        await IsAsync("sum(streamrecorder_webhook_requests_total{outcome=\"body_unreadable\"})", load.Trades);
        // Those with an id are the first one's repeats.
        await IsAsync("sum(streamrecorder_webhook_ignored_total{reason=\"cancel\"})", load.Trades + 1);
        await IsAsync("min(streamrecorder_open_worst_pnl)", -2);
        await IsAsync($"sum({ClosedByRecorder()})", load.Trades);

        Task IsAsync(string expression, double expected) =>
            server.WaitAsync(expression, answer => answer.Series is [var only] && only.Value == expected, Limit, Cancellation);
    }

    /// <summary>What the table of closed positions asks, over a time longer than the test: each trade is counted, none is estimated.</summary>
    private static string ClosedByRecorder() =>
        Assert.Single(LiveExpression.All(RateInterval, "1h"), expression => expression.Where == "trading.json: By recorder A").Text;

    private static async Task AssertScrapeAsync(TestService service)
    {
        string scrape = (await service.SendAsync("GET", "/metrics", key: "", site: service.ManagementUrl)).Text;
        Assert.Empty(ScrapeComparison.Differences(MetricList.Load(), scrape, MayBeMissing));
        var (code, output) = await Promtool.RunWithInputAsync(scrape, "check", "metrics");
        Assert.True(code == 0, output);
    }
}
