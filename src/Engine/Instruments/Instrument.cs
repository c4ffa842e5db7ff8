using StreamRecorder.Engine.Numbers;

namespace StreamRecorder.Engine.Instruments;

public enum InstrumentKind : byte
{
    /// <summary>Has contracts: <c>MNQZ2025</c>, <c>MNQ1!</c>.</summary>
    Future,

    /// <summary>The symbol as it is: <c>AAPL</c>, <c>BTCUSDT</c>, <c>EURUSD</c>.</summary>
    Spot,
}

/// <summary>What a root stands for. Tick size and tick value are E9 and positive; the point value is tick value / tick size.</summary>
public sealed record Instrument(
    string Root, string Exchange, string Name, long TickSize, long TickValue, string Currency, InstrumentKind Kind = InstrumentKind.Future)
{
    private const int SizeDecimalsMin = 2;

    /// <summary>Decimals in which people are shown its prices: the tick size's, at least 2.</summary>
    public int PriceDecimals => Math.Max(SizeDecimalsMin, Fixed9.DecimalsOf(TickSize));

    /// <summary>Money per point for display: tick value / tick size.</summary>
    public Amount PointValue => Amount.Money((Int128)Fixed9.One * Fixed9.One, TickValue, TickSize);
}
