using System.Numerics;

namespace StreamRecorder.Engine.Numbers;

/// <summary>Division rounded half to even, the one rounding there is. Divisors are positive.</summary>
public static class HalfEven
{
    public static Int128 Divide(Int128 value, Int128 divisor)
    {
        if (value >= long.MinValue && value <= long.MaxValue && divisor <= long.MaxValue) return Divide((long)value, (long)divisor);
        var (quotient, remainder) = Int128.DivRem(value, divisor);
        var rest = Int128.Abs(remainder);
        var half = divisor - rest;
        return rest > half || (rest == half && Int128.IsOddInteger(quotient)) ? quotient + Int128.Sign(value) : quotient;
    }

    public static BigInteger Divide(BigInteger value, BigInteger divisor)
    {
        var quotient = BigInteger.DivRem(value, divisor, out var remainder);
        var rest = BigInteger.Abs(remainder);
        var half = divisor - rest;
        return rest > half || (rest == half && !quotient.IsEven) ? quotient + value.Sign : quotient;
    }

    /// <summary>
    /// The share of <paramref name="whole"/> that goes with <paramref name="part"/> of <paramref name="total"/>: whole × part / total.
    /// </summary>
    public static Int128 Share(Int128 whole, long part, long total) =>
        part == total ? whole : (Int128)Divide((BigInteger)whole * part, total);

    private static long Divide(long value, long divisor)
    {
        var quotient = value / divisor;
        var rest = Math.Abs(value % divisor);
        var half = divisor - rest;
        return rest > half || (rest == half && (quotient & 1) != 0) ? quotient + Math.Sign(value) : quotient;
    }
}
