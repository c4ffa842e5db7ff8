using System.Text;
using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Http;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Journal;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Ingest.Webhooks;

namespace StreamRecorder.Micro;

/// <summary>
/// A webhook from its request to its answer without server, disk and database: so many at once through the endpoint,
/// the engine on its thread and a journal in memory, beside merely parsing their bodies. Time is per webhook.
/// </summary>
public class AnswerWebhooks : IDisposable
{
    private const int AtOnce = 64;

    /// <summary>Of the year of its contracts.</summary>
    private const long ReceivedAt = 1_764_860_400_000_000;

    private readonly MemoryJournal _journal = new();
    private readonly Inbox _inbox = new();
    private readonly Outbox _outbox = new(1 << 16);
    private readonly SymbolTable _symbols = new();
    private readonly string _token = Secret.Create();
    private readonly Task[] _answers = new Task[AtOnce];
    private StateMachine _state = null!;
    private EngineThread _thread = null!;
    private WebhookEndpoint _endpoint = null!;
    private WebhookParser _parser = null!;
    private long _count;

    [GlobalSetup]
    public void Setup()
    {
        _state = new StateMachine(_symbols, positionsMax: 1000, lateTolerance: 5 * Timestamp.Second);
        var loop = new EngineLoop(_state, _journal, _inbox, _outbox, TimeProvider.System);
        _thread = new EngineThread(loop, _inbox, _outbox, _journal, _ => { });
        _thread.Start();
        Do(new SetInstruments(InstrumentFile.BuiltIn, fromFiles: true));
        Do(new AddRecorder(new RecorderSettings { Name = "bench" }, new RecorderToken("first", Secret.Hash(_token), 0)));
        var settings = new WebhookSettings { SignalsPerSecond = int.MaxValue };
        _endpoint = new WebhookEndpoint(_inbox, _symbols, () => loop.Directory, TimeProvider.System, new WebhookMetrics(), settings);
        _parser = new WebhookParser(_symbols);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = AtOnce)]
    public int Parse()
    {
        var parsed = 0;
        for (var i = 0; i < AtOnce; i++)
            if (_parser.TryParse(Body(), ReceivedAt, null, null, out _, out _, out _)) parsed++;
        return parsed;
    }

    /// <summary>The number of answers that were 200.</summary>
    [Benchmark(OperationsPerInvoke = AtOnce)]
    public async Task<int> Answer()
    {
        var contexts = new DefaultHttpContext[AtOnce];
        for (var i = 0; i < AtOnce; i++)
        {
            var context = contexts[i] = new DefaultHttpContext();
            context.Request.Method = HttpMethods.Post;
            context.Request.Path = "/webhook/" + _token;
            context.Request.Body = new MemoryStream(Body());
            _answers[i] = _endpoint.HandleAsync(context);
        }
        await Task.WhenAll(_answers).ConfigureAwait(false);
        while (_outbox.Reader.TryRead(out var group)) _outbox.MarkDurable(group.Sequence);
        return contexts.Count(c => c.Response.StatusCode == StatusCodes.Status200OK);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _inbox.Close();
        _thread.StopAsync().Wait();
        _endpoint.Dispose();
        _thread.Dispose();
        _state.Dispose();
        _journal.Dispose();
        _inbox.Dispose();
        GC.SuppressFinalize(this);
    }

    private byte[] Body() =>
        Encoding.UTF8.GetBytes(
            $$"""{"action":"{{(++_count % 2 == 0 ? "sell" : "buy")}}","symbol":"MNQZ2026","price":25600.25,"quantity":1,"id":"{{_count}}"}""");

    private void Do(Command command)
    {
        _inbox.Offer(command);
        command.Result.Wait();
    }
}
