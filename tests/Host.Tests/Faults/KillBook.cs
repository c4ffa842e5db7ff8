using System.Globalization;
using System.Text.Json;

namespace StreamRecorder.Host.Tests.Faults;

/// <summary>
/// What must come of the fills and ticks of one recorder and symbol, by plain arithmetic
/// and with nothing of the engine: long only, closed whole, two dollars a point.
/// </summary>
internal sealed class KillBook
{
    private const decimal PointValue = 2;

    private readonly List<string> _closed = [];
    private decimal _cost, _held, _entered, _worst, _best;
    private int _ticks;

    public decimal Held => _held;

    public void Enter(decimal price, decimal quantity)
    {
        if (_held > 0) Observe(price);
        _cost += price * quantity;
        _held += quantity;
        _entered += quantity;
        Observe(price);
    }

    public void Close(decimal price)
    {
        Observe(price);
        _closed.Add(Row("closed", (_held * price - _cost) * PointValue));
        (_cost, _held, _entered, _worst, _best, _ticks) = (0, 0, 0, 0, 0, 0);
    }

    public void Tick(decimal price)
    {
        if (_held == 0) return;
        _ticks++;
        Observe(price);
    }

    /// <summary>Every position once, in the order of opening, with these figures.</summary>
    public void AssertAre(IEnumerable<JsonElement> newestFirst)
    {
        IEnumerable<string> open = _held > 0 ? [Row("open", 0)] : [];
        Assert.Equal(_closed.Concat(open), newestFirst.Reverse().Select(Row));
    }

    private void Observe(decimal price)
    {
        var result = _held * price - _cost;
        (_worst, _best) = (Math.Min(_worst, result), Math.Max(_best, result));
    }

    private string Row(string status, decimal realized) => Row(status, realized, _entered, _worst * PointValue, _best * PointValue, _ticks);

    private static string Row(JsonElement position)
    {
        decimal Figure(string name) => position.GetProperty(name).GetDecimal();
        return Row(
            position.GetProperty("status").GetString()!, Figure("realized_pnl"), Figure("entry_quantity"), Figure("worst_unrealized_pnl"),
            Figure("best_unrealized_pnl"),
            position.GetProperty("tick_count").GetInt32());
    }

    private static string Row(string status, decimal realized, decimal entered, decimal worst, decimal best, int ticks) =>
        string.Create(
            CultureInfo.InvariantCulture, $"{status} {realized:0.####} of {entered:0.####}, {worst:0.####} to {best:0.####}, {ticks} ticks");
}
