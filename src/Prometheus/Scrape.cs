namespace OpenTelemetry.Exporter.Prometheus;

/// <summary>How a scrape ended.</summary>
internal enum ScrapeOutcome
{
    Rendered,

    /// <summary>An instrument or the rendering failed; see <see cref="Scrape.Error"/>.</summary>
    Failed,

    /// <summary>An earlier collection did not end within the time that this scrape had.</summary>
    TimedOut,

    ShutDown,
}

/// <summary>One scrape's result; <paramref name="Body"/> is the exposition when it was rendered, else empty.</summary>
internal sealed record Scrape(ScrapeOutcome Outcome, ReadOnlyMemory<byte> Body, Exception? Error = null)
{
    public static readonly Scrape TimedOut = new(ScrapeOutcome.TimedOut, default);
    public static readonly Scrape ShutDown = new(ScrapeOutcome.ShutDown, default);
}
