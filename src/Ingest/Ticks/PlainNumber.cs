using System.Runtime.CompilerServices;

namespace StreamRecorder.Ingest.Ticks;

/// <summary>
/// Reads the numbers that feeds really send: a JSON number of at most 9 digits before and 9 after the point, without an exponent.
/// Says "not plain" of all else; then <see cref="Engine.Numbers.Fixed9"/> decides. What it does read, it reads as Fixed9 does.
/// </summary>
internal static class PlainNumber
{
    private const int DigitsMax = 9;
    private const int EpochDigitsMax = 18;

    private static ReadOnlySpan<long> Scale => [1_000_000_000, 100_000_000, 10_000_000, 1_000_000, 100_000, 10_000, 1_000, 100, 10, 1];

    /// <summary>Reads at <paramref name="index"/> and moves it behind the number. False: not plain, or the data ends.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ReadOnlySpan<byte> data, ref int index, out long value)
    {
        var i = index;
        var negative = (uint)i < (uint)data.Length && data[i] == '-';
        if (negative) i++;
        var start = i;
        long mantissa = 0;
        uint digit = 10;
        for (; (uint)i < (uint)data.Length && (digit = (uint)(data[i] - '0')) <= 9; i++) mantissa = mantissa * 10 + digit;
        value = 0;
        var whole = i - start;

        // More digits may have overflowed above; they are not looked at any further.
        if (whole is 0 or > DigitsMax || (uint)i >= (uint)data.Length || (data[start] == '0' && whole > 1)) return false;
        var decimals = 0;
        if (data[i] == '.')
        {
            start = ++i;
            for (; (uint)i < (uint)data.Length && (digit = (uint)(data[i] - '0')) <= 9; i++) mantissa = mantissa * 10 + digit;
            decimals = i - start;
            if (decimals is 0 or > DigitsMax || (uint)i >= (uint)data.Length) return false;
        }
        if ((data[i] | 0x20) == 'e') return false;
        value = mantissa * Scale[decimals];
        if (negative) value = -value;
        index = i;
        return true;
    }

    /// <summary>An epoch of at most 18 digits and without a fraction.</summary>
    public static bool TryReadWhole(ReadOnlySpan<byte> data, ref int index, out long value)
    {
        var i = index;
        value = 0;
        for (; (uint)i < (uint)data.Length && (uint)(data[i] - '0') <= 9; i++) value = value * 10 + (data[i] - '0');
        var digits = i - index;
        if (digits is 0 or > EpochDigitsMax || (uint)i >= (uint)data.Length || (data[index] == '0' && digits > 1)) return false;
        if (data[i] == '.' || (data[i] | 0x20) == 'e') return false;
        index = i;
        return true;
    }
}
