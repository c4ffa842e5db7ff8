using StreamRecorder.Engine.Queries;
using StreamRecorder.Sink;

namespace StreamRecorder.Host;

/// <summary>
/// Once a second asks the engine for open positions whose figures moved and hands them to the sink, as many as the budget allows, round
/// robin: a pass over all positions may take several seconds. A task of its own; charts may miss a second, nothing else depends on it.
/// </summary>
public sealed class Snapshots : IAsyncDisposable
{
    private readonly EngineClient _engine;
    private readonly SqliteSink _sink;
    private readonly int _rowsPerSecond;
    private readonly TimeProvider _time;
    private readonly ILogger<Snapshots> _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    /// <summary>
    /// Where this pass goes on, when it began, and when the one before it began: what moved since then has no newer snapshot for certain.
    /// </summary>
    private long _afterId;
    private long _passStarted;
    private long _changedSince;
    private bool _isFailing;

    public Snapshots(EngineClient engine, SqliteSink sink, int rowsPerSecond, TimeProvider time, ILogger<Snapshots> log)
    {
        _engine = engine;
        _sink = sink;
        _rowsPerSecond = rowsPerSecond;
        _time = time;
        _log = log;
        _running = Task.Run(RunAsync);
    }

    /// <summary>Fails with whatever it was not made for.</summary>
    public Task Ended => _running;

    /// <summary>
    /// Ends the rounds and takes a last one of everything that moved, so that people who read a stopped service's database see what was answered.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAny(_running, Task.Delay(HostLimits.ReadTimeout)).ConfigureAwait(false);
        if (!_running.IsCompleted) return;
        await Task.WhenAny(RoundAsync(isLast: true), Task.Delay(HostLimits.StopSnapshots)).ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(HostLimits.SnapshotInterval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false)) await RoundAsync(isLast: false).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Told to stop.
        }
    }

    private async Task RoundAsync(bool isLast)
    {
        try
        {
            if (isLast) _afterId = 0;
            await TakeAsync(isLast ? int.MaxValue : _rowsPerSecond, isLast).ConfigureAwait(false);
            _isFailing = false;
        }
        catch (DatabaseUnavailableException e)
        {
            if (!_isFailing) _log.LogWarning("Snapshots are missing until the database can be written again: {Message}", e.Message);
            _isFailing = true;
        }
    }

    private async Task TakeAsync(int rows, bool isLast)
    {
        for (var left = rows; left > 0 && (isLast || !_stop.IsCancellationRequested);)
        {
            if (_afterId == 0) _passStarted = _engine.Now;
            var now = _engine.Now;
            var reply = await _engine.AskAsync(
                new ChangedPositionsQuery(_afterId, _changedSince, Math.Min(left, HostLimits.SnapshotChunk))).ConfigureAwait(false);
            if (reply.Refusal is not null) return;
            var (views, lastId) = reply.Value;
            await _sink.WriteSnapshotsAsync(views, now).ConfigureAwait(false);
            left -= views.Count;
            _afterId = lastId;
            if (lastId != 0) continue;
            _changedSince = _passStarted;
            return;
        }
    }
}
