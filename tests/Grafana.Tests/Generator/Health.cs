using static StreamRecorder.Grafana.Tests.Generator.Panels;
using static StreamRecorder.Grafana.Tests.Generator.Promql;

namespace StreamRecorder.Grafana.Tests.Generator;

/// <summary>The first row of the Engine dashboard: eight figures that say whether the service is well.</summary>
internal static class Health
{
    // What came with a valid token.
    private const string Known = "outcome!~\"token_unknown|source_refused\"";

    // Refusals that are the service's own failing; the others are the sender's.
    private const string Failing = "outcome=~\"inbox_full|positions_full|commit_slow|journal_failed|shutting_down\"";

    /// <summary>
    /// Of what was the service at some time in the range: others have an "up" too. A service that recovers has no figures of its own yet.
    /// </summary>
    private static string Up =>
        $"({Any("up")} and on (job, instance) last_over_time({Own("start_time_seconds")}[$__range]))"
        + $" * (1 - 0.5 * ({Any("up")} == bool 1 unless on (job, instance) {Own("start_time_seconds")}) or {Any("up")})";

    public static Panel[] Row() => [.. Eight().Select(panel => panel with { Width = 3 })];

    /// <summary>On the Phone dashboard too.</summary>
    public static Panel Service() => Figure(
        "Service", "Whether Prometheus reaches the service, and whether it records or still recovers its state.", "none",
        $"min({Up})", "service") with
    {
        NoValue = "DOWN",
        Thresholds = Colours.OneIsGood,
        Mappings = [("0", "DOWN", "red"), ("0.5", "STARTING", "orange"), ("1", "UP", "green")],
        Options = Looks.Stat(hasGraph: false),
    };

    private static Panel[] Eight() =>
    [
        Service(),
        Figure("Version", "Version of the service that runs.", "none", $"max by (service_version) ({Shared("target_info")})", "{{service_version}}")
            with { Options = Looks.Stat(hasGraph: false, textMode: "name") },
        Figure("Journal", "Whether the journal can be written; when not, every signal is answered 503.", "none",
            $"max({Own("journal_faulted")})", "journal")
            with { Thresholds = Colours.ZeroIsGood, Mappings = [("0", "OK", "green"), ("1", "FAILED", "red")],
                Options = Looks.Stat(hasGraph: false) },
        Figure("Answered 503", "Share of the webhook requests that the service had to turn away.", "percentunit",
            $"sum({Rate(Own("webhook_requests_total", Failing))}) / (sum({Rate(Own("webhook_requests_total", Known))}) > 0)", "refused")
            with { NoValue = "no requests", Thresholds = [(null, "green"), (0.01, "red")] },
        Figure("Ack, 99 %", "99 of 100 webhooks are durable and answered within this time.", "s",
            Quantile(0.99, Rate(Own("webhook_ack_seconds_bucket"))), "p99")
            with { NoValue = "no requests", Thresholds = [(null, "green"), (0.5, "orange"), (1, "red")] },
        Figure("Database lag", "Age of the oldest output that the database has not yet.", "s", $"max({Own("sink_lag_seconds")})", "lag")
            with { Thresholds = [(null, "green"), (1, "orange"), (10, "red")] },
        Figure("Disk free", "Free share of the data's volume.", "percentunit",
            $"sum({Own("disk_bytes", "part=\"free\"")}) / sum({Own("disk_bytes")})", "free")
            with { Min = 0, Max = 1, Thresholds = [(null, "red"), (0.1, "orange"), (0.2, "green")] },
        Figure("Last recovery", "How long the last start took to rebuild the state.", "s", $"max({Own("recovery_seconds")})", "recovery")
            with { Options = Looks.Stat(hasGraph: false) },
    ];
}
