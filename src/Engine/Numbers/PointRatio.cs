namespace StreamRecorder.Engine.Numbers;

/// <summary>
/// A point value, tickValue / tickSize (both E9, positive), in lowest terms and ready to
/// multiply money with: made once for all figures of a position.
/// </summary>
public readonly struct PointRatio
{
    /// <summary>From 10⁻¹⁸, in which money is kept, to the 10⁻¹⁰ of an <see cref="Amount"/>.</summary>
    private const long UnitsOfMoney = 100_000_000;

    private readonly long _factor;
    private readonly Int128 _divisor;

    public PointRatio(long tickValue, long tickSize)
    {
        var common = CommonDivisor(tickValue, tickSize);
        _factor = tickValue / common;
        _divisor = (Int128)(tickSize / common) * UnitsOfMoney;
    }

    /// <summary><paramref name="value"/> (price × quantity in 10⁻¹⁸) × the point value, half-even.</summary>
    public Amount Money(Int128 value) => value == 0 ? Amount.Zero : Amount.Rounded(value, _factor, _divisor);

    private static long CommonDivisor(long a, long b)
    {
        while (b != 0) (a, b) = (b, a % b);
        return a;
    }
}
