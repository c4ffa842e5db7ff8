using System.Globalization;
using System.Numerics;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Tests.Support;
using Xunit;

namespace StreamRecorder.Engine.Tests.Numbers;

public sealed class Fixed9Tests
{
    [Theory]
    [InlineData("0", 0L)]
    [InlineData("-0", 0L)]
    [InlineData("25600.25", 25_600_250_000_000L)]
    [InlineData("-37.63", -37_630_000_000L)]
    [InlineData("+5", 5_000_000_000L)]
    [InlineData("5.", 5_000_000_000L)]
    [InlineData(".5", 500_000_000L)]
    [InlineData(" \t1 \t", 1_000_000_000L)]
    [InlineData("0.000000001", 1L)]
    [InlineData("00000000000000000000000000000000000000000000000000001", 1_000_000_000L)]
    [InlineData("1.00000000000000000000", 1_000_000_000L)]
    [InlineData("0.1234567890000", 123_456_789L)]
    [InlineData("1e3", 1_000_000_000_000L)]
    [InlineData("1E+3", 1_000_000_000_000L)]
    [InlineData("1.5e-9", null)]
    [InlineData("15e-10", null)]
    [InlineData("150e-10", 15L)]
    [InlineData("0e99999", 0L)]
    [InlineData("0.00000000000000000000000000001e29", 1_000_000_000L)]
    [InlineData("9223372036.854775807", long.MaxValue)]
    [InlineData("-9223372036.854775807", -long.MaxValue)]
    public void TryParse_Number_IsReadExactlyOrHasTooManyDecimals(string text, long? expected) => Check(text, expected, NumberError.TooManyDecimals);

