using System.Globalization;
using System.Numerics;

namespace StreamRecorder.Engine.Numbers;

/// <summary>
/// A figure on its way out: a whole number of 10⁻¹⁰, the 10 places that people and programs are shown. Made only by rounding exact integers
/// half-even; never computed with further. The bounds of <see cref="EngineLimits"/> make every figure fit (2e19 × point value 1e8 &lt; 1.7e28).
/// </summary>
public readonly record struct Amount(Int128 Units) : IComparable<Amount>
{
    private const long UnitsPerOne = 10_000_000_000;

    /// <summary>
    /// Up to here a whole number is exact in binary floating point, and one division rounds to the nearest number, as parsing the decimal text does.
    /// </summary>
    private const long BinaryExactMax = 1L << 53;

    public static readonly Amount Zero;

    /// <summary>A price or quantity of 9 decimals, exactly.</summary>
    public static Amount FromFixed9(long value) => new((Int128)value * 10);

    /// <summary>A sum of quantities (E9) that may exceed a long, exactly.</summary>
    public static Amount FromFixed9(Int128 value) => new(value * 10);

    /// <summary>Money: <paramref name="value"/> is price × quantity in 10⁻¹⁸; the point value is tickValue / tickSize (both E9, positive).</summary>
    public static Amount Money(Int128 value, long tickValue, long tickSize)
    {
        if (value == 0) return Zero;
        var gcd = (long)BigInteger.GreatestCommonDivisor(tickValue, tickSize);
        return Rounded(value, tickValue / gcd, (Int128)(tickSize / gcd) * 100_000_000);
    }

    /// <summary>Money in 10⁻¹⁸ without a point value (commission).</summary>
    public static Amount Money(Int128 value) => Rounded(value, 1, 100_000_000);

    /// <summary>
    /// What is left of <paramref name="value"/> × point value after <paramref name="commission"/> (10⁻¹⁸ without a point value), rounded once.
    /// </summary>
    public static Amount Net(Int128 value, Int128 commission, long tickValue, long tickSize)
    {
        if (commission == 0) return Money(value, tickValue, tickSize);
        var exact = (BigInteger)value * tickValue - (BigInteger)commission * tickSize;
        return new((Int128)HalfEven.Divide(exact, (BigInteger)tickSize * 100_000_000));
    }

    /// <summary>An average price: <paramref name="cost"/> in 10⁻¹⁸ over <paramref name="quantity"/> in E9, greater than 0.</summary>
    public static Amount Average(Int128 cost, Int128 quantity) => Rounded(cost, 10, quantity);

    public static bool operator <(Amount left, Amount right) => left.Units < right.Units;
    public static bool operator >(Amount left, Amount right) => left.Units > right.Units;
    public static bool operator <=(Amount left, Amount right) => left.Units <= right.Units;
    public static bool operator >=(Amount left, Amount right) => left.Units >= right.Units;
    public static Amount operator -(Amount value) => new(-value.Units);

    public static Amount Abs(Amount value) => new(Int128.Abs(value.Units));

    public int CompareTo(Amount other) => Units.CompareTo(other.Units);

    public int Sign => Int128.Sign(Units);

    /// <summary>For REAL columns and metrics only: the nearest binary number, for sorting and charts. Never computed back.</summary>
    public double ToDouble() =>
        Units < BinaryExactMax && Units > -BinaryExactMax
            ? (long)Units / (double)UnitsPerOne
            : double.Parse(ToString(), CultureInfo.InvariantCulture);

    /// <summary>Plain decimal, at most 10 places, no trailing zeros, no exponent: <c>-25597.3333333333</c>.</summary>
    public override string ToString()
    {
        Span<char> buffer = stackalloc char[64];
        TryFormat(buffer, out var written);
        return new string(buffer[..written]);
    }

    /// <summary>
    /// For people: to <paramref name="decimals"/> places (at most 10), always that
    /// many; a half goes away from zero, as people expect it (25620.125 is 25620.13).
    /// </summary>
    public string ToString(int decimals)
    {
        var step = (Int128)BigInteger.Pow(10, 10 - decimals);
        var magnitude = (Int128.Abs(Units) + step / 2) / step;
        var sign = Units < 0 && magnitude != 0 ? "-" : "";
        var digits = magnitude.ToString("D" + (decimals + 1).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return decimals == 0 ? sign + digits : $"{sign}{digits[..^decimals]}.{digits[^decimals..]}";
    }

    /// <summary>Writes what <see cref="ToString()"/> gives; needs at most 64 characters.</summary>
    public bool TryFormat(Span<char> destination, out int written)
    {
        written = 0;
        var magnitude = (UInt128)Int128.Abs(Units);
        if (Units < 0) destination[written++] = '-';
        var (whole, fraction) = magnitude <= ulong.MaxValue
            ? ((UInt128)((ulong)magnitude / UnitsPerOne), (ulong)magnitude % UnitsPerOne)
            : SplitWide(magnitude);
        if (!whole.TryFormat(destination[written..], out var length, default, CultureInfo.InvariantCulture)) return false;
        written += length;
        if (fraction == 0) return true;
        destination[written++] = '.';
        var divisor = (ulong)UnitsPerOne / 10;
        for (; fraction != 0; divisor /= 10)
        {
            destination[written++] = (char)('0' + fraction / divisor);
            fraction %= divisor;
        }
        return true;
    }

    private static (UInt128 Whole, ulong Fraction) SplitWide(UInt128 magnitude)
    {
        var (whole, fraction) = UInt128.DivRem(magnitude, UnitsPerOne);
        return (whole, (ulong)fraction);
    }

    /// <summary>value × factor / divisor, half-even. The product may pass 128 bits: then BigInteger does it.</summary>
    private static Amount Rounded(Int128 value, long factor, Int128 divisor)
    {
        var limit = Int128.MaxValue / factor;
        if (value > limit || value < -limit) return new((Int128)HalfEven.Divide((BigInteger)value * factor, divisor));
        return new(HalfEven.Divide(value * factor, divisor));
    }
}
