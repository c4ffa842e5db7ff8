using static StreamRecorder.Grafana.Tests.Generator.Panels;
using static StreamRecorder.Grafana.Tests.Generator.Promql;

namespace StreamRecorder.Grafana.Tests.Generator;

/// <summary>How the service does: first whether it is healthy, then each station of the flow from the way in to the disk.</summary>
internal static class EngineDashboard
{
    private const string Refused = "outcome!~\"accepted|duplicate|ignored\"";

    public static Dashboard Make() => new Dashboard(
            "streamrecorder-engine", "StreamRecorder / Engine",
            "Latency, queues, journal, database, feeds, disk and runtime of the service.", "now-1h")
        .Row("Is it healthy?", Health.Row())
        .Row("Webhooks", Webhooks())
        .Row("Ticks and feeds", Ticks())
        .Row("Inbox and journal", Journal())
        .Row("Database and disk", Database())
        .ClosedRow("Runtime", Runtime());

    private static Panel[] Webhooks() =>
    [
        StackedLines("Requests by outcome", "Webhook requests per second; names other than accepted, duplicate and ignored are refusals.", "reqps",
            new Query($"sum by (outcome) ({Rate(Own("webhook_requests_total"))}) > 0", "{{outcome}}")) with { NoValue = "no requests" },
        Bars("Refused or ignored, by reason",
            "Requests refused, or with nothing to do, in the time range. Stale and same_time: alerts arrived late or swapped.", "short",
            $"round(sum by (reason) ({Increase(Own("webhook_ignored_total"))}"
            + $" or label_replace({Increase(Own("webhook_requests_total", Refused))}, \"reason\", \"$1\", \"outcome\", \"(.*)\"))) > 0",
            "{{reason}}") with { NoValue = "none" },
        Percentiles("Ack time", "From a webhook's arrival to its durable answer.", "webhook_ack_seconds"),
        Buckets("Ack time, all requests", "How many webhooks were answered within which time.", "webhook_ack_seconds"),
    ];

    private static Panel[] Ticks() =>
    [
        StackedLines("Ticks", "Ticks applied per second, by feed.", "cps", new Query($"sum by (feed) ({Rate(Own("ticks_total"))})", "{{feed}}"))
            with { Options = Looks.Lines("mean", "max") },
        Lines("Merged, late, forgotten",
            "Merged ticks change no figure; late ones were not applied. Of forgotten signals (too many to remember) a repeat would be a new order.",
            "cps",
            new Query($"sum({Rate(Own("ticks_merged_total"))})", "merged"),
            new Query($"sum by (feed) ({Rate(Own("ticks_late_total"))})", "late, {{feed}}"),
            new Query($"sum by (kind) ({Rate(Own("repeats_forgotten_total"))})", "forgotten, {{kind}}")),
        Percentiles("Tick apply time", "From a tick's arrival to its being applied, the oldest tick of each batch.", "tick_apply_seconds"),
        Buckets("Tick apply time, all batches", "How many batches of ticks were applied within which time.", "tick_apply_seconds"),
        States("Feeds", "Whether each feed is connected.", $"min by (feed) ({Own("feed_connected")})", "{{feed}}")
            with { Width = 12, Mappings = [("0", "disconnected", "red"), ("1", "connected", "green")] },
        Lines("Time since the last tick", "Of each feed; grows while its markets are closed.", "s",
            new Query($"time() - ({Own("feed_last_tick_timestamp_seconds")} > 0)", "{{feed}}"))
            with { Width = 12, NoValue = "no tick yet", Options = Looks.Lines("lastNotNull") },
    ];

    private static Panel[] Journal() =>
    [
        Lines("Inbox, share of its capacity", "At 100 % signals are answered 503 and feeds wait.", "percentunit",
            new Query($"max by (kind) ({Own("inbox_depth")} / on (job, instance, kind) {Own("inbox_capacity")})", "{{kind}}"))
            with { Max = 1, Options = Looks.Lines("max", "lastNotNull") },
        Percentiles("Journal commit", "Writing through one commit; every answer waits for one.", "journal_commit_seconds"),
        Lines("Journal bytes", "Bytes appended to the journal per second.", "Bps", new Query($"sum({Rate(Own("journal_bytes_total"))})", "appended")),
        Buckets("Journal commit, all commits", "How many commits took how long.", "journal_commit_seconds"),
    ];

