using StreamRecorder.Host.Tests.Support;

namespace StreamRecorder.Grafana.Tests.Live;

/// <summary>
/// Senders of a service as it lives: a strategy that trades, one that keeps its positions, one of them without a price, a feed, and
/// senders that err. Drawdowns pass their limits. Rounds go on until told to end; then everything that was sent is known to the number.
/// </summary>
internal sealed class ServiceLoad : IAsyncDisposable
{
    /// <summary>Below the drawdown of every position.</summary>
    private const string Limit = ""","drawdown_limit":1""";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly TestService _service;
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    private ServiceLoad(TestService service) => _service = service;

    /// <summary>Trades that were closed, each with a drawdown of 2 and a result of 1, then −1, in turn.</summary>
    public int Trades { get; private set; }

    public int Ticks { get; private set; }

    public static async Task<ServiceLoad> StartAsync(TestService service)
    {
        var load = new ServiceLoad(service);
        await service.TickAsync(100);
        load.Ticks++;
        var keeper = await service.RecorderAsync("keeper", Limit);
        await service.FillAsync(keeper, "buy", 100);
        await service.FillAsync(keeper, "buy", 100, symbol: "MES1!");
        var scalper = await service.RecorderAsync("scalper", Limit);
        load._running = Task.Run(() => load.RunAsync(scalper));
        return load;
    }

    /// <summary>Ends with a whole round.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private async Task RunAsync(string hook)
    {
        while (!_stop.IsCancellationRequested)
        {
            await _service.FillAsync(hook, "buy", 100);
            await _service.TickAsync(99);
            await _service.FillAsync(hook, "sell", Trades % 2 == 0 ? 100.5m : 99.5m);
            Trades++;
            Ticks++;
            await ErrAsync(hook);
            await Task.WhenAny(Task.Delay(Pause, _stop.Token));
        }
    }

    /// <summary>What goes wrong every day: nonsense, an alert that comes twice, a tick from long ago.</summary>
    private async Task ErrAsync(string hook)
    {
        await _service.HookAsync(hook, "nonsense");
        await _service.HookAsync(hook, """{"id":"again","action":"cancel","symbol":"MNQ1!"}""");
        await _service.HookAsync(hook, """{"action":"cancel","symbol":"MNQ1!"}""");
        await _service.SendAsync("POST", "/ticks", """{"symbol":"MNQ1!","price":1,"time":"2020-01-01T00:00:00Z"}""", type: "application/x-ndjson");
    }
}
