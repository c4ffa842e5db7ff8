using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;
using Xunit;

namespace StreamRecorder.Prometheus.Tests;

/// <summary>What one scrape holds, byte for byte, as it comes over HTTP.</summary>
public sealed class ExpositionTests
{
    private static readonly InstrumentAdvice<double> TwoBounds = new() { HistogramBucketBoundaries = [0.00001, 1] };

    [Fact]
    public async Task Scrape_Counter_HasTypeHelpScopeAndTotal()
    {
        await using var server = await ScrapeServer.StartAsync(meterTags: [new("site", "north")]);
        server.Meter.CreateCounter<long>("ticks", description: "Ticks \\ lines\nof feeds \"all\"")
            .Add(7, new KeyValuePair<string, object?>("feed", "http"));
        string text = await server.ScrapeAsync();
        Assert.Contains("# TYPE ticks_total counter\n# HELP ticks_total Ticks \\\\ lines\\nof feeds \"all\"\n", text, StringComparison.Ordinal);
        string labels = $"otel_scope_name=\"{server.Meter.Name}\",otel_scope_version=\"1.0\",otel_scope_site=\"north\",feed=\"http\"";
        Assert.Contains($"\nticks_total{{{labels}}} 7\n", text, StringComparison.Ordinal);
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scrape_LabelValues_AreEscapedAndInvariant()
    {
        await using var server = await ScrapeServer.StartAsync();
        var counter = server.Meter.CreateCounter<long>("c");
        counter.Add(1, new KeyValuePair<string, object?>("symbol", "BTC\"USD\\x\nü\ud800"));
        counter.Add(2, new("b", true), new("d", 1.5), new("n", null));
        string[] lines = await server.ScrapeLinesAsync();
        Assert.Contains("c_total{symbol=\"BTC\\\"USD\\\\x\\nü\ufffd\"} 1", lines);
        Assert.Contains("c_total{b=\"true\",d=\"1.5\",n=\"\"} 2", lines);
    }

    [Fact]
    public async Task Scrape_KeysThatBecomeTheSame_AreJoined()
    {
        await using var server = await ScrapeServer.StartAsync();
        server.Meter.CreateCounter<long>("c").Add(1, new("a.b", "x"), new("a_b", "y"));
        Assert.Contains("c_total{a_b=\"x;y\"} 1", await server.ScrapeLinesAsync());
    }

    [Fact]
    public async Task Scrape_Histogram_CountsUpToEachBound()
    {
        await using var server = await ScrapeServer.StartAsync();
        var histogram = server.Meter.CreateHistogram("ack_seconds", "s", "Time", null, TwoBounds);
        foreach (double value in new[] { 0.000005, 0.5, 0.5, 5 }) histogram.Record(value, new KeyValuePair<string, object?>("le", "mine"));
        string[] lines = [.. (await server.ScrapeLinesAsync()).Where(line => line.StartsWith("ack", StringComparison.Ordinal))];
        Assert.Equal(
        [
            "ack_seconds_bucket{le=\"1E-05\"} 1",
            "ack_seconds_bucket{le=\"1\"} 3",
            "ack_seconds_bucket{le=\"+Inf\"} 4",
            "ack_seconds_sum 6.000005",
            "ack_seconds_count 4",
        ], lines);
    }

    [Fact]
    public async Task Scrape_HistogramOfLossesAndGains_KeepsItsSign()
    {
        await using var server = await ScrapeServer.StartAsync();
        var histogram =
            server.Meter.CreateHistogram("pnl", null, null, null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [-10, 0, 10] });
        foreach (double value in new[] { -50, -4, 0, 20.5 }) histogram.Record(value);
        string[] lines = [.. (await server.ScrapeLinesAsync()).Where(line => line.StartsWith("pnl", StringComparison.Ordinal))];
        string[] buckets = ["pnl_bucket{le=\"-10\"} 1", "pnl_bucket{le=\"0\"} 3", "pnl_bucket{le=\"10\"} 3", "pnl_bucket{le=\"+Inf\"} 4"];
        Assert.Equal([.. buckets, "pnl_sum -33.5", "pnl_count 4"], lines);
    }

    [Fact]
    public async Task Scrape_HistogramWithoutBounds_HasTheLastBucket()
    {
        await using var server =
            await ScrapeServer.StartAsync(build: b => b.AddView("bare", new ExplicitBucketHistogramConfiguration { Boundaries = [] }));
        server.Meter.CreateHistogram<double>("bare").Record(2);
        string[] lines = await server.ScrapeLinesAsync();
        Assert.Contains("bare_bucket{le=\"+Inf\"} 1", lines);
        Assert.Contains("bare_count 1", lines);
    }

