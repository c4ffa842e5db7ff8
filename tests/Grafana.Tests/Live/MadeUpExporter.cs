using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using StreamRecorder.Grafana.Tests.Linting;

namespace StreamRecorder.Grafana.Tests.Live;

/// <summary>
/// Serves every listed metric with every listed label value, made up so that a position is open, trades close, and all
/// that counts rises with each scrape. What it is for: that the expressions name and join what the list says is there.
/// </summary>
public sealed class MadeUpExporter : IAsyncDisposable
{
    private static readonly Dictionary<string, Func<double>> Gauges = new()
    {
        ["streamrecorder_open_worst_pnl"] = () => -20,
        ["streamrecorder_open_unrealized_pnl"] = () => -12.5,
        ["streamrecorder_drawdown_limit"] = () => 500,
        ["streamrecorder_inbox_capacity"] = () => 1024,
        ["streamrecorder_journal_faulted"] = () => 0,
        ["streamrecorder_unpriced_positions"] = () => 0,
        ["streamrecorder_open_pairs_beyond_limit"] = () => 0,
        ["streamrecorder_held_price_timestamp_seconds"] = SecondsAgo,
        ["streamrecorder_feed_last_tick_timestamp_seconds"] = SecondsAgo,
    };

    private readonly WebApplication _application;
    private readonly MetricList _metrics;
    private long _scrapes;

    private MadeUpExporter(WebApplication application, MetricList metrics) => (_application, _metrics) = (application, metrics);

    /// <summary>Host and port, as a scrape target is named.</summary>
    public string Target => new Uri(_application.Urls.First()).Authority;

    public static async Task<MadeUpExporter> StartAsync(MetricList metrics)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var exporter = new MadeUpExporter(builder.Build(), metrics);
        exporter._application.MapGet("/metrics", () => Results.Text(exporter.Render(), "text/plain; version=0.0.4"));
        await exporter._application.StartAsync();
        return exporter;
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private static double SecondsAgo() => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0 - 3;

    /// <summary>One scrape; with it, everything that counts rises.</summary>
    public string Render()
    {
        long scrape = Interlocked.Increment(ref _scrapes);
        var text = new StringBuilder();
        foreach (var metric in _metrics.All)
        {
            text.Append(CultureInfo.InvariantCulture, $"# HELP {metric.Name} {metric.Help}\n# TYPE {metric.Name} {metric.Kind}\n");
            // Each metric from a meter of its own: no expression may depend on which meter an instrument belongs to.
            foreach (string labels in Combinations($"otel_scope_name=\"{metric.Name}\"", metric.Labels)) Append(text, metric, labels, scrape);
        }
        return text.ToString();
    }

    private static void Append(StringBuilder text, ListedMetric metric, string labels, long scrape)
    {
        if (metric.Kind == "histogram")
        {
            AppendHistogram(text, metric, labels, scrape);
            return;
        }
        double value = metric.Kind == "counter" ? scrape : Gauges.TryGetValue(metric.Name, out var gauge) ? gauge() : 1;
        text.Append(CultureInfo.InvariantCulture, $"{metric.Name}{{{labels}}} {value}\n");
    }

    /// <summary>One observation in each bucket with each scrape.</summary>
    private static void AppendHistogram(StringBuilder text, ListedMetric metric, string labels, long scrape)
    {
        long below = 0;
        foreach (double bound in metric.Buckets.Append(double.PositiveInfinity))
        {
            below += scrape;
            string le = double.IsPositiveInfinity(bound) ? "+Inf" : bound.ToString(CultureInfo.InvariantCulture);
            text.Append(CultureInfo.InvariantCulture, $"{metric.Name}_bucket{{{labels},le=\"{le}\"}} {below}\n");
        }
        text.Append(CultureInfo.InvariantCulture, $"{metric.Name}_sum{{{labels}}} {scrape}\n{metric.Name}_count{{{labels}}} {below}\n");
    }

    private static IEnumerable<string> Combinations(string first, IReadOnlyDictionary<string, IReadOnlyList<string>> labels)
    {
        IEnumerable<string> combinations = [first];
        foreach (var (label, values) in labels) combinations =
            [.. combinations.SelectMany(left => values.Select(value => $"{left},{label}=\"{value}\""))];
        return combinations;
    }
}
