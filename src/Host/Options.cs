using System.Globalization;
using System.Net;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Journal;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Host.Metrics;

namespace StreamRecorder.Host;

/// <summary>A setting that is unknown or cannot be: stops the start with its sentence.</summary>
public sealed class OptionsException(string message) : Exception(message);

/// <summary>
/// Settings of one service, read from the section <c>StreamRecorder</c> of appsettings.json,
/// environment and command line, and checked before anything starts. Immutable.
/// </summary>
public sealed record Options
{
    public const string Section = "StreamRecorder";

    private const string AnyRoot = "Default";

    public string DataDirectory { get; init; } = "./data";

    /// <summary>Where webhooks, feeds and the API listen. Loopback unless told otherwise.</summary>
    public IReadOnlyList<string> Urls { get; init; } = ["http://127.0.0.1:8080"];

    /// <summary>Where health and metrics listen.</summary>
    public IReadOnlyList<string> ManagementUrls { get; init; } = ["http://127.0.0.1:9464"];

    /// <summary>Pairs of recorder and symbol that may ever hold a position; memory is taken as they are used.</summary>
    public int PositionsMax { get; init; } = 1_000_000;

    /// <summary>µs that a tick may be older than its symbol's newest.</summary>
    public long LateTolerance { get; init; } = 5 * Timestamp.Second;

    /// <summary>Well-formed signals a second that one recorder may send.</summary>
    public int HardRate { get; init; } = 1000;

    /// <summary>From where webhooks are taken; empty: from anywhere.</summary>
    public IReadOnlyList<IPNetwork> WebhookSources { get; init; } = [];

    /// <summary>Proxies that are believed when they say for whom they speak; only <see cref="WebhookSources"/> asks.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>Rows of snapshots written a second; 0 switches them off.</summary>
    public int SnapshotRows { get; init; } = 5000;

    /// <summary>How long, and how many bytes of it, the ledger of signals is kept; the oldest go first.</summary>
    public TimeSpan LedgerAge { get; init; } = Sink.SinkLimits.LedgerAge;
    public long LedgerBytes { get; init; } = Sink.SinkLimits.LedgerBytesMax;

    /// <summary>How long inputs stay in the journal after the database has them.</summary>
    public TimeSpan JournalAge { get; init; } = EngineLimits.JournalAge;

    /// <summary>Bytes of journal beyond which it gives up inputs that the database has, however young.</summary>
    public long JournalBytes { get; init; } = EngineLimits.JournalBytesMax;

    /// <summary>Bytes of one file of a journal that is made new.</summary>
    public long JournalSegmentBytes { get; init; } = JournalLimits.SegmentBytesDefault;

    /// <summary>False: nothing is measured and /metrics is not there.</summary>
    public bool MetricsEnabled { get; init; } = true;

    /// <summary>Recorders with series of their own, some 100 each; all others share one.</summary>
    public int MetricRecorders { get; init; } = 200;

    /// <summary>Pairs of recorder and symbol with series of their own for their open position; the rest is counted.</summary>
    public int MetricPairs { get; init; } = 1000;

    /// <summary>Where metrics are pushed to as well, by OTLP over HTTP; null: nowhere.</summary>
    public string? OtlpEndpoint { get; init; }

    /// <summary>
    /// When the market of a root trades, by root; <c>Default</c>, CME's unless set, for all others. Only metrics and their alerts ask.
    /// </summary>
    public IReadOnlyDictionary<string, TradingHours> TradingHours { get; init; } =
        new Dictionary<string, TradingHours>(StringComparer.OrdinalIgnoreCase) { [AnyRoot] = Metrics.TradingHours.Parse(Metrics.TradingHours.Cme) };

    /// <summary>Reads the section; every child must be a known setting with a value that it can have.</summary>
    public static Options Read(IConfiguration configuration)
    {
        var options = new Options();
        foreach (var setting in configuration.GetSection(Section).GetChildren()) options = options.With(setting);
        return options;
    }

    public TradingHours HoursOf(string root) => TradingHours.TryGetValue(root, out var hours) ? hours : TradingHours[AnyRoot];