    [Theory]
    [InlineData("9223372036.854775808")]
    [InlineData("-9223372036.854775808")]
    [InlineData("10000000000")]
    [InlineData("1e10")]
    [InlineData("1e999999999")]
    [InlineData("99999999999999999999999999999999999999999999999999")]
    [InlineData("00000000000000000000000000000000000000000000000000000000000000001")]
    public void TryParse_BeyondARange_IsOutOfRange(string text) => Check(text, null, NumberError.OutOfRange);

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("-")]
    [InlineData("+")]
    [InlineData(".")]
    [InlineData("-.")]
    [InlineData("1 2")]
    [InlineData("1,5")]
    [InlineData("1.2.3")]
    [InlineData("--1")]
    [InlineData("+-1")]
    [InlineData("1e")]
    [InlineData("e5")]
    [InlineData("1e+")]
    [InlineData("1e+-5")]
    [InlineData("1e++5")]
    [InlineData("1e5.0")]
    [InlineData("1e 5")]
    [InlineData("0x10")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("$5")]
    [InlineData("5USD")]
    [InlineData("\n1")]
    [InlineData("１")]
    [InlineData("1\0")]
    public void TryParse_Junk_IsNotANumber(string text) => Check(text, null, NumberError.NotANumber);

    [Theory]
    [InlineData("4600000000", NumberError.None)]
    [InlineData("-4600000000", NumberError.None)]
    [InlineData("4600000000.000000001", NumberError.OutOfRange)]
    [InlineData("-4600000000.000000001", NumberError.OutOfRange)]
    [InlineData("1.0000000001", NumberError.TooManyDecimals)]
    [InlineData("x", NumberError.NotANumber)]
    public void TryParsePrice_AtTheEdges_KeepsTheRange(string text, NumberError expected) =>
        Assert.Equal(expected, Fixed9.TryParsePrice(Encoding.UTF8.GetBytes(text), out _));

    [Fact]
    public void Parse_OfFormat_IsTheSameNumber() => Properties.ForAll(AnyLong, value =>
    {
        Assert.Equal(NumberError.None, Fixed9.TryParse(Fixed9.Format(value), out var again));
        Assert.Equal(value, again);
    });

    [Fact]
    public void Format_AnyNumber_IsPlainAndShortest() => Properties.ForAll(AnyLong, value =>
    {
        var text = Fixed9.Format(value);
        Assert.DoesNotContain('E', text);
        Assert.False(text.Contains('.', StringComparison.Ordinal) && text[^1] is '0' or '.');
        Assert.Equal((decimal)value / Fixed9.One, decimal.Parse(text, CultureInfo.InvariantCulture));
        Assert.Equal(
            text.Contains('.', StringComparison.Ordinal) ? text.Length - text.IndexOf('.', StringComparison.Ordinal) - 1 : 0,
            Fixed9.DecimalsOf(value));
    });

    [Fact]
    public void TryParse_AnyDigitsAndExponent_AgreesWithWholeNumbersWithoutBounds() => Properties.ForAll(AnyText, text =>
    {
        var error = Fixed9.TryParse(text, out var value);
        var exact = Exact(text);
        if (exact is { } number) Assert.Equal((NumberError.None, number), (error, (BigInteger)value));
        else Assert.NotEqual(NumberError.None, error);
    });

    [Theory]
    [InlineData(25_620_125_000_000, 2, "25620.13")]
    [InlineData(-25_620_125_000_000, 2, "-25620.13")]
    [InlineData(1, 2, "0.00")]
    [InlineData(-1, 2, "0.00")]
    [InlineData(15_625_000, 6, "0.015625")]
    [InlineData(500_000_000, 0, "1")]
    public void FormatRounded_ForPeople_HasThatManyPlacesAndRoundsHalvesAway(long value, int decimals, string expected) =>
        Assert.Equal(expected, Fixed9.FormatRounded(value, decimals));

    private static readonly Arbitrary<long> AnyLong = Arb.From(Gen.OneOf(
        Gen.Choose(-1_000_000, 1_000_000).Select(i => (long)i),
        Gen.Choose(-1_000_000, 1_000_000).Select(i => i * 1_000_000L),
        ArbMap.Default.ArbFor<long>().Generator.Where(i => i != long.MinValue),
        Gen.Elements(long.MaxValue, -long.MaxValue, Fixed9.PriceMax, -Fixed9.PriceMax)));

    private static readonly Arbitrary<string> AnyText = Arb.From(
        from sign in Gen.Elements("", "-", "+")
        from whole in Gen.Elements("0", "7", "922337203", "9223372036", "4600000000", "12345678901234567890123")
        from fraction in Gen.Elements("", ".", ".5", ".000000001", ".8547758070000", ".123456789012", ".00000000000000000000")
        from exponent in Gen.Elements("", "e0", "E3", "e-3", "e+9", "e-12", "e40", "e-40")
        select sign + whole + fraction + exponent);

    /// <summary>The value in 10⁻⁹ if it is whole and fits, by the schoolbook.</summary>
    private static BigInteger? Exact(string text)
    {
        var parts = text.Split('e', 'E');
        var exponent = parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0;
        var mantissa = parts[0].Split('.');
        var fraction = mantissa.Length > 1 ? mantissa[1] : "";
        var digits = BigInteger.Parse(mantissa[0] + fraction, CultureInfo.InvariantCulture);
        if (text[0] == '-') digits = -BigInteger.Abs(digits);
        var power = 9 + exponent - fraction.Length;
        if (power < 0 && !(digits % BigInteger.Pow(10, -power)).IsZero) return null;
        var value = power < 0 ? digits / BigInteger.Pow(10, -power) : digits * BigInteger.Pow(10, power);
        return BigInteger.Abs(value) <= long.MaxValue ? value : null;
    }

    private static void Check(string text, long? expected, NumberError otherwise)
    {
        Assert.Equal(expected is null ? otherwise : NumberError.None, Fixed9.TryParse(Encoding.UTF8.GetBytes(text), out var fromBytes));
        Assert.Equal(expected is null ? otherwise : NumberError.None, Fixed9.TryParse(text, out var fromChars));
        Assert.Equal((expected ?? 0, expected ?? 0), (fromBytes, fromChars));
    }
}
