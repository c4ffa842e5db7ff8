using StreamRecorder.Grafana.Tests.Live;
using Xunit;

namespace StreamRecorder.Grafana.Tests.Linting;

/// <summary>The comparison finds each way in which a scrape can differ from the list.</summary>
public sealed class ScrapeComparisonTests
{
    private static readonly MetricList List = MetricList.Load();

    [Fact]
    public async Task Differences_ScrapeOfEveryListedMetric_AreNone() => Assert.Empty(Differences(await ScrapeAsync()));

    [Fact]
    public async Task Differences_Planted_AreFound()
    {
        string scrape = await ScrapeAsync();
        Assert.Equal(["new_one is exported, but not listed."], Differences(scrape + "# TYPE new_one gauge\nnew_one 1\n"));
        string otherKind = scrape.Replace("sink_lag_seconds gauge", "sink_lag_seconds counter", StringComparison.Ordinal);
        Assert.Contains("listed as a gauge", Single(otherKind), StringComparison.Ordinal);
        Assert.Contains(
            "labels [colour, feed]", Single(scrape + "streamrecorder_ticks_total{feed=\"a \\\"b\",colour=\"red\"} 1\n"), StringComparison.Ordinal);
        Assert.Contains(", 99]", Single(scrape + "streamrecorder_sink_flush_seconds_bucket{le=\"99\"} 1\n"), StringComparison.Ordinal);
        string moved = scrape.Replace("sink_flush_seconds\",le=\"0.001\"", "sink_flush_seconds\",le=\"0.0015\"", StringComparison.Ordinal);
        Assert.NotEqual(scrape, moved);
        Assert.Contains("0.0015", Single(moved), StringComparison.Ordinal);
        string gone = scrape.Replace("# TYPE streamrecorder_market_open gauge\n", "", StringComparison.Ordinal);
        Assert.Equal(["streamrecorder_market_open is listed, but not exported."], Differences(gone));
        Assert.Empty(Differences(gone, "streamrecorder_market_open"));
    }

    private static string Single(string scrape) => Assert.Single(Differences(scrape));

    private static IReadOnlyList<string> Differences(string scrape, params string[] mayBeMissing)
        => ScrapeComparison.Differences(List, scrape, mayBeMissing.ToHashSet());

    private static async Task<string> ScrapeAsync()
    {
        await using var exporter = await MadeUpExporter.StartAsync(List);
        return exporter.Render();
    }
}
