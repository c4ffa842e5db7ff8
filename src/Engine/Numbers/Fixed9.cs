using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace StreamRecorder.Engine.Numbers;

/// <summary>Why a text is no number for us.</summary>
public enum NumberError
{
    None,
    NotANumber,
    TooManyDecimals,
    OutOfRange,
}

/// <summary>
/// Prices and quantities: whole numbers of 10⁻⁹ in a <see cref="long"/> ("E9"). This class reads and writes them; arithmetic is plain integer
/// arithmetic at the places that own it. Binary floating point never appears.
/// </summary>
public static class Fixed9
{
    /// <summary>One unit: 1.0 in E9.</summary>
    public const long One = 1_000_000_000;

    /// <summary>Greatest |price|: the difference of two prices must fit a <see cref="long"/> (2 × 4.6e18 &lt; 2⁶³).</summary>
    public const long PriceMax = 4_600_000_000 * One;

    /// <summary>Greatest quantity of one signal.</summary>
    public const long QuantityMax = 1_000_000_000 * One;

    private const int FractionDigits = 9;
    private const int TextBytesMax = 64;

    /// <summary>
    /// Reads a decimal number: optional sign, digits, optional fraction, optional exponent, as JSON writes them or people type them.
    /// Trailing zeros beyond the 9th decimal carry no value and are accepted. The result fits a long or the error says why not.
    /// </summary>
    public static NumberError TryParse(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        text = text.Trim(" \t"u8);
        if (text.IsEmpty || text.Length > TextBytesMax)
            return text.IsEmpty ? NumberError.NotANumber : NumberError.OutOfRange;
        var index = 0;
        var negative = text[0] == '-';
        if (negative || text[0] == '+') index++;
        if (!ReadMantissa(text, ref index, out var mantissa, out var decimals, out var overflow)) return NumberError.NotANumber;
        if (index < text.Length && !ReadExponent(text, ref index, ref decimals)) return NumberError.NotANumber;
        if (index != text.Length) return NumberError.NotANumber;
        if (overflow) return NumberError.OutOfRange;
        return Scale(mantissa, decimals, negative, out value);
    }

    /// <summary>The same for UTF-16 text (files, options).</summary>
    public static NumberError TryParse(ReadOnlySpan<char> text, out long value)
    {
        value = 0;
        if (text.Length > TextBytesMax) return NumberError.OutOfRange;
        Span<byte> bytes = stackalloc byte[TextBytesMax];
        return Ascii.FromUtf16(text, bytes, out var written) == System.Buffers.OperationStatus.Done
            ? TryParse(bytes[..written], out value)
            : NumberError.NotANumber;
    }

    /// <summary>A price: |value| ≤ <see cref="PriceMax"/>; zero and negative are prices.</summary>
    public static NumberError TryParsePrice(ReadOnlySpan<byte> text, out long price)
    {
        var error = TryParse(text, out price);
        return error == NumberError.None && (price > PriceMax || price < -PriceMax) ? NumberError.OutOfRange : error;
    }

    /// <summary>Writes E9 as a plain decimal without trailing zeros: <c>25600.25</c>.</summary>
    public static string Format(long value) => Amount.FromFixed9(value).ToString();

    /// <summary>Writes E9 for people, see <see cref="Amount.ToString(int)"/>.</summary>
    public static string FormatRounded(long value, int decimals) => Amount.FromFixed9(value).ToString(decimals);

    /// <summary>Number of decimals needed to write <paramref name="value"/> exactly.</summary>
    public static int DecimalsOf(long value)
    {
        var decimals = FractionDigits;
        while (decimals > 0 && value % 10 == 0)
        {
            value /= 10;
            decimals--;
        }
        return decimals;
    }

    private static bool ReadMantissa(ReadOnlySpan<byte> text, ref int index, out UInt128 mantissa, out int decimals, out bool overflow)
    {
        mantissa = 0;
        decimals = 0;
        overflow = false;
        var digits = 0;
        var seenPoint = false;
        ulong low = 0;
        for (; index < text.Length; index++)
        {
            var digit = (uint)(text[index] - '0');
            if (digit <= 9)
            {
                digits++;
                if (seenPoint) decimals++;
                if (mantissa == 0 && low < 1_000_000_000_000_000_000) low = low * 10 + digit;
                else Widen(ref mantissa, ref low, digit, ref overflow);
            }
            else if (text[index] == '.' && !seenPoint) seenPoint = true;
            else break;
        }
        mantissa += low;
        return digits > 0;
    }

    private static void Widen(ref UInt128 mantissa, ref ulong low, uint digit, ref bool overflow)
    {
        mantissa += low;
        low = 0;
        if (mantissa > UInt128.MaxValue / 20) overflow = true;
        else mantissa = mantissa * 10 + digit;
    }

    private static bool ReadExponent(ReadOnlySpan<byte> text, ref int index, ref int decimals)
    {
        if (text[index] is not ((byte)'e' or (byte)'E')) return false;
        index++;
        if (!Utf8Parser.TryParse(text[index..], out int exponent, out var consumed) || consumed == 0) return false;
        index += consumed;
        decimals -= Math.Clamp(exponent, -1000, 1000);
        return true;
    }

    private static NumberError Scale(UInt128 mantissa, int decimals, bool negative, out long value)
    {
        value = 0;
        if (mantissa == 0) return NumberError.None;
        for (; decimals > FractionDigits; decimals--)
        {
            var (quotient, remainder) = UInt128.DivRem(mantissa, 10);
            if (remainder != 0) return NumberError.TooManyDecimals;
            mantissa = quotient;
        }
        for (; decimals < FractionDigits; decimals++)
        {
            if (mantissa > long.MaxValue) return NumberError.OutOfRange;
            mantissa *= 10;
        }
        if (mantissa > long.MaxValue) return NumberError.OutOfRange;
        value = negative ? -(long)mantissa : (long)mantissa;
        return NumberError.None;
    }
}
