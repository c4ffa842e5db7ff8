using System.Globalization;
using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Tests.Support;
using Xunit;

namespace StreamRecorder.Engine.Tests.Numbers;

public sealed class AmountTests
{
    private static readonly BigInteger Ten10 = BigInteger.Pow(10, 10);
    private static readonly BigInteger Ten18 = BigInteger.Pow(10, 18);

    /// <summary>Of every size up to what a total may reach, and many that end in a half.</summary>
    private static readonly Gen<Int128> AnyValue =
        from sign in Gen.Elements(-1, 1)
        from high in ArbMap.Default.ArbFor<ulong>().Generator
        from bits in Gen.Choose(0, 125)
        from tail in Gen.Elements(0, 50_000_000, 49_999_999, 50_000_001, 12_345)
        select sign * ((Int128)(((UInt128)high << 62) >> (125 - bits)) / 100_000_000 * 100_000_000 + tail);

    private static readonly Gen<(long Value, long Size)> AnyPoint = Gen.Elements<(long, long)>(
        (500_000_000, 250_000_000), (6_250_000_000, 500), (20_835_000_000, 5_000_000), (1_000_000_000, 300_000_000),
        (1, 3), (7, 1_000_000_007), (100_000_000, 1), (1, 1));

    [Fact]
    public void Money_AnyValueAndPoint_IsTheExactRatioHalfEven() => Properties.ForAll(Arb.From(AnyValue.Zip(AnyPoint)), given =>
    {
        var (value, point) = given;
        var exact = Rational.HalfEven((BigInteger)value * point.Value * Ten10, Ten18 * point.Size);
        if (Fits(exact)) Assert.Equal(exact, (BigInteger)Amount.Money(value, point.Value, point.Size).Units);
    });

    [Fact]
    public void Net_AnyValuePointAndCommission_IsRoundedOnce() => Properties.ForAll(Arb.From(AnyValue.Zip(AnyPoint).Zip(AnyValue)), given =>
    {
        var ((value, point), commission) = given;
        var exact = Rational.HalfEven(((BigInteger)value * point.Value - (BigInteger)commission * point.Size) * Ten10, Ten18 * point.Size);
        if (Fits(exact)) Assert.Equal(exact, (BigInteger)Amount.Net(value, commission, point.Value, point.Size).Units);
    });

    [Fact]
    public void Average_AnyCostAndQuantity_IsTheExactRatioHalfEven() => Properties.ForAll(
        Arb.From(AnyValue.Zip(Gen.Choose(1, int.MaxValue).SelectMany(q => Gen.Elements<Int128>(q, q * 1_000_000_000L, (Int128)q << 64)))),
        given =>
        {
            var exact = Rational.HalfEven((BigInteger)given.Item1 * 10, given.Item2);
            if (Fits(exact)) Assert.Equal(exact, (BigInteger)Amount.Average(given.Item1, given.Item2).Units);
        });

    [Fact]
    public void Format_AnyAmount_IsTheExactDecimalWithoutTrailingZeros() => Properties.ForAll(Arb.From(AnyValue), units =>
    {
        var text = new Amount(units).ToString();
        Assert.Equal((BigInteger)units, Parse(text));
        Assert.False(text.Contains('.', StringComparison.Ordinal) && text[^1] is '0' or '.');
        Assert.NotEqual("-0", text);
        Span<char> buffer = stackalloc char[64];
        Assert.True(new Amount(units).TryFormat(buffer, out var written));
        Assert.Equal(text, buffer[..written].ToString());
    });

    [Fact]
    public void Format_ForPeople_RoundsHalvesAwayFromZero() => Properties.ForAll(Arb.From(AnyValue.Zip(Gen.Choose(0, 10))), given =>
    {
        var (units, decimals) = given;
        var step = BigInteger.Pow(10, 10 - decimals);
        var magnitude = (BigInteger.Abs(units) * 2 + step) / (2 * step);
        var text = new Amount(units).ToString(decimals);
        Assert.Equal(magnitude * (units < 0 ? -1 : 1) * step, Parse(text));
        Assert.Equal(decimals, text.Contains('.', StringComparison.Ordinal) ? text.Length - text.IndexOf('.', StringComparison.Ordinal) - 1 : 0);
        if (magnitude.IsZero) Assert.DoesNotContain('-', text);
    });

    [Fact]
    public void Share_AnyPart_IsHalfEvenAndTheRestIsTheRest() => Properties.ForAll(
        Arb.From(AnyValue.Zip(Gen.Choose(1, 1_000_000).Zip(Gen.Choose(0, 1_000_000)))),
        given =>
        {
            var (whole, (part, more)) = given;
            var share = HalfEven.Share(whole, part, part + (long)more);
            Assert.Equal(Rational.HalfEven((BigInteger)whole * part, part + (long)more), (BigInteger)share);
            if (more == 0) Assert.Equal(whole, share);
        });

    [Fact]
    public void Divide_BothWidths_AreHalfEven() => Properties.ForAll(
        Arb.From(AnyValue.Zip(Gen.OneOf(Gen.Choose(1, 9).Select(d => (Int128)d), AnyValue.Select(Int128.Abs).Where(d => d > 0)))),
        given =>
        {
            var exact = Rational.HalfEven(given.Item1, given.Item2);
            Assert.Equal(exact, (BigInteger)HalfEven.Divide(given.Item1, given.Item2));
            Assert.Equal(exact, HalfEven.Divide((BigInteger)given.Item1, (BigInteger)given.Item2));
        });

    [Theory]
    [InlineData(5, 2, 2)]
    [InlineData(7, 2, 4)]
    [InlineData(-5, 2, -2)]
    [InlineData(-7, 2, -4)]
    [InlineData(1, 2, 0)]
    [InlineData(3, 2, 2)]
    [InlineData(long.MinValue, 1, long.MinValue)]
    [InlineData(long.MaxValue, long.MaxValue, 1)]
    public void Divide_Halves_GoToTheEvenOne(long value, long divisor, long expected) =>
        Assert.Equal(expected, HalfEven.Divide((Int128)value, divisor));

    [Fact]
    public void Amounts_Compared_AreOrderedAsNumbers()
    {
        var (less, more) = (new Amount(-5), new Amount(3));
        Assert.True(less < more && more > less && less <= more && more >= less && less.CompareTo(more) < 0);
        Assert.Equal((new Amount(5), new Amount(5), -1), (-less, Amount.Abs(less), less.Sign));
        Assert.Equal(0.5, new Amount(5_000_000_000).ToDouble());
    }

    private static bool Fits(BigInteger units) => BigInteger.Abs(units) <= Int128.MaxValue;

    private static BigInteger Parse(string text)
    {
        var parts = text.Split('.');
        var digits = parts[0] + (parts.Length > 1 ? parts[1] : "").PadRight(10, '0');
        return BigInteger.Parse(digits, CultureInfo.InvariantCulture);
    }
}
