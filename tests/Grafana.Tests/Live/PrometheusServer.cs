using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using StreamRecorder.Grafana.Tests.Rules;
using Xunit;

namespace StreamRecorder.Grafana.Tests.Live;

/// <summary>
/// A real Prometheus on a free loopback port, with a directory of its own, the rules of this project,
/// and one target to scrape. A test that starts one is skipped where Prometheus is not installed.
/// </summary>
public sealed class PrometheusServer : IAsyncDisposable
{
    // Another process may take the port between the moment it was found free and Prometheus' start.
    private const int StartsMax = 3;
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    private readonly DirectoryInfo _folder;
    private readonly Process _process;
    private readonly Task<string> _log;
    private readonly HttpClient _client;

    private PrometheusServer(DirectoryInfo folder, Process process, int port)
    {
        (_folder, _process) = (folder, process);
        _log = process.StandardError.ReadToEndAsync();
        _client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = ReadyLimit };
    }

    public Uri Address => _client.BaseAddress!;

    /// <summary>Starts and waits until queries are answered. <paramref name="target"/> is host and port of what serves <c>/metrics</c>.</summary>
    public static Task<PrometheusServer> StartAsync(string target, TimeSpan scrapeInterval, CancellationToken cancellation)
        => StartAsync([target], scrapeInterval, rules => rules, cancellation);

    /// <summary>The same with several targets, and with the rule files as <paramref name="change"/> makes them.</summary>
    public static async Task<PrometheusServer> StartAsync(
        IReadOnlyList<string> targets, TimeSpan scrapeInterval, Func<string, string> change, CancellationToken cancellation)
    {
        for (int start = 1; ; start++)
        {
            var server = Start(targets, scrapeInterval, change);
            if (await server.IsReadyAsync(cancellation)) return server;
            await server.DisposeAsync();
            if (start == StartsMax) throw new InvalidOperationException("Prometheus did not start: " + await server._log);
        }
    }

    /// <summary>The answer now.</summary>
    public Task<PrometheusAnswer> QueryAsync(string expression, CancellationToken cancellation)
        => AskAsync("/api/v1/query", new() { ["query"] = expression }, cancellation);

    /// <summary>The answer over the last <paramref name="range"/>, as a panel asks.</summary>
    public Task<PrometheusAnswer> QueryRangeAsync(string expression, TimeSpan range, CancellationToken cancellation)
    {
        double now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0;
        return AskAsync("/api/v1/query_range", new()
        {
            ["query"] = expression,
            ["start"] = Text(now - range.TotalSeconds),
            ["end"] = Text(now),
            ["step"] = "1",
        }, cancellation);
    }

    /// <summary>Asks again and again until the answer is as wanted; throws with the last one when it is not within the limit.</summary>
    public async Task<PrometheusAnswer> WaitAsync(
        string expression, Predicate<PrometheusAnswer> isWanted, TimeSpan limit, CancellationToken cancellation)
    {
        long started = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(PollInterval);
        while (true)
        {
            var answer = await QueryAsync(expression, cancellation);
            if (isWanted(answer)) return answer;
            if (Stopwatch.GetElapsedTime(started) > limit) throw new TimeoutException($"{expression} is not as wanted within {limit}: {answer}");
            await timer.WaitForNextTickAsync(cancellation);
        }
    }

    /// <summary>Names and expressions of the rules as Prometheus has read them.</summary>
    public async Task<IReadOnlyList<(string Name, string Expression)>> RulesAsync(CancellationToken cancellation)
    {
        using var document = JsonDocument.Parse(await _client.GetStringAsync(new Uri("/api/v1/rules", UriKind.Relative), cancellation));
        var groups = document.RootElement.GetProperty("data").GetProperty("groups").EnumerateArray();
        var rules = groups.SelectMany(group => group.GetProperty("rules").EnumerateArray());
        return [.. rules.Select(rule => (rule.GetProperty("name").GetString()!, rule.GetProperty("query").GetString()!))];
    }

    /// <summary>Names of the alerts that fire now, each with the instance that it is about ("" when it is about none).</summary>
    public async Task<IReadOnlyList<(string Alert, string Instance)>> FiringAsync(CancellationToken cancellation)
    {
        using var document = JsonDocument.Parse(await _client.GetStringAsync(new Uri("/api/v1/alerts", UriKind.Relative), cancellation));
        var alerts = document.RootElement.GetProperty("data").GetProperty("alerts").EnumerateArray();
        var firing = alerts.Where(alert => alert.GetProperty("state").GetString() == "firing").Select(alert => alert.GetProperty("labels"));
        return [.. firing.Select(
                labels => (labels.GetProperty("alertname").GetString()!,
                    labels.TryGetProperty("instance", out var instance) ? instance.GetString()! : ""))];
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        // What it has stored goes with it, so it need not write anything down.
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        await _log;
        _process.Dispose();
        if (_folder.Exists) _folder.Delete(recursive: true);
    }

    private static PrometheusServer Start(IReadOnlyList<string> targets, TimeSpan scrapeInterval, Func<string, string> change)
    {
        var folder = Directory.CreateTempSubdirectory("prometheus-");
        int port = FreePort();
        string config = Path.Combine(folder.FullName, "prometheus.yml");
        File.WriteAllText(config, ConfigOf(targets, scrapeInterval));
        foreach (string path in GrafanaFolder.RuleFiles)
            File.WriteAllText(Path.Combine(folder.FullName, Path.GetFileName(path)), change(File.ReadAllText(path)));
        string[] arguments =
        [
            "--config.file=" + config,
            "--storage.tsdb.path=" + Path.Combine(folder.FullName, "data"),
            $"--web.listen-address=127.0.0.1:{port}",
            "--log.level=warn",
        ];
        try
        {
            return new PrometheusServer(folder, Process.Start(new ProcessStartInfo("prometheus", arguments) { RedirectStandardError = true })!, port);
        }
        catch (Win32Exception)
        {
            folder.Delete(recursive: true);
            Assert.Skip(Promtool.Missing);
            throw;
        }
    }

    private static string ConfigOf(IReadOnlyList<string> targets, TimeSpan scrapeInterval)
    {
        string interval = Text(scrapeInterval.TotalMilliseconds) + "ms";
        string[] lines =
        [
            "global:", $"  scrape_interval: {interval}", $"  scrape_timeout: {interval}", $"  evaluation_interval: {interval}",
            "rule_files:", .. GrafanaFolder.RuleFiles.Select(path => $"  - '{Path.GetFileName(path)}'"),
            "scrape_configs:", "  - job_name: streamrecorder", "    static_configs:",
            $"      - targets: [{string.Join(", ", targets.Select(target => $"'{target}'"))}]",
        ];
        return string.Join('\n', lines) + "\n";
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<bool> IsReadyAsync(CancellationToken cancellation)
    {
        long started = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(PollInterval);
        while (!_process.HasExited && Stopwatch.GetElapsedTime(started) < ReadyLimit)
        {
            try
            {
                using var response = await _client.GetAsync(new Uri("/-/ready", UriKind.Relative), cancellation);
                if (response.IsSuccessStatusCode) return true;
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }
            await timer.WaitForNextTickAsync(cancellation);
        }
        return false;
    }

    private async Task<PrometheusAnswer> AskAsync(string path, Dictionary<string, string> form, CancellationToken cancellation)
    {
        using var content = new FormUrlEncodedContent(form);
        using var response = await _client.PostAsync(new Uri(path, UriKind.Relative), content, cancellation);
        return PrometheusAnswer.Parse(await response.Content.ReadAsStringAsync(cancellation));
    }

    private static string Text(double number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