    [Fact]
    public async Task Scrape_OddNumbers_AreSpelledAsThePrometheusParserReadsThem()
    {
        await using var server = await ScrapeServer.StartAsync();
        server.Meter.CreateObservableGauge("g", () => Values(double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0.1, -1E300, 5E-324));
        server.Meter.CreateObservableUpDownCounter("u", () => long.MinValue);
        string[] lines = await server.ScrapeLinesAsync();
        string[] expected = ["g{i=\"0\"} NaN", "g{i=\"1\"} +Inf", "g{i=\"2\"} -Inf", "g{i=\"3\"} 0.1", "g{i=\"4\"} -1E+300", "g{i=\"5\"} 5E-324"];
        Assert.Equal(expected, lines.Where(line => line.StartsWith("g{", StringComparison.Ordinal)));
        Assert.Contains("u -9223372036854775808", lines);
        Assert.Contains("# TYPE u gauge", lines);
    }

    [Fact]
    public async Task Scrape_NamesThatBecomeTheSame_AreOneFamilyWithoutRepeats()
    {
        await using var server = await ScrapeServer.StartAsync();
        server.Meter.CreateCounter<long>("a.b", description: "first").Add(1);
        server.Meter.CreateCounter<long>("a_b", description: "second").Add(2);
        server.Meter.CreateCounter<long>("a-b").Add(3, new KeyValuePair<string, object?>("x", "y"));
        string[] lines = [.. (await server.ScrapeLinesAsync()).Where(line => line.Contains("a_b", StringComparison.Ordinal))];
        Assert.Equal(["# TYPE a_b_total counter", "a_b_total{x=\"y\"} 3", "a_b_total 1"], lines);
    }

    [Fact]
    public async Task Scrape_OneNameTwoTypes_LeavesTheFamilyOut()
    {
        await using var server = await ScrapeServer.StartAsync();
        server.Meter.CreateObservableGauge("same.name", () => 1);
        server.Meter.CreateHistogram<double>("same_name").Record(1);
        server.Meter.CreateObservableGauge("other", () => 1);
        string[] lines = await server.ScrapeLinesAsync();
        Assert.DoesNotContain(lines, line => line.Contains("same_name", StringComparison.Ordinal));
        Assert.Contains("other 1", lines);
    }

    [Fact]
    public async Task Scrape_ExponentialHistogram_IsLeftOut()
    {
        await using var server = await ScrapeServer.StartAsync(build: b => b.AddView("e", new Base2ExponentialBucketHistogramConfiguration()));
        server.Meter.CreateHistogram<double>("e").Record(1);
        Assert.DoesNotContain(await server.ScrapeLinesAsync(), line => line.StartsWith("e_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Scrape_TargetInfo_CarriesTheResourceOnce()
    {
        await using var server = await ScrapeServer.StartAsync();
        server.Meter.CreateObservableGauge("target.info", () => 5);
        string text = await server.ScrapeAsync();
        Assert.Equal("# TYPE target_info gauge\n# HELP target_info Target metadata\ntarget_info{service_name=\"recorder \\\"one\\\"\"} 1\n", text);
    }

    [Fact]
    public async Task Scrape_InfoOff_IsBareAndMayBeEmpty()
    {
        await using var server = await ScrapeServer.StartAsync(options => (options.TargetInfoEnabled, options.ScopeInfoEnabled) = (false, false));
        Assert.Equal("", await server.ScrapeAsync());
        server.Meter.CreateObservableGauge("g", () => 5);
        Assert.Equal("# TYPE g gauge\ng 5\n", await server.ScrapeAsync());
    }

    [Fact]
    public async Task Scrape_Families_AreInTheOrderOfTheirNames()
    {
        await using var server = await ScrapeServer.StartAsync();
        foreach (string name in new[] { "zeta", "Alpha", "beta" }) server.Meter.CreateObservableGauge(name, () => 1);
        string[] samples = [.. (await server.ScrapeLinesAsync()).Where(line => !line.StartsWith('#')).Skip(1)];
        Assert.Equal(["Alpha 1", "beta 1", "zeta 1"], samples);
    }

    [Fact]
    public async Task Scrape_ThousandSeries_HoldsEachOnce()
    {
        await using var server = await ScrapeServer.StartAsync();
        var counter = server.Meter.CreateCounter<long>("many");
        for (int i = 0; i < 1000; i++) counter.Add(i + 1, new KeyValuePair<string, object?>("i", i));
        string[] lines =
            [.. (await server.ScrapeLinesAsync()).Where(line => line.StartsWith("many_total", StringComparison.Ordinal))
                    .Order(StringComparer.Ordinal)];
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => $"many_total{{i=\"{i}\"}} {i + 1}").Order(StringComparer.Ordinal), lines);
    }

    private static IEnumerable<Measurement<double>> Values(params double[] values)
        => values.Select((value, i) => new Measurement<double>(value, new KeyValuePair<string, object?>("i", i)));
}
