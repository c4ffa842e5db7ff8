using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace OpenTelemetry.Exporter.Prometheus;

/// <summary>
/// Answers one GET: 200 with text 0.0.4 whatever Accept says (every scraper takes it), 503 when stopping or too slow, 500 when an instrument failed.
/// </summary>
internal sealed class ScrapeEndpoint(PrometheusExporter exporter, ILogger logger)
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";
    private const string TimeoutHeader = "X-Prometheus-Scrape-Timeout-Seconds";

    // Prometheus' own default; a scraper that waits for less says so in the header.
    private static readonly TimeSpan LimitMax = TimeSpan.FromSeconds(10);

    // 1 while scrapes fail, so that an outage is logged once.
    private int _isFailing;

    public async Task AnswerAsync(HttpContext context)
    {
        try
        {
            await WriteAsync(context, await exporter.ScrapeAsync(LimitOf(context.Request), context.RequestAborted));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The scraper has left; there is nobody to answer.
        }
    }

    private static TimeSpan LimitOf(HttpRequest request)
    {
        string? text = request.Headers[TimeoutHeader];
        bool isGiven = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds);
        return isGiven && seconds > 0 && seconds < LimitMax.TotalSeconds ? TimeSpan.FromSeconds(seconds) : LimitMax;
    }

    private async Task WriteAsync(HttpContext context, Scrape scrape)
    {
        Log(scrape);
        var response = context.Response;
        response.StatusCode = scrape.Outcome switch
        {
            ScrapeOutcome.Rendered => StatusCodes.Status200OK,
            ScrapeOutcome.Failed => StatusCodes.Status500InternalServerError,
            _ => StatusCodes.Status503ServiceUnavailable,
        };
        if (scrape.Outcome != ScrapeOutcome.Rendered) return;
        response.ContentType = ContentType;
        response.ContentLength = scrape.Body.Length;
        if (!HttpMethods.IsHead(context.Request.Method)) await response.Body.WriteAsync(scrape.Body, context.RequestAborted);
    }

    private void Log(Scrape scrape)
    {
        bool isFailing = scrape.Outcome is ScrapeOutcome.Failed or ScrapeOutcome.TimedOut;
        bool wasFailing = Interlocked.Exchange(ref _isFailing, isFailing ? 1 : 0) == 1;
        if (isFailing && !wasFailing) logger.LogError(scrape.Error, "A scrape {Outcome}; it is logged again once one has succeeded.", scrape.Outcome);
    }
}
