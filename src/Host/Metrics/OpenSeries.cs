using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Queries;
using Tag = System.Collections.Generic.KeyValuePair<string, object?>;

namespace StreamRecorder.Host.Metrics;

/// <summary>
/// Open positions as instruments. Once a second a task asks the engine for the pairs of recorder and
/// symbol that have series, at most as many as the limit allows; a scrape reads what was last answered
/// and asks nobody. A pair has its series from its first opening since the start on, at 0 while flat.
/// </summary>
public sealed class OpenSeries : IAsyncDisposable
{
    private readonly EngineClient _client;
    private readonly EngineLoop _engine;
    private readonly SymbolTable _symbols;
    private readonly RecorderTallies _recorders;
    private readonly int _pairsMax;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<PositionKey> _appeared = new();
    private volatile OpenMoment _shown = OpenMoment.None;
    private Task _running = Task.CompletedTask;

    /// <summary>Engine's thread, and before it the start.</summary>
    private readonly HashSet<(long RecorderId, string Symbol)> _seen = [];

    // The task alone.
    private readonly List<PositionKey> _pairs = [];
    private readonly OpenMoments _moments;

    public OpenSeries(
        Meter meter, EngineClient client, EngineLoop engine, SymbolTable symbols, RecorderTallies recorders, Options options, TimeProvider time)
    {
        _client = client;
        _engine = engine;
        _symbols = symbols;
        _recorders = recorders;
        _pairsMax = options.MetricPairs;
        _time = time;
        _moments = new OpenMoments(options, time);
        meter.CreateObservableGauge("streamrecorder.positions.open", () => _shown.Counts, null, "Open positions.");
        meter.CreateObservableGauge(
            "streamrecorder.open.unrealized_pnl", () => _shown.Unrealized, null, "Unrealized result of the open position, 0 when flat.");
        meter.CreateObservableGauge(
            "streamrecorder.open.worst_pnl", () => _shown.Worst, null, "Worst unrealized result of the open position, 0 when flat.");
        meter.CreateObservableGauge("streamrecorder.drawdown_limit", Limits, null, "The recorder's drawdown_limit; 0 without one.");
        meter.CreateObservableGauge(
            "streamrecorder.open.pairs_beyond_limit", () => _shown.BeyondLimit, null,
            "Open positions above the limit of pairs, which have no series of their own.");
        meter.CreateObservableGauge(
            "streamrecorder.unpriced_positions", () => _shown.Unpriced, null, "Open positions that no tick can be attached to.");
        meter.CreateObservableGauge(
            "streamrecorder.held_price_timestamp", () => _shown.Prices, "s",
            "Of the contracts of this root that open positions take prices from: the oldest of their last ticks' arrivals (the opening where that "
            + "is later), in Unix time; 0 while flat.");
        meter.CreateObservableGauge(
            "streamrecorder.market_open", () => _shown.Markets, null,
            "1 within the trading hours set for the root (default: CME's), else 0; for every root held since the start.");
    }

    /// <summary>Fails with whatever it was not made for.</summary>
    public Task Ended => _running;

    /// <summary>Takes the positions that are open at the start, and begins to ask. Before the loop is turned by its thread.</summary>
    public void Start(IEnumerable<PositionKey> open)
    {
        foreach (var key in open.TakeWhile(_ => _seen.Count < _pairsMax)) Add(key.RecorderId, _symbols[(int)key.SymbolId]);
        _running = Task.Run(RunAsync);
    }

    /// <summary>Engine's thread: a position is open. Never blocks, never throws.</summary>
    public void Note(PositionChanged open)
    {
        if (_seen.Count == _pairsMax || _seen.Contains((open.Names.RecorderId, open.Names.Symbol))) return;
        if (_symbols.TryResolve(open.Names.Symbol, open.Position.UpdatedAt, out var symbol, out _)) Add(open.Names.RecorderId, symbol);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        // How it failed, if it did, its end has told.
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    /// <summary>
    /// Of all recorders that are shown, those beyond the limit of recorders too when a pair of theirs is. 0 for one without a limit: a series once
    /// shown cannot be taken back.
    /// </summary>
    private IEnumerable<Measurement<double>> Limits()
    {
        var directory = _engine.Directory;
        return _recorders.All.Select(recorder => recorder.Name).Union(_shown.Recorders).Select(
            name => new Measurement<double>(
                Amount.FromFixed9(directory.FindByName(name)?.Settings.DrawdownLimit ?? 0).ToDouble(), new Tag("recorder", name)));
    }

    private void Add(long recorderId, Symbol symbol)
    {
        if (_seen.Add((recorderId, symbol.Name))) _appeared.Enqueue(new PositionKey(recorderId, symbol.Id));
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(HostLimits.OpenSeriesInterval, _time);
        try
        {
            do await AskAsync().ConfigureAwait(false);
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // Told to stop.
        }
    }

    /// <summary>An engine that has no time to answer leaves what was shown last.</summary>
    private async Task AskAsync()
    {
        while (_appeared.TryDequeue(out var key)) _pairs.Add(key);
        string[] names = [.. _recorders.All.Select(recorder => recorder.Name)];
        var directory = _engine.Directory;
        long[] ids = [.. names.Select(name => directory.FindByName(name)?.Id ?? 0)];
        var reply = await _client.AskAsync(new OpenFiguresQuery([.. _pairs], ids)).ConfigureAwait(false);
        if (reply.Value is { } figures)
            _shown = _moments.Make(figures, names, figure => (NameOf(figure.Key.RecorderId), _symbols[(int)figure.Key.SymbolId].Name));
    }

    /// <summary>As it is called now; a recorder is not removed while a position of it is open.</summary>
    private string NameOf(long recorderId) => _engine.Directory.Find(recorderId)?.Name ?? RecorderTallies.Others;
}