    private static Panel[] Database() =>
    [
        Percentiles("Database flush", "One transaction of the database.", "sink_flush_seconds"),
        Lines("Rows a transaction", "Median and 99 % of the rows written at once.", "short",
            new Query(Quantile(0.5, Rate(Own("sink_batch_rows_bucket"))), "p50"),
            new Query(Quantile(0.99, Rate(Own("sink_batch_rows_bucket"))), "p99")) with
                { NoValue = "nothing to write", Options = Looks.Lines("lastNotNull") },
        StackedLines("Disk", "The data's volume: journal, database, what others use, and what is free.", "bytes",
            new Query($"sum by (part) ({Own("disk_bytes")})", "{{part}}")) with { Options = Looks.Lines("lastNotNull") },
    ];

    private static Panel[] Runtime() =>
    [
        StackedLines("Processor", "Share of all processors in use.", "percentunit",
            new Query($"sum by (cpu_mode) ({RuntimeRate("process_cpu_time_seconds_total")}) / scalar(sum({Runtime("process_cpus")}))",
                "{{cpu_mode}}")),
        Lines("Memory", "Physical memory of the process, and what of it is heap.", "bytes",
            new Query($"sum({Runtime("process_memory_working_set_bytes")})", "working set"),
            new Query($"sum by (gc_heap_generation) ({Runtime("gc_last_collection_heap_size_bytes")})", "heap {{gc_heap_generation}}")),
        Lines("Allocation", "Bytes allocated per second.", "Bps",
            new Query($"sum({RuntimeRate("gc_heap_total_allocated_bytes_total")})", "allocated")),
        Lines("Collections", "Garbage collections per second, by generation.", "cps",
            new Query($"sum by (gc_heap_generation) ({RuntimeRate("gc_collections_total")})", "{{gc_heap_generation}}")),
        Lines("Paused in collections", "Share of the time in which the runtime stood still.", "percentunit",
            new Query($"sum({RuntimeRate("gc_pause_time_seconds_total")})", "paused")) with { Options = Looks.Lines("max", "lastNotNull") },
        Lines("Thread pool", "Threads, and work that waits for one.", "short",
            new Query($"sum({Runtime("thread_pool_thread_count_total")})", "threads"),
            new Query($"sum({Runtime("thread_pool_queue_length_total")})", "waiting")),
        Lines("Exceptions", "Exceptions thrown per second, by type.", "cps",
            new Query($"sum by (error_type) ({RuntimeRate("exceptions_total")}) > 0", "{{error_type}}")) with { Width = 12, NoValue = "none" },
        Lines("Contended locks", "Waits for a lock per second.", "cps",
            new Query($"sum({RuntimeRate("monitor_lock_contentions_total")})", "contended"))
            with { Width = 12 },
    ];

    /// <summary>Other programs of this runtime have the same names.</summary>
    private static string Runtime(string name) => Shared("dotnet_" + name);

    private static string RuntimeRate(string name) => $"({Rate(Any("dotnet_" + name))} and on (job, instance) {Own("start_time_seconds")})";

    private static Panel Percentiles(string title, string description, string histogram)
    {
        string rate = Rate(Own(histogram + "_bucket"));
        var queries = new[] { new Query(Quantile(0.5, rate), "p50"), new Query(Quantile(0.9, rate), "p90"), new Query(Quantile(0.99, rate), "p99") };
        return Lines(title, description, "s", queries) with { NoValue = "nothing observed", Options = Looks.Lines("max", "lastNotNull") };
    }

    private static Panel Buckets(string title, string description, string histogram)
        => Heatmap(title, description, $"sum by (le) ({Rate(Own(histogram + "_bucket"))})");
}
