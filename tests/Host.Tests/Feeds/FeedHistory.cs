using System.Globalization;
using System.Text.Json;
using StreamRecorder.TickFeed;

namespace StreamRecorder.Host.Tests.Feeds;

/// <summary>
/// Ticks by a feed and alerts by webhook, out of a seed, told to the naive program as well. Each alert
/// waits until the ticks before it are acknowledged, so that the order is one and the same on both sides.
/// </summary>
internal sealed class FeedHistory
{
    private static readonly string[] Compared =
    [
        "symbol", "side", "status", "total_quantity", "entry_quantity", "avg_entry_price", "exit_price", "current_price", "unrealized_pnl",
        "realized_pnl",
        "worst_unrealized_pnl", "best_unrealized_pnl", "worst_total_pnl", "best_total_pnl", "max_drawdown", "drawdown", "worst_price", "best_price",
        "tick_count",
    ];

    private static readonly string[] Symbols = ["MNQZ2025", "ESZ2025", "GCZ2025"];

    private readonly Random _random;
    private readonly Naive.InstrumentTable _table = Naive.InstrumentTable.Load([Naive.Program.FindBuiltIn()!]);
    private readonly Naive.Replay _naive;

    // An hour ago: no tick is ahead of the clock.
    private readonly long _start = DateTimeOffset.UtcNow.AddHours(-1).ToUnixTimeMilliseconds() * 1000;
    private long _now;

    public FeedHistory(int seed)
    {
        _random = new Random(seed);
        _naive = new Naive.Replay(_table, Naive.OnOpposite.Auto);
        _now = _start;
    }

    public int TickCount { get; private set; }

    public int LateCount => _naive.LateTicks;

    /// <summary>Some batches; some ticks in them are late.</summary>
    public async Task SendTicksAsync(FeedClient client, int batches, CancellationToken cancel)
    {
        for (; batches > 0; batches--)
        {
            var ticks = new FeedTick[_random.Next(1, 60)];
            for (var i = 0; i < ticks.Length; i++) ticks[i] = Tick();
            await client.SendAsync(ticks, cancel);
            TickCount += ticks.Length;
        }
    }

    /// <summary>An alert with a key, so that it may be sent again until it is answered; told to the naive program once.</summary>
    public async Task SendSignalAsync(Func<string, Task<bool>> hook, int number)
    {
        var symbol = Symbols[_random.Next(Symbols.Length)];
        var body = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"action":"{{(_random.Next(2) == 0 ? "buy" : "sell")}}","symbol":"{{symbol}}","price":{{Price(symbol)}},"quantity":{{_random.Next(1, 4)}},"id":"alert-{{number}}"}""");
        while (!await hook(body)) await Task.Yield();
        var time = DateTimeOffset.FromUnixTimeMilliseconds(_now / 1000).ToString("O", CultureInfo.InvariantCulture);
        _naive.Apply(Naive.SignalFile.Parse(body[..^1] + $",\"time\":\"{time}\",\"recorder\":\"r\"}}", _now));
    }

    /// <summary>Every figure of every position as the naive program has it, oldest first.</summary>
    public IReadOnlyList<string> Expected()
    {
        using var document = JsonDocument.Parse(Naive.PositionsJson.Write(_naive));
        return [.. document.RootElement.GetProperty("positions").EnumerateArray().Select(Text).Reverse()];
    }

    /// <summary>The same of the service's positions. Times of fills are the clock's, and are left out.</summary>
    public static IReadOnlyList<string> Figures(IEnumerable<JsonElement> positions) =>
        [.. positions.OrderBy(p => p.GetProperty("id").GetInt64()).Select(Text)];

    private static string Text(JsonElement position) =>
        string.Join(' ', Compared.Select(name => $"{name}={position.GetProperty(name).GetRawText()}"));

    private FeedTick Tick()
    {
        _now += _random.Next(0, 20_000);
        var symbol = Symbols[_random.Next(Symbols.Length)];
        var at = Math.Max(_start, _random.Next(30) == 0 ? _now - 6_000_000 : _now);
        var price = Price(symbol);
        var text = price.ToString(CultureInfo.InvariantCulture);
        _naive.Apply(new Naive.Tick(Naive.Symbol.Parse(symbol, at, _table)!, Naive.Limits.Price(text)!.Value, at, _now));
        return new FeedTick(symbol, price, DateTimeOffset.UnixEpoch.AddTicks(at * TimeSpan.TicksPerMicrosecond));
    }

    private decimal Price(string symbol) => symbol[0] switch { 'M' => 25_600, 'E' => 6_800, _ => 4_200 } + _random.Next(-400, 400) * 0.25m;
}
