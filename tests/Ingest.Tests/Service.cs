using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Journal;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Prices;
using StreamRecorder.Engine.Queries;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Engine.Signals;
using StreamRecorder.Ingest.Socket;
using StreamRecorder.Ingest.Ticks;
using StreamRecorder.Ingest.Webhooks;
using StreamRecorder.Tests.Shared;

namespace StreamRecorder.Ingest.Tests;

/// <summary>
/// Both endpoints on a real server, in front of a real engine over a journal in memory. With <c>runs: false</c> the engine never takes a message.
/// </summary>
internal sealed class Service : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly MemoryJournal _journal = new();
    private readonly Outbox _outbox = new(10_000);
    private readonly StateMachine _state;
    private readonly EngineThread _thread;
    private readonly WebApplication _app;
    private readonly WebhookEndpoint _webhook;
    private bool _runs;
    private Task _draining = Task.CompletedTask;

    private Service(bool runs, Inbox inbox, WebhookSettings settings, TimeProvider time)
    {
        _runs = runs;
        Inbox = inbox;
        var symbols = Table.Symbols();
        _state = new StateMachine(symbols, positionsMax: 1000, lateTolerance: 5 * Timestamp.Second);
        Loop = new EngineLoop(_state, _journal, inbox, _outbox, TimeProvider.System);
        _thread = new EngineThread(Loop, inbox, _outbox, _journal, _ => { });
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.UseWebSockets();
        _webhook = new WebhookEndpoint(inbox, symbols, () => Directory ?? Loop.Directory, time, new WebhookMetrics(), settings);
        _app.UseWebhook(_webhook);
        _app.MapWebhook(_webhook);
        var feeds = new LiveFeeds(inbox, TimeProvider.System);
        TickEndpoint = new TickEndpoint(inbox, symbols, TimeProvider.System, feeds, _stopping.Token);
        _app.MapTicks(TickEndpoint);
        TickSocket = new TickSocket(inbox, symbols, TimeProvider.System, feeds, _stopping.Token);
        _app.MapTickSocket(TickSocket);
    }

    public Inbox Inbox { get; }

    public EngineLoop Loop { get; }

    /// <summary>The engine's own: to be looked at while it has nothing to do.</summary>
    public PriceBook Prices => _state.Prices;

    public IEnumerable<long> OpenIds => Enumerable.Range(0, _state.Open.Length).Select(i => _state.Open[i]).Where(e => !e.IsHole).Select(e => e.Id);

    public WebhookMetrics Metrics => _webhook.Metrics;

    public TickEndpoint TickEndpoint { get; }

    public TickSocket TickSocket { get; }

    public HttpClient Client { get; private set; } = null!;

    /// <summary>Stands in for the engine's when that does not run.</summary>
    public RecorderDirectory? Directory { get; init; }

    public string Token { get; private init; } = Secret.Create();

    public static async Task<Service> StartAsync(bool runs = true, Inbox? inbox = null, WebhookSettings? settings = null, TimeProvider? time = null)
    {
        var service = new Service(runs, inbox ?? new Inbox(), settings ?? new WebhookSettings(), time ?? TimeProvider.System)
        {
            Directory = runs ? null : RecorderDirectory.Empty,
        };
        await service._app.StartAsync();
        service.Client = new HttpClient { BaseAddress = new Uri(service._app.Urls.First()) };
        if (!runs) return service;
        service._thread.Start();
        await service.DoAsync(new SetInstruments(Table.Instruments, fromFiles: true));
        await service.DoAsync(new AddRecorder(new RecorderSettings { Name = "test" }, new RecorderToken("first", Secret.Hash(service.Token), 0)));
        return service;
    }

    /// <summary>A service whose engine stands still, with one recorder under <see cref="Token"/>.</summary>
    public static async Task<Service> StartStillAsync(Inbox? inbox = null, WebhookSettings? settings = null)
    {
        var token = Secret.Create();
        var recorder = new Recorder(1, new RecorderSettings { Name = "test" }, [new RecorderToken("first", Secret.Hash(token), 0)], 0);
        var service = new Service(false, inbox ?? new Inbox(), settings ?? new WebhookSettings(), TimeProvider.System)
        { Directory = RecorderDirectory.Empty.With(recorder), Token = token };
        await service._app.StartAsync();
        service.Client = new HttpClient { BaseAddress = new Uri(service._app.Urls.First()) };
        return service;
    }

    public async Task<CommandResult> DoAsync(Command command)
    {
        Xunit.Assert.Null(Inbox.Offer(command));
        var result = await command.Result;
        Xunit.Assert.Null(result.Refusal);
        return result;
    }

    /// <summary>Of all that was answered so far.</summary>
    public async Task<string> HashAsync()
    {
        var query = new HashQuery();
        Xunit.Assert.Null(Inbox.Offer(query));
        return await query.Result;
    }

    /// <summary>What the recorder holds of a symbol, signed, E9.</summary>
    public async Task<long> HeldAsync(string symbol)
    {
        Xunit.Assert.True(_state.Symbols.TryResolve(symbol, Table.Arrival, out var known, out _));
        var query = new SignalPreviewQuery(Loop.Directory.FindByName("test")!.Id, new Signal { Symbol = known, Action = SignalAction.Cancel });
        Xunit.Assert.Null(Inbox.Offer(query));
        return (await query.Result).HeldAfter;
    }

    public Task<Answer> SignalAsync(string body, string? token = null, string? key = null) =>
        SignalAsync(new StringContent(body, Encoding.UTF8, "text/plain"), token, key);

    public async Task<Answer> SignalAsync(HttpContent body, string? token = null, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/webhook/" + (token ?? Token)) { Content = body };
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        return await SendAsync(request);
    }

    public Task<Answer> TicksAsync(string body) => TicksAsync(new StringContent(body));

    public async Task<Answer> TicksAsync(HttpContent body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/ticks") { Content = body };
        return await SendAsync(request);
    }

    /// <summary>Waits for something that another thread does; a test that waits this long has failed.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        var end = TimeProvider.System.GetTimestamp() + 30 * TimeProvider.System.TimestampFrequency;
        while (!condition() && TimeProvider.System.GetTimestamp() < end) await Task.Yield();
        Xunit.Assert.True(condition());
    }

    /// <summary>What the ledger got since the last call.</summary>
    public List<LedgerEntry> TakeEntries()
    {
        var entries = new List<LedgerEntry>();
        while (_outbox.Reader.TryRead(out var group))
            entries.AddRange(group.Outputs.Select(output => LedgerEntry.Of(group, output)).OfType<LedgerEntry>());
        return entries;
    }

    /// <summary>What <c>runs: false</c> held back.</summary>
    public void Run()
    {
        _runs = true;
        _thread.Start();
    }

    /// <summary>Takes what is released, as the sink would, and throws it away: for more than the outbox holds.</summary>
    public void Drain() => _draining = DrainAsync();

    public void Stop() => _stopping.Cancel();

    public async ValueTask DisposeAsync()
    {
        Inbox.Close();
        await _app.DisposeAsync();
        _webhook.Dispose();
        if (_runs) await _thread.StopAsync();
        _outbox.Complete();
        await _draining;
        Client.Dispose();
        _thread.Dispose();
        _state.Dispose();
        _journal.Dispose();
        _stopping.Dispose();
        Inbox.Dispose();
    }

    private async Task DrainAsync()
    {
        await foreach (var group in _outbox.Reader.ReadAllAsync()) _outbox.MarkDurable(group.Sequence);
    }

    private async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using var response = await Client.SendAsync(request);
        return new Answer(
            (int)response.StatusCode, response.Content.Headers.ContentType?.ToString(), response.Headers.RetryAfter?.ToString(),
            await response.Content.ReadFromJsonAsync<JsonElement>());
    }

    /// <summary>On the engine's thread, which alone may look at all of the state.</summary>
    private sealed class HashQuery : Query<string>
    {
        internal override bool Step(StateMachine state, int budget)
        {
            Value = StateHash.OfAllButTheMoment(state);
            return true;
        }
    }

    internal sealed record Answer(int Status, string? ContentType, string? RetryAfter, JsonElement Json)
    {
        public string? this[string name] => Json.TryGetProperty(name, out var value) ? value.ToString() : null;
    }
}
