using StreamRecorder.Engine.Messages;
using StreamRecorder.Sink;

namespace StreamRecorder.Host;

/// <summary>
/// At the start and once a minute has old rows thinned, and lets the journal give up what is old and in the database, as a fresh look at the
/// file on disk says: one that was deleted or replaced under the service is noticed here, before anything is given up, and ends the process.
/// A journal beyond its size is looked after more often: a minute's flood may come to gigabytes.
/// </summary>
public sealed class Upkeep : IAsyncDisposable
{
    private readonly EngineClient _engine;
    private readonly Database _database;
    private readonly SqliteSink _sink;
    private readonly TimeProvider _time;
    private readonly Func<bool> _isJournalTooLarge;
    private readonly ILogger<Upkeep> _log;
    private readonly Action<Exception> _faulted;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    public Upkeep(
        EngineClient engine, Database database, SqliteSink sink, Func<bool> isJournalTooLarge, TimeProvider time, ILogger<Upkeep> log,
        Action<Exception> faulted)
    {
        _engine = engine;
        _database = database;
        _sink = sink;
        _time = time;
        _isJournalTooLarge = isJournalTooLarge;
        _log = log;
        _faulted = faulted;
        _running = Task.Run(RunAsync);
    }

    /// <summary>Fails with whatever it was not made for.</summary>
    public Task Ended => _running;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAny(_running, Task.Delay(HostLimits.ReadTimeout)).ConfigureAwait(false);
        if (_running.IsCompleted) _stop.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(HostLimits.JournalLookInterval, _time);
        var looks = 0;
        try
        {
            do
            {
                var isMinute = looks++ % HostLimits.LooksPerUpkeep == 0;
                if (isMinute || _isJournalTooLarge()) await RoundAsync(isMinute).ConfigureAwait(false);
            }
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // Told to stop.
        }
    }

    private async Task RoundAsync(bool isMinute)
    {
        try
        {
            // Always first: the sink notices a file that was taken away, and saves it, before anything here ends the process.
            await _sink.ThinAsync(_engine.Now).ConfigureAwait(false);
            await _engine.SendAsync(new TruncateJournal(_database.ReadStateAfresh().Sequence) { ReceivedAt = _engine.Now }).ConfigureAwait(false);
        }
        catch (DatabaseUnavailableException e)
        {
            // Told once a minute, however often it is tried.
            if (isMinute) _log.LogWarning("Old rows and old journal stay until the database can be used again: {Message}", e.Message);
        }
        catch (DatabaseDamagedException e)
        {
            _faulted(e);
        }
    }
}
