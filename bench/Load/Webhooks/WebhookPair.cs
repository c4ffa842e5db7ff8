using StreamRecorder.Load.Processes;
using StreamRecorder.Load.Reporting;

namespace StreamRecorder.Load.Webhooks;

/// <summary>
/// The program with as many recorders as connections and an empty endpoint, each a process of its own, each driven by a
/// process of its own with the same alerts: half in the native form, half in TradingView's, all with ids. Warm when made.
/// </summary>
internal sealed class WebhookPair : IAsyncDisposable
{
    private readonly Child _rival;
    private readonly Server _server;
    private readonly WebhookLoad _onRival;
    private readonly WebhookLoad _onServer;

    private WebhookPair(Child rival, Server server, WebhookLoad onRival, WebhookLoad onServer)
    {
        _rival = rival;
        _server = server;
        _onRival = onRival;
        _onServer = onServer;
    }

    public static async Task<WebhookPair> StartAsync(Bench bench)
    {
        var rival = Child.Start(new EmptyEndpoint());
        var rivalUrl = new Uri(await rival.LineAsync(line => line.StartsWith("http:", StringComparison.Ordinal)).ConfigureAwait(false));
        var server = await Server.StartAsync(bench.NewDirectory("webhooks"), "HardRate=1000000").ConfigureAwait(false);
        var tokens = await server.AddRecordersAsync(bench.Size.Connections).ConfigureAwait(false);
        var pair = new WebhookPair(rival, server, new WebhookLoad(rivalUrl, tokens), new WebhookLoad(server.Url, tokens));
        bench.Say("warming up");
        var warm = new Phase(bench.Size.Warm.TotalSeconds);
        await pair._onRival.RunAsync(warm).ConfigureAwait(false);
        await pair._onServer.RunAsync(warm).ConfigureAwait(false);
        await pair._server.SettleAsync().ConfigureAwait(false);
        return pair;
    }

    /// <summary>Both under the same phase; the rival last.</summary>
    public IReadOnlyList<Contender> Under(Phase phase) =>
    [
        new("StreamRecorder, durable", async () =>
        {
            var (before, loadBefore) = (_server.ProcessorTime, _onServer.ProcessorTime);
            var result = (await _onServer.RunAsync(phase).ConfigureAwait(false))[0];
            await _server.SettleAsync().ConfigureAwait(false);
            return SampleOf(result, _server.ProcessorTime - before, _onServer.ProcessorTime - loadBefore);
        }),
        new("empty endpoint", async () =>
        {
            var (before, loadBefore) = (_rival.ProcessorTime, _onRival.ProcessorTime);
            var result = (await _onRival.RunAsync(phase).ConfigureAwait(false))[0];
            return SampleOf(result, _rival.ProcessorTime - before, _onRival.ProcessorTime - loadBefore);
        }),
    ];

    public async ValueTask DisposeAsync()
    {
        await _onServer.DisposeAsync().ConfigureAwait(false);
        await _onRival.DisposeAsync().ConfigureAwait(false);
        await _server.DisposeAsync().ConfigureAwait(false);
        await _rival.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Processor time of the server includes what it writes after the last answer.</summary>
    private static Sample SampleOf(PhaseResult result, TimeSpan server, TimeSpan load) => new(result.Rate, result.Latency)
    {
        Notes = new Dictionary<string, double>
        {
            ["refused"] = result.Refused,
            ["server µs/request"] = server.TotalMicroseconds / Math.Max(1, result.Accepted),
            ["load µs/request"] = load.TotalMicroseconds / Math.Max(1, result.Accepted),
        },
    };
}
