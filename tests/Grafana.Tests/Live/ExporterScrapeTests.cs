using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using Xunit;

namespace StreamRecorder.Grafana.Tests.Live;

/// <summary>A real Prometheus, which asks for OpenMetrics first, takes what the exporter answers, and reads the same figures.</summary>
public sealed class ExporterScrapeTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Scrape_ByPrometheus_ReadsTheSameFigures()
    {
        using var meter = new Meter("Test.ExporterScrape");
        await using var application = Start(meter);
        await application.StartAsync(Cancellation);
        meter.CreateCounter<long>("ticks").Add(42, new KeyValuePair<string, object?>("feed", "a\"b\\c"));
        var histogram = meter.CreateHistogram("pnl", null, null, null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [-10, 0, 10] });
        foreach (double value in new[] { -20, -5, 5, 5 }) histogram.Record(value);

        await using var server =
            await PrometheusServer.StartAsync(new Uri(application.Urls.First()).Authority, TimeSpan.FromMilliseconds(500), Cancellation);
        await server.WaitAsync("up", answer => answer.Series is [{ Value: 1 }], Limit, Cancellation);
        await AssertAnswerAsync(server, "ticks_total{feed=\"a\\\"b\\\\c\",otel_scope_name=\"Test.ExporterScrape\"}", 42);
        await AssertAnswerAsync(server, "sum(pnl_sum)", -15);
        await AssertAnswerAsync(server, "pnl_bucket{le=\"0\"}", 2);
        await AssertAnswerAsync(server, "histogram_quantile(0.75, pnl_bucket)", 5);
        await AssertAnswerAsync(server, "count(target_info)", 1);
    }

    private static WebApplication Start(Meter meter)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(_ => Sdk.CreateMeterProviderBuilder().AddMeter(meter.Name).AddPrometheusExporter().Build());
        var application = builder.Build();
        application.MapPrometheusScrapingEndpoint();
        return application;
    }

    private static async Task AssertAnswerAsync(PrometheusServer server, string expression, double expected)
    {
        var answer = await server.QueryAsync(expression, Cancellation);
        Assert.Null(answer.Error);
        Assert.Equal(expected, Assert.Single(answer.Series).Value, 1e-9);
    }
}
