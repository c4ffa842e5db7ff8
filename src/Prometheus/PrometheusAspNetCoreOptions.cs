namespace OpenTelemetry.Exporter;

/// <summary>Settings of the scrape endpoint: those of the package's that this stand-in honours, with the package's names and defaults.</summary>
public sealed class PrometheusAspNetCoreOptions
{
    internal const string DefaultScrapeEndpointPath = "/metrics";

    /// <summary>Where the endpoint is mapped when the call to map it names no path.</summary>
    public string? ScrapeEndpointPath { get; set; } = DefaultScrapeEndpointPath;

    /// <summary>How long one rendering answers further scrapes; 0 renders each anew.</summary>
    public int ScrapeResponseCacheDurationMilliseconds { get; set; } = 300;

    /// <summary>Whether each sample says which meter it comes from (<c>otel_scope_…</c>).</summary>
    public bool ScopeInfoEnabled { get; set; } = true;

    /// <summary>Whether <c>target_info</c> carries the resource's attributes.</summary>
    public bool TargetInfoEnabled { get; set; } = true;

    /// <summary>Whether counters keep their names instead of getting <c>_total</c>.</summary>
    public bool DisableTotalNameSuffixForCounters { get; set; }

    /// <summary>The clock of the cache; a test hands in its own.</summary>
    internal TimeProvider TimeProvider { get; set; } = TimeProvider.System;
}
