namespace StreamRecorder.Grafana.Tests.Generator;

/// <summary>Pieces of expressions that all dashboards share.</summary>
internal static class Promql
{
    private const string Target = "job=~\"$job\",instance=~\"$instance\"";

    /// <summary>A series of the service, narrowed to the chosen job and instance.</summary>
    public static string Own(string name, string matchers = "") => Any("streamrecorder_" + name, matchers);

    public static string Any(string name, string matchers = "") => $"{name}{{{Target}{(matchers.Length > 0 ? "," : "")}{matchers}}}";

    public static string Rate(string series) => $"rate({series}[$__rate_interval])";

    public static string Increase(string series) => $"increase({series}[$__range])";

    /// <summary>
    /// What came on top within the range, exactly: <c>increase()</c> extrapolates and misses the first observation of a histogram, which has no series
    /// before it. Of an instance that began within the range all series count whole: comparing some of them with what they were before the restart
    /// would take what one lost from what another gained. Else the difference; whole if the series began within the range; and where Prometheus knows
    /// nothing of the range's beginning, what came since it does.
    /// </summary>
    public static string Gained(string series, string range = "$__range", string seconds = "$__range_s")
    {
        string began = Own("start_time_seconds");
        return $"({series} and on (job, instance) {began} >= time() - {seconds}"
            + $" or {series} - {series} offset {range}"
            + $" or {series} and on (job, instance) {began} offset {range}"
            + $" or {series} - min_over_time({series}[{range}]))";
    }

    /// <summary>Of the service alone, whatever else has a metric of that name.</summary>
    public static string Shared(string name, string matchers = "") => $"({Any(name, matchers)} and on (job, instance) {Own("start_time_seconds")})";

    public static string Quantile(double quantile, string buckets, string by = "le")
        => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"histogram_quantile({quantile}, sum by ({by}) ({buckets}))");

    /// <summary>Money won less money lost within the range, by currency; amounts of different currencies are never added up.</summary>
    public static string Realized(string matchers)
        => $"sum by (currency) ({Gained(Own("closed_profit_total", matchers))}) - sum by (currency) ({Gained(Own("closed_loss_total", matchers))})";

    /// <summary>
    /// Seconds since the last tick of each root that open positions depend on (the time is 0 while flat), while its market is open.
    /// </summary>
    public static string PriceAge() =>
        $"(time() - ({Own("held_price_timestamp_seconds")} > 0)) and on (job, instance, root) {Own("market_open")} == 1";
}
