using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace StreamRecorder.Naive;

/// <summary>An exact rational number, always in lowest terms. Every price, quantity and amount of this program is one.</summary>
public readonly struct Fraction : IComparable<Fraction>, IEquatable<Fraction>
{
    // Far beyond any price; without a bound "1e999999999" would fill the memory.
    private const int ExponentMax = 40;

    private readonly BigInteger _denominator;

    public Fraction(BigInteger numerator, BigInteger denominator)
    {
        if (denominator.IsZero) throw new DivideByZeroException();
        var divisor = BigInteger.GreatestCommonDivisor(numerator, denominator) * denominator.Sign;
        Numerator = numerator / divisor;
        _denominator = denominator / divisor;
    }

    public static Fraction Zero => default;

    public static Fraction One => new(1, 1);

    public BigInteger Numerator { get; }

    // The struct's default value must be a number too: it is 0/1.
    public BigInteger Denominator => _denominator.IsZero ? BigInteger.One : _denominator;

    public int Sign => Numerator.Sign;

    public static implicit operator Fraction(int value) => new(value, 1);

    public static Fraction operator +(Fraction a, Fraction b) =>
        new(a.Numerator * b.Denominator + b.Numerator * a.Denominator, a.Denominator * b.Denominator);

    public static Fraction operator -(Fraction a, Fraction b) => a + -b;

    public static Fraction operator -(Fraction a) => new(-a.Numerator, a.Denominator);

    public static Fraction operator *(Fraction a, Fraction b) => new(a.Numerator * b.Numerator, a.Denominator * b.Denominator);

    public static Fraction operator /(Fraction a, Fraction b) => new(a.Numerator * b.Denominator, a.Denominator * b.Numerator);

    public static bool operator <(Fraction a, Fraction b) => a.CompareTo(b) < 0;

    public static bool operator >(Fraction a, Fraction b) => a.CompareTo(b) > 0;

    public static bool operator <=(Fraction a, Fraction b) => a.CompareTo(b) <= 0;

    public static bool operator >=(Fraction a, Fraction b) => a.CompareTo(b) >= 0;

    public static bool operator ==(Fraction a, Fraction b) => a.Equals(b);

    public static bool operator !=(Fraction a, Fraction b) => !a.Equals(b);

    public static Fraction Abs(Fraction a) => a.Sign < 0 ? -a : a;

    public static Fraction Min(Fraction a, Fraction b) => a < b ? a : b;

    public static Fraction Max(Fraction a, Fraction b) => a > b ? a : b;

    public int CompareTo(Fraction other) => (Numerator * other.Denominator).CompareTo(other.Numerator * Denominator);

    public bool Equals(Fraction other) => Numerator == other.Numerator && Denominator == other.Denominator;

    public override bool Equals(object? obj) => obj is Fraction other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Numerator, Denominator);

    public override string ToString() => ToDecimal(10);

    /// <summary>The quotient as an integer; a tie goes to the even neighbour.</summary>
    public static BigInteger DivideHalfEven(BigInteger numerator, BigInteger denominator)
    {
        if (denominator.Sign < 0) return DivideHalfEven(-numerator, -denominator);
        var floor = BigInteger.Divide(numerator - Modulo(numerator, denominator), denominator);
        var twiceRest = 2 * Modulo(numerator, denominator);
        var up = twiceRest > denominator || (twiceRest == denominator && !floor.IsEven);
        return up ? floor + 1 : floor;
    }

    /// <summary>The largest integer not above this number.</summary>
    public BigInteger Floor() => (Numerator - Modulo(Numerator, Denominator)) / Denominator;

    /// <summary>This number in units of 10^-places, rounded half-even.</summary>
    public BigInteger ScaledHalfEven(int places) => DivideHalfEven(Numerator * BigInteger.Pow(10, places), Denominator);

    public Fraction RoundHalfEven(int places) => new(ScaledHalfEven(places), BigInteger.Pow(10, places));

    public bool HasAtMostDecimals(int places) => (BigInteger.Pow(10, places) % Denominator).IsZero;

    /// <summary>Plain decimal, rounded half-even, without trailing zeros; never "-0".</summary>
    public string ToDecimal(int places)
    {
        var scaled = ScaledHalfEven(places);
        var digits = BigInteger.Abs(scaled).ToString(CultureInfo.InvariantCulture).PadLeft(places + 1, '0');
        var text = (digits[..^places] + "." + digits[^places..]).TrimEnd('0').TrimEnd('.');
        return scaled.Sign < 0 ? "-" + text : text;
    }

    /// <summary>Reads "12", "-0.5", "1.5e3" exactly; null if the text is anything else.</summary>
    public static Fraction? Parse(string text)
    {
        var parts = text.Trim().Split('e', 'E');
        if (parts.Length > 2 || ParsePlain(parts[0]) is not { } mantissa) return null;
        if (parts.Length == 1) return mantissa;
        if (!int.TryParse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var exponent)) return null;
        if (exponent is > ExponentMax or < -ExponentMax) return null;
        var power = new Fraction(BigInteger.Pow(10, Math.Abs(exponent)), 1);
        return exponent < 0 ? mantissa / power : mantissa * power;
    }

    private static Fraction? ParsePlain(string text)
    {
        if (Regex.Match(text, @"^([-+]?)([0-9]*)\.?([0-9]*)$") is not { Success: true } match) return null;
        var digits = match.Groups[2].Value + match.Groups[3].Value;
        if (digits.Length == 0) return null;
        var number = BigInteger.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
        return new Fraction(match.Groups[1].Value == "-" ? -number : number, BigInteger.Pow(10, match.Groups[3].Length));
    }

    private static BigInteger Modulo(BigInteger a, BigInteger b) => ((a % b) + b) % b;
}
