using System.Globalization;
using System.Text.Json;

namespace StreamRecorder.Host.Tests.Support;

/// <summary>
/// Trades sent one after the other through one webhook, and what must come of them by plain arithmetic: buy
/// one MNQ, a tick below, sell it above. A leg that was not answered 200 is sent again, as TradingView would.
/// </summary>
public sealed class TradeLedger(string hook)
{
    /// <summary>One point of MNQ is two dollars.</summary>
    private const decimal PointValue = 2;

    private readonly List<(decimal Entry, decimal Low, decimal Exit, int Ticks)> _trades = [];
    private int _legsDone;
    private int _ticksSent;

    /// <summary>Whole trades, each leg answered 200.</summary>
    public async Task TradeAsync(HostClient client, int count)
    {
        for (var i = 0; i < count; i++) Assert.True(await TryTradeAsync(client), "a leg was not answered 200");
    }

    /// <summary>
    /// Goes on with the trade under way; false when a leg is not answered 200.
    /// That one may have been applied or not, and is sent again by the next call.
    /// </summary>
    public async Task<bool> TryTradeAsync(HostClient client)
    {
        var number = _trades.Count;
        var (entry, low, exit) = (25600m + (number * 0.25m), 25590m - number, 25610m + (number * 0.5m));
        while (_legsDone < 3)
        {
            if (_legsDone == 1) _ticksSent++;
            var answer = _legsDone switch
            {
                0 => await client.SignalAsync(hook, "buy", entry, $"in-{number}"),
                1 => await client.PostAsync("/ticks", string.Create(CultureInfo.InvariantCulture, $$"""{"symbol":"MNQ1!","price":{{low}}}""")),
                _ => await client.SignalAsync(hook, "close", exit, $"out-{number}"),
            };
            if (answer.Status != 200) return false;
            _legsDone++;
        }
        _trades.Add((entry, low, exit, _ticksSent));
        _legsDone = _ticksSent = 0;
        return true;
    }

    /// <summary>Every trade once, with every figure, and nothing else.</summary>
    public void AssertAre(IReadOnlyList<JsonElement> positions)
    {
        Assert.All(positions, p => Assert.Equal("closed", p.GetProperty("status").GetString()));
        decimal Figure(JsonElement position, string name) => position.GetProperty(name).GetDecimal();
        Assert.Equal(
            _trades.Select(t => (t.Entry, t.Exit, (t.Exit - t.Entry) * PointValue, (t.Low - t.Entry) * PointValue)).Order(),
            positions.Select(
                p => (Figure(p, "avg_entry_price"), Figure(p, "exit_price"), Figure(p, "realized_pnl"), Figure(p, "worst_unrealized_pnl"))).Order());
        // A feed has no ids here: a tick sent again counts again, if the first one did.
        var ticks = positions.ToDictionary(p => Figure(p, "avg_entry_price"), p => p.GetProperty("tick_count").GetInt32());
        Assert.All(_trades, t => Assert.InRange(ticks[t.Entry], 1, t.Ticks));
    }
}