    private Options With(IConfigurationSection setting) => setting.Key.ToUpperInvariant() switch
    {
        "DATADIRECTORY" => this with { DataDirectory = Text(setting) },
        "URLS" => this with { Urls = UrlList(setting) },
        "MANAGEMENTURLS" => this with { ManagementUrls = UrlList(setting) },
        "POSITIONSMAX" => this with { PositionsMax = Whole(setting, 1, HostLimits.PositionsMaxMax) },
        "LATETOLERANCE" => this with { LateTolerance = Seconds(setting) },
        "HARDRATE" => this with { HardRate = Whole(setting, 1, HostLimits.HardRateMax) },
        "WEBHOOKSOURCES" => this with { WebhookSources = Networks(setting, Ingest.Webhooks.WebhookSources.TradingViewName) },
        "TRUSTEDPROXIES" => this with { TrustedProxies = Networks(setting, null) },
        "SNAPSHOTROWS" => this with { SnapshotRows = Whole(setting, 0, HostLimits.SnapshotRowsMax) },
        "LEDGERDAYS" => this with { LedgerAge = TimeSpan.FromDays(Whole(setting, 1, HostLimits.LedgerDaysMax)) },
        "LEDGERBYTES" => this with { LedgerBytes = Whole(setting, HostLimits.LedgerBytesMin, HostLimits.LedgerBytesMax) },
        "JOURNALAGE" => this with { JournalAge = TimeSpan.FromSeconds(Whole(setting, 1, HostLimits.JournalAgeSecondsMax)) },
        "JOURNALBYTES" => this with { JournalBytes = Whole(setting, JournalLimits.PageBytesDefault, HostLimits.JournalBytesMax) },
        "JOURNALSEGMENTBYTES" =>
            this with { JournalSegmentBytes = PowerOfTwo(setting, HostLimits.JournalSegmentBytesMin, JournalLimits.SegmentBytesMax) },
        "METRICS" => this with { MetricsEnabled = Flag(setting) },
        "METRICRECORDERS" => this with { MetricRecorders = Whole(setting, 0, HostLimits.MetricRecordersMax) },
        "METRICPAIRS" => this with { MetricPairs = Whole(setting, 0, HostLimits.MetricPairsMax) },
        "TRADINGHOURS" => this with { TradingHours = Hours(setting) },
        "OTLPENDPOINT" => this with { OtlpEndpoint = OtlpUrl(setting) },
        _ => throw new OptionsException(
            $"The setting {setting.Path} is not known. Known are DataDirectory, Urls, ManagementUrls, PositionsMax, LateTolerance, HardRate, "
            + "WebhookSources, TrustedProxies, SnapshotRows, LedgerDays, LedgerBytes, JournalAge, "
            + "JournalBytes, JournalSegmentBytes, Metrics, MetricRecorders, MetricPairs, OtlpEndpoint and TradingHours."),
    };

    private static string Text(IConfigurationSection setting) =>
        string.IsNullOrWhiteSpace(setting.Value) ? throw Wrong(setting, "a text") : setting.Value;

    private static int Whole(IConfigurationSection setting, int min, int max) => (int)Whole(setting, (long)min, max);

    private static long Whole(IConfigurationSection setting, long min, long max) =>
        long.TryParse(setting.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max
            ? value
            : throw Wrong(setting, string.Create(CultureInfo.InvariantCulture, $"a whole number from {min} to {max}"));

    private static long PowerOfTwo(IConfigurationSection setting, long min, long max)
    {
        var value = Whole(setting, min, max);
        return long.IsPow2(value) ? value : throw Wrong(setting, "a power of two");
    }

    private static bool Flag(IConfigurationSection setting) =>
        bool.TryParse(setting.Value, out var value) ? value : throw Wrong(setting, "true or false");

    private Dictionary<string, TradingHours> Hours(IConfigurationSection setting)
    {
        if (setting.Value is not null)
            throw new OptionsException($"The setting {setting.Path} needs a root: {setting.Path}:ES, or {setting.Path}:{AnyRoot} for all others.");
        var hours = new Dictionary<string, TradingHours>(TradingHours, StringComparer.OrdinalIgnoreCase);
        foreach (var root in setting.GetChildren())
        {
            try
            {
                hours[root.Key] = Metrics.TradingHours.Parse(Text(root));
            }
            catch (FormatException e)
            {
                throw Wrong(root, e.Message);
            }
        }
        return hours;
    }

    private static string OtlpUrl(IConfigurationSection setting) =>
        Uri.TryCreate(setting.Value, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
            ? setting.Value
            : throw Wrong(setting, "an address such as http://127.0.0.1:4318/v1/metrics");

    private static long Seconds(IConfigurationSection setting) =>
        Fixed9.TryParse(setting.Value, out var value) == NumberError.None && value >= 0 && value <= HostLimits.LateToleranceSecondsMax * Fixed9.One
            ? value / (Fixed9.One / Timestamp.Second)
            : throw Wrong(setting, string.Create(CultureInfo.InvariantCulture, $"seconds from 0 to {HostLimits.LateToleranceSecondsMax}"));

    /// <param name="preset">A name that may stand for TradingView's addresses; null: there is none.</param>
    private static List<IPNetwork> Networks(IConfigurationSection setting, string? preset)
    {
        var networks = new List<IPNetwork>();
        foreach (var text in (setting.Value ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (preset is not null && text.Equals(preset, StringComparison.OrdinalIgnoreCase))
                networks.AddRange(Ingest.Webhooks.WebhookSources.TradingView);
            else if (Ingest.Webhooks.WebhookSources.TryParse(text, out var network)) networks.Add(network);
            else throw Wrong(setting, $"addresses such as 10.0.0.1 or 10.0.0.0/8{(preset is null ? "" : $", or {preset},")} separated by semicolons");
        }
        return networks.Count > 0 ? networks : throw Wrong(setting, "at least one address");
    }

    private static string[] UrlList(IConfigurationSection setting)
    {
        var urls = Text(setting).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (var url in urls)
            if (!IsListenable(url)) throw Wrong(setting, "an address such as http://127.0.0.1:8080 (several separated by a semicolon)");
        return urls.Length > 0 ? urls : throw Wrong(setting, "at least one address");
    }

    private static bool IsListenable(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttp && uri.PathAndQuery == "/" && uri.UserInfo.Length == 0;

    private static OptionsException Wrong(IConfigurationSection setting, string needed) =>
        new($"The setting {setting.Path} is \"{setting.Value}\", but {needed} is needed.");
}
