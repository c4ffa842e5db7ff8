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
    private const int RetriesMax = 5;
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

        // A busy machine may miss scrapes; what is wrong in itself stays wrong.
        IReadOnlyList<LiveExpression> asked = LiveExpression.All(RateInterval, Range);
        var wrong = await WrongOfAsync(server, asked);
        for (int again = 0; again < RetriesMax && wrong.Count > 0; again++)
        {
            await WaitForScrapesAsync(server);
            wrong = await WrongOfAsync(server, wrong.Keys);
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Values));
        await AssertRulesAreThoseOfTheFilesAsync(server);
        await AssertFaultsAreSeenAsync(server);
    }

    private static Task<PrometheusAnswer> WaitForScrapesAsync(PrometheusServer server)
        => server.WaitAsync($"sum_over_time(up[{RateInterval}])", answer => answer.Series is [{ Value: >= ScrapesWanted }], Limit, Cancellation);

    private static async Task<Dictionary<LiveExpression, string>> WrongOfAsync(PrometheusServer server, IEnumerable<LiveExpression> expressions)
    {
        var wrong = new Dictionary<LiveExpression, string>();
        foreach (var expression in expressions)
            if (await WrongOfAsync(server, expression) is { } problem) wrong.Add(expression, problem);
        return wrong;
    }

    private static async Task<string?> WrongOfAsync(PrometheusServer server, LiveExpression expression)
    {
        var now = await server.QueryAsync(expression.Text, Cancellation);
        var range = await server.QueryRangeAsync(expression.Text, TimeSpan.FromSeconds(5), Cancellation);
        string? problem = now.Error ?? range.Error;
        // Whether an alert fires is tested by promtool; that all is well in these series is not made up.
        if (problem is null && !expression.IsAlert && !(now.HasFinite && range.HasFinite)) problem = "it has no data";
        return problem is null ? null : $"{expression.Where}: {problem}: {expression.Text}";
    }

    /// <summary>What the reader of rule files finds is what Prometheus finds; else expressions would go untested.</summary>
    private static async Task AssertRulesAreThoseOfTheFilesAsync(PrometheusServer server)
    {
        var read = RuleFile.LoadAll().Select(rule => (rule.Name, Bare(rule.Expression)));
        var known = (await server.RulesAsync(Cancellation)).Select(rule => (rule.Name, Bare(rule.Expression)));
        Assert.Equal(known.Order(), read.Order());
    }

    private static async Task AssertFaultsAreSeenAsync(PrometheusServer server)
    {
        Assert.NotNull(await WrongOfAsync(server, new LiveExpression("planted: type", "rate(up)", false)));
        Assert.NotNull(await WrongOfAsync(server, new LiveExpression("planted: syntax", "sum(up", false)));
        Assert.NotNull(await WrongOfAsync(server, new LiveExpression("planted: name", "streamrecorder_nothing", false)));
        Assert.NotNull(await WrongOfAsync(server, new LiveExpression("planted: join", "streamrecorder_feed_connected * on (job) streamrecorder_market_open", true)));
    }

    private static string Bare(string expression) => string.Concat(expression.Where(c => !char.IsWhiteSpace(c)));
}
