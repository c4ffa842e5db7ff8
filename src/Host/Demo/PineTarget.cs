using System.Globalization;
using StreamRecorder.Engine.Numbers;

namespace StreamRecorder.Host.Demo;

/// <summary>
/// Trades gold around its moving average and tells the position that it wants, with size, as alerts of Pine strategies do: one contract outside the
/// band, two far outside, flat at the average.
/// </summary>
internal sealed class PineTarget : SampleStrategy
{
    private const int Window = 256;
    private const int BandTicks = 6;
    private const int FarTicks = 14;

    /// <summary>Ticks between two alerts, so that a price on the edge of a band does not chatter.</summary>
    private const int RestTicks = 60;

    private readonly long[] _prices = new long[Window];
    private long _sum;
    private long _seen;
    private long _alertAt;
    private int _held;

    public override string Name => "pine-target";

    public override string Summary => "trades GC around its average, alerts name the wanted position and its size";

    public override int Contract => 2;

    public override string? Next(long price, long at)
    {
        var slot = (int)(_seen++ % Window);
        _sum += price - _prices[slot];
        _prices[slot] = price;
        if (_seen < Window || _seen < _alertAt + RestTicks) return null;
        var wanted = Wanted((price - _sum / Window) / Plan.TickSize);
        if (wanted == _held) return null;
        var body = Alert(price, at, wanted);
        _held = wanted;
        _alertAt = _seen;
        return body;
    }

    private int Wanted(long ticksAway)
    {
        var side = Math.Sign(ticksAway);
        if (Math.Abs(ticksAway) >= FarTicks) return 2 * side;
        if (Math.Abs(ticksAway) >= BandTicks) return Math.Sign(_held) == side ? _held : side;
        return ticksAway == 0 || side != Math.Sign(_held) ? 0 : _held;
    }

    private string Alert(long price, long at, int wanted)
    {
        var action = wanted > _held ? "buy" : "sell";
        var fireTime = Timestamp.ToDateTime(at).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        // As in the alert's message box: one line a field or two.
        return $$"""
            {
              "ticker": "{{Plan.Continuous}}", "exchange": "COMEX_DL", "timenow": "{{fireTime}}",
              "action": "{{action}}", "contracts": "{{Digits(wanted - _held)}}", "price": "{{Fixed9.Format(price)}}",
              "market_position": "{{SideOf(wanted)}}", "market_position_size": "{{Digits(wanted)}}",
              "prev_market_position": "{{SideOf(_held)}}", "prev_market_position_size": "{{Digits(_held)}}",
              "order_id": "to {{SideOf(wanted)}}"
            }
            """;
    }

    private static string Digits(int position) => Math.Abs(position).ToString(CultureInfo.InvariantCulture);

    private static string SideOf(int position) => position switch { > 0 => "long", < 0 => "short", _ => "flat" };
}
