using System.Numerics;

namespace StreamRecorder.Engine.Tests.Numbers;

/// <summary>Half-even by definition: the nearest whole number, of two equally near ones the even. By distances, in numbers without bounds.</summary>
internal static class Rational
{
    public static BigInteger HalfEven(BigInteger numerator, BigInteger denominator)
    {
        var below = Floor(numerator, denominator);
        var above = below + 1;
        var (toBelow, toAbove) = (numerator - below * denominator, above * denominator - numerator);
        if (toBelow != toAbove) return toBelow < toAbove ? below : above;
        return below.IsEven ? below : above;
    }

    private static BigInteger Floor(BigInteger numerator, BigInteger denominator)
    {
        var quotient = BigInteger.DivRem(numerator, denominator, out var remainder);
        return remainder.Sign < 0 ? quotient - 1 : quotient;
    }
}
