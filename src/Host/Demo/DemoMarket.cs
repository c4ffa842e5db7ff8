using System.Globalization;
using System.Text;
using StreamRecorder.Engine.Numbers;

namespace StreamRecorder.Host.Demo;

/// <summary>Plays the simulated market in real time: its ticks go to the service's stream, and the strategies see each of them.</summary>
internal sealed class DemoMarket
{
    private readonly SimulatedMarket _market;
    private readonly TickStream _stream;
    private readonly IReadOnlyList<SampleTrader> _traders;
    private readonly TimeProvider _time;
    private readonly StringBuilder _piece = new("symbol,price,size,time\n");
    private readonly string[] _symbols;
    private readonly long _startedAt;
    private readonly long _startedStamp;

    public DemoMarket(ulong seed, TickStream stream, IReadOnlyList<SampleTrader> traders, TimeProvider time)
    {
        _market = new SimulatedMarket(seed);
        _stream = stream;
        _traders = traders;
        _time = time;
        var now = time.GetUtcNow();
        _startedAt = Timestamp.From(now);
        _startedStamp = time.GetTimestamp();
        _symbols = [.. SimulatedMarket.Plans.Select(plan => plan.TickSymbol(now.UtcDateTime))];
    }

    public long TicksSent { get; private set; }

    /// <summary>Until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        using var pace = new PeriodicTimer(DemoLimits.Pace, _time);
        while (await pace.WaitForNextTickAsync(cancel).ConfigureAwait(false)) await CatchUpAsync(cancel).ConfigureAwait(false);
    }

    private async Task CatchUpAsync(CancellationToken cancel)
    {
        var now = (long)_time.GetElapsedTime(_startedStamp).TotalMicroseconds;
        while (_market.NextAt <= now)
        {
            var alerts = new List<(SampleTrader Trader, string Body)>();
            for (var count = 0; count < DemoLimits.TicksPerPiece && _market.NextAt <= now; count++) Take(_market.Next(), alerts);
            await _stream.WriteAsync(Encoding.UTF8.GetBytes(_piece.ToString()), cancel).ConfigureAwait(false);
            _piece.Clear();
            // After the ticks that caused them, as on a chart.
            foreach (var (trader, body) in alerts) trader.Send(body);
        }
    }

    private void Take(SimulatedTick tick, List<(SampleTrader Trader, string Body)> alerts)
    {
        var at = _startedAt + tick.At;
        _piece.Append(CultureInfo.InvariantCulture, $"{_symbols[tick.Contract]},{Fixed9.Format(tick.Price)},{tick.Size},{at}\n");
        TicksSent++;
        foreach (var trader in _traders)
            if (trader.Strategy.Contract == tick.Contract && trader.Strategy.Next(tick.Price, at) is { } body) alerts.Add((trader, body));
    }
}
