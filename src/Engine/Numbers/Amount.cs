using System.Globalization;
using System.Numerics;
using System.Text;

namespace StreamRecorder.Engine.Numbers;

/// <summary>
/// A figure on its way out: a whole number of 10⁻¹⁰, the 10 places that people and programs are shown. Made only by rounding exact integers
/// half-even; never computed with further. The bounds of <see cref="EngineLimits"/> make every figure fit (2e19 × point value 1e8 &lt; 1.7e28).
/// </summary>
public readonly record struct Amount(Int128 Units) : IComparable<Amount>
{
    /// <summary>A text has no more characters.</summary>
    public const int TextMax = 64;

    private const int Places = 10;
    private const long UnitsPerOne = 10_000_000_000;

    /// <summary>
    /// Up to here a whole number is exact in binary floating point, and one division rounds to the nearest number, as parsing the decimal text does.
    /// </summary>
    private const long BinaryExactMax = 1L << 53;

    private static readonly ulong[] PowersOfTen = [.. Enumerable.Range(0, Places + 1).Select(power => (ulong)BigInteger.Pow(10, power))];

    public static readonly Amount Zero;

    /// <summary>A price or quantity of 9 decimals, exactly.</summary>
    public static Amount FromFixed9(long value) => new((Int128)value * 10);

    /// <summary>A sum of quantities (E9) that may exceed a long, exactly.</summary>
    public static Amount FromFixed9(Int128 value) => new(value * 10);

    /// <summary>Money: <paramref name="value"/> is price × quantity in 10⁻¹⁸; the point value is tickValue / tickSize (both E9, positive).</summary>
    public static Amount Money(Int128 value, long tickValue, long tickSize) => new PointRatio(tickValue, tickSize).Money(value);

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
        Span<byte> text = stackalloc byte[TextMax];
        return Encoding.ASCII.GetString(text[..Format(text)]);
    }

    /// <summary>
    /// For people: to <paramref name="decimals"/> places (at most 10), always that
    /// many; a half goes away from zero, as people expect it (25620.125 is 25620.13).
    /// </summary>
    public string ToString(int decimals)
    {
        var (step, one) = (PowersOfTen[Places - decimals], PowersOfTen[decimals]);
        var rounded = Quotient((UInt128)Int128.Abs(Units) + step / 2, step, out _);
        var whole = Quotient(rounded, one, out var fraction);
        Span<byte> text = stackalloc byte[TextMax];
        var length = 0;
        if (Units < 0 && rounded != 0) text[length++] = (byte)'-';
        length += Write(whole, text[length..]);
        if (decimals > 0) text[length++] = (byte)'.';
        for (var unit = one / 10; unit > 0; unit /= 10) text[length++] = (byte)('0' + fraction / unit % 10);
        return Encoding.ASCII.GetString(text[..length]);
    }

    /// <summary>Writes what <see cref="ToString()"/> gives; needs at most <see cref="TextMax"/> characters.</summary>
    public bool TryFormat(Span<char> destination, out int written)
    {
        Span<byte> text = stackalloc byte[TextMax];
        return Ascii.ToUtf16(text[..Format(text)], destination, out written) == System.Buffers.OperationStatus.Done;
    }

    /// <summary>Writes what <see cref="ToString()"/> gives as UTF-8; needs at most <see cref="TextMax"/> bytes. Returns the length.</summary>
    public int Format(Span<byte> utf8)
    {
        var whole = Quotient((UInt128)Int128.Abs(Units), (ulong)UnitsPerOne, out var fraction);
        var length = 0;
        if (Units < 0) utf8[length++] = (byte)'-';
        length += Write(whole, utf8[length..]);
        if (fraction == 0) return length;
        utf8[length++] = (byte)'.';
        for (var unit = (ulong)UnitsPerOne / 10; fraction != 0; unit /= 10)
        {
            utf8[length++] = (byte)('0' + fraction / unit);
            fraction %= unit;
        }
        return length;
    }

    /// <summary>In 64 bits as long as they hold it: nearly always.</summary>
    private static UInt128 Quotient(UInt128 value, ulong divisor, out ulong remainder)
    {
        if (value <= ulong.MaxValue)
        {
            var (quotient, rest) = Math.DivRem((ulong)value, divisor);
            remainder = rest;
            return quotient;
        }
        var (wide, left) = UInt128.DivRem(value, divisor);
        remainder = (ulong)left;
        return wide;
    }

    private static int Write(UInt128 whole, Span<byte> utf8)
    {
        int length;
        if (whole <= ulong.MaxValue) ((ulong)whole).TryFormat(utf8, out length, default, CultureInfo.InvariantCulture);
        else whole.TryFormat(utf8, out length, default, CultureInfo.InvariantCulture);
        return length;
    }

    /// <summary>value × factor / divisor, half-even. The product may pass 128 bits: then BigInteger does it.</summary>
    internal static Amount Rounded(Int128 value, long factor, Int128 divisor)
    {
        // Both have leading zeros for each other's digits and the sign: then it fits, and most do.
        if (Int128.LeadingZeroCount(Int128.Abs(value)) + long.LeadingZeroCount(factor) <= 64)
            return new((Int128)HalfEven.Divide((BigInteger)value * factor, divisor));
        return new(HalfEven.Divide(value * factor, divisor));
    }
}
