using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Recorders;

namespace StreamRecorder.Host.Demo;

/// <summary>
/// Always in the S&amp;P: turns round when the price has come back far enough from its
/// extreme. Its recorder reverses on the opposite action. Speaks as TradersPost alerts do.
/// </summary>
internal sealed class SwingReversal : SampleStrategy
{
    private const int TurnTicks = 16;

    private long _extreme;
    private int _side;

    public override string Name => "swing";

    public override string Summary => "always in ES, turns round after a swing of 16 ticks (on_opposite: reverse)";

    public override int Contract => 1;

    public override OnOpposite OnOpposite => OnOpposite.Reverse;

    public override string? Next(long price, long at)
    {
        if (_extreme == 0) _extreme = price;
        // While flat the first price is the extreme, and the first swing decides the side.
        if (_side != 0) _extreme = _side > 0 ? Math.Max(_extreme, price) : Math.Min(_extreme, price);
        var away = price - _extreme;
        if (Math.Abs(away) < TurnTicks * Plan.TickSize) return null;
        _side = Math.Sign(away);
        _extreme = price;
        var action = _side > 0 ? "buy" : "sell";
        return $$"""{"ticker":"{{Plan.Continuous}}","action":"{{action}}","quantity":"2","signalPrice":"{{Fixed9.Format(price)}}","time":"{{Timestamp.Format(at)}}"}""";
    }
}
