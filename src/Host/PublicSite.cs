using Microsoft.AspNetCore.Hosting.Server;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Engine.Signals;
using StreamRecorder.Host.Api;
using StreamRecorder.Host.Metrics;
using StreamRecorder.Host.OpenApi;
using StreamRecorder.Host.Reading;
using StreamRecorder.Host.Web;
using StreamRecorder.Ingest;
using StreamRecorder.Ingest.Socket;
using StreamRecorder.Ingest.Ticks;
using StreamRecorder.Ingest.Webhooks;
using StreamRecorder.Sink;

namespace StreamRecorder.Host;

/// <summary>All routes of the public address. Also built without a listener, for command-line verbs while no service runs.</summary>
public sealed class PublicSite : IAsyncDisposable
{
    private readonly Queries _queries;
    private readonly WebhookEndpoint _webhook;
    private readonly LedgerRetry _retry;

    public PublicSite(Composition pipe, Options options, TimeProvider time, ILoggerFactory logs, IServer? server = null, Telemetry? telemetry = null)
    {
        _queries = new Queries(pipe.Database);
        App = Listener.Build(options.Urls, HostLimits.ConnectionsMax, logs, services => services.AddDescription(), server);
        _webhook = Webhook(pipe, options, time);
        App.UseWebhook(_webhook);
        App.UseRouting();
        App.UseWebSockets();
        App.Use(new RequestGuard(pipe.Engine).InvokeAsync);
        MapIntake(pipe, time, telemetry);
        var recorders = new RecorderIds(pipe.Engine, pipe.Outbox, _queries, time);
        var positions = new PositionsReader(pipe.Client, recorders, new ClosedReader(pipe.Outbox, _queries), _queries);
        var ledger = new LedgerReader(recorders, pipe.Outbox, _queries.Ledger, pipe.Marks);
        new PositionsApi(pipe.Client, positions, pipe.Symbols).Map(App);
        new TradeHistoryApi(positions).Map(App);
        _retry = new LedgerRetry(ledger, pipe.Client, pipe.Symbols, () => pipe.Engine.Directory);
        new SignalsApi(ledger, _retry).Map(App);
        new RecordersApi(pipe.Client, pipe.Tables).Map(App);
        new KeysApi(pipe.Client, pipe.Tables).Map(App);
        new InstrumentsApi(pipe.Client, pipe.Tables).Map(App);
        new FrontContractsApi(pipe.Client, pipe.Tables, pipe.Symbols).Map(App);
        App.MapOpenApi();
    }

    public WebApplication App { get; }

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync().ConfigureAwait(false);
        _webhook.Dispose();
        _retry.Dispose();
        _queries.Dispose();
    }

    /// <summary>
    /// An answer that was not written whole may be sent for again; keys need no help. Told to the engine
    /// in the background: under overload it tries for as long as a sender waits before its second try.
    /// </summary>
    private static async Task DoubtAsync(EngineClient engine, long recorderId, Signal signal, SignalAnswer answer)
    {
        for (var tries = 0; signal.Key is null && tries < HostLimits.DoubtTries; tries++)
        {
            var doubt = new DoubtDelivery(recorderId, signal.BodyHash, answer.Sequence) { ReceivedAt = engine.Now };
            var reply = await engine.SendAsync(doubt).ConfigureAwait(false);
            if (reply.Refusal is null) return;
            await Task.Delay(HostLimits.DoubtPause).ConfigureAwait(false);
        }
    }

    private static WebhookEndpoint Webhook(Composition pipe, Options options, TimeProvider time) => new(
        pipe.Inbox, pipe.Symbols, () => pipe.Engine.Directory, time, new WebhookMetrics(),
        new WebhookSettings
        {
            SignalsPerSecond = options.HardRate,
            Sources = options.WebhookSources.Count == 0 ? null : new WebhookSources(options.WebhookSources, options.TrustedProxies),
            Answered = pipe.Marks.Mark,
            LeftInDoubt = (recorderId, signal, answer) => _ = DoubtAsync(pipe.Client, recorderId, signal, answer),
        });

    private void MapIntake(Composition pipe, TimeProvider time, Telemetry? telemetry)
    {
        // The endpoint keeps the beginning of what is too long.
        App.MapWebhook(_webhook).WithMetadata(BodyLimit.None).Describe(Docs.Webhook);
        App.MapWebhookTest(new WebhookTest(pipe.Inbox, pipe.Symbols, () => pipe.Engine.Directory, time)).WithMetadata(BodyLimit.None)
            .Describe(Docs.WebhookTest);
        var feeds = new LiveFeeds(pipe.Inbox, time);
        var ticks = new TickEndpoint(pipe.Inbox, pipe.Symbols, time, feeds, App.Lifetime.ApplicationStopping);
        var socket = new TickSocket(pipe.Inbox, pipe.Symbols, time, feeds, App.Lifetime.ApplicationStopping);
        App.MapTickSocket(socket).WithMetadata(new NeedsScope(KeyScope.Feed)).Describe(Docs.TickSocket);
        App.MapTicks(ticks).WithMetadata(new NeedsScope(KeyScope.Feed), BodyLimit.None).Describe(Docs.Ticks);
        telemetry?.Add(new IngestMeter(telemetry.Scope, _webhook.Metrics, ticks, socket));
    }
}
