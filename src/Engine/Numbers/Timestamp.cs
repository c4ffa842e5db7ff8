using System.Buffers.Text;
using System.Text;

namespace StreamRecorder.Engine.Numbers;

/// <summary>
/// Moments: microseconds since 1970-01-01 UTC in a <see cref="long"/>. Written with fixed width (<c>2025-12-04T15:00:00.000000Z</c>) so that
/// text sorts as time does.
/// </summary>
public static class Timestamp
{
    public const long Second = 1_000_000;
    public const long Day = 86_400 * Second;

    /// <summary>Characters that each moment is written with.</summary>
    public const int TextLength = 27;

    /// <summary>Exclusive upper bound: 2200-01-01. Later moments are taken for mistakes of unit.</summary>
    public const long Max = 7_258_118_400 * Second;

    public static long From(DateTimeOffset time) => (time.UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    public static DateTime ToDateTime(long time) => DateTime.UnixEpoch.AddTicks(time * TimeSpan.TicksPerMicrosecond);

    public static string Format(long time)
    {
        Span<byte> utf8 = stackalloc byte[TextLength];
        Format(time, utf8);
        return Encoding.ASCII.GetString(utf8);
    }

    /// <summary>
    /// Writes <see cref="TextLength"/> bytes. By hand: a signal comes to a dozen moments as text, and the runtime reads a format each time.
    /// </summary>
    public static void Format(long time, Span<byte> utf8)
    {
        var moment = ToDateTime(time);
        var (year, month, day) = DateOnly.FromDateTime(moment);
        var (seconds, micros) = Math.DivRem((ulong)moment.TimeOfDay.Ticks / TimeSpan.TicksPerMicrosecond, (ulong)Second);
        // The last place first, so that all the others are known to be there.
        utf8[TextLength - 1] = (byte)'Z';
        TwoDigits(utf8, 0, (uint)year / 100);
        TwoDigits(utf8, 2, (uint)year % 100);
        utf8[4] = (byte)'-';
        TwoDigits(utf8, 5, (uint)month);
        utf8[7] = (byte)'-';
        TwoDigits(utf8, 8, (uint)day);
        utf8[10] = (byte)'T';
        TwoDigits(utf8, 11, (uint)seconds / 3600);
        utf8[13] = (byte)':';
        TwoDigits(utf8, 14, (uint)seconds / 60 % 60);
        utf8[16] = (byte)':';
        TwoDigits(utf8, 17, (uint)seconds % 60);
        utf8[19] = (byte)'.';
        TwoDigits(utf8, 20, (uint)micros / 10_000);
        TwoDigits(utf8, 22, (uint)micros / 100 % 100);
        TwoDigits(utf8, 24, (uint)micros % 100);
    }

    public static int YearOf(long time) => ToDateTime(time).Year;

    /// <summary>
    /// Reads ISO 8601 (<c>T</c> or a space between, fraction and zone optional, no zone means UTC) or an epoch number whose unit is told by its
    /// size: seconds below 1e11, milliseconds below 1e14, microseconds below 1e17, else nanoseconds.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out long time)
    {
        text = text.Trim(" \t"u8);
        return text.Length >= 10 && text[4] == '-' ? TryParseIso(text, out time) : TryParseEpoch(text, out time);
    }

    private static bool TryParseEpoch(ReadOnlySpan<byte> text, out long time)
    {
        time = 0;
        if (Utf8Parser.TryParse(text, out long whole, out var used) && used == text.Length)
        {
            if (whole < 0) return false;
            time = whole switch
            {
                < 100_000_000_000 => whole * Second,
                < 100_000_000_000_000 => whole * 1000,
                < 100_000_000_000_000_000 => whole,
                _ => whole / 1000,
            };
            return time < Max;
        }
        if (!Utf8Parser.TryParse(text, out decimal number, out used) || used != text.Length || number < 0 || number >= 100_000_000_000_000_000m)
            return false;
        number = number < 100_000_000_000m ? number * Second : number < 100_000_000_000_000m ? number * 1000 : number;
        time = (long)number;
        return time < Max;
    }

    private static bool TryParseIso(ReadOnlySpan<byte> text, out long time)
    {
        time = 0;
        if (!Digits(text, 0, 4, out var year) || !Digits(text, 5, 2, out var month) || text[7] != '-' || !Digits(text, 8, 2, out var day))
            return false;
        if (year is < 1970 or > 2199 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)) return false;
        time = (new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc).Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
        var index = 10;
        if (index == text.Length) return true;
        if (text[index] is not ((byte)'T' or (byte)'t' or (byte)' ')) return false;
        index++;
        return TryClock(text, ref index, ref time) && TryZone(text, index, ref time) && time is >= 0 and < Max;
    }

    private static bool TryClock(ReadOnlySpan<byte> text, ref int index, ref long time)
    {
        if (!Digits(text, index, 2, out var hour) || index + 5 > text.Length || text[index + 2] != ':' || !Digits(text, index + 3, 2, out var minute))
            return false;
        index += 5;
        var second = 0;
        if (index < text.Length && text[index] == ':')
        {
            if (!Digits(text, index + 1, 2, out second)) return false;
            index += 3;
        }
        // 60 is a leap second: the next second's beginning.
        if (hour > 23 || minute > 59 || second > 60) return false;
        time += (hour * 3600L + minute * 60L + second) * Second;
        if (index >= text.Length || text[index] is not ((byte)'.' or (byte)',')) return true;
        index++;
        var start = index;
        for (var unit = Second / 10; index < text.Length && text[index] is >= (byte)'0' and <= (byte)'9'; index++, unit /= 10)
            time += (text[index] - '0') * unit;
        return index > start;
    }

    private static bool TryZone(ReadOnlySpan<byte> text, int index, ref long time)
    {
        if (index == text.Length) return true;
        if (text[index] is (byte)'Z' or (byte)'z') return index + 1 == text.Length;
        if (text[index] is not ((byte)'+' or (byte)'-') || !Digits(text, index + 1, 2, out var hours)) return false;
        var sign = text[index] == '-' ? 1 : -1;
        index += 3;
        var hasColon = index < text.Length && text[index] == ':';
        if (hasColon) index++;
        var minutes = 0;
        if ((hasColon || index < text.Length) && (!Digits(text, index, 2, out minutes) || index + 2 != text.Length)) return false;
        time += sign * (hours * 60L + minutes) * 60 * Second;
        return hours <= 18 && minutes < 60;
    }

    private static void TwoDigits(Span<byte> utf8, int at, uint value)
    {
        utf8[at + 1] = (byte)('0' + value % 10);
        utf8[at] = (byte)('0' + value / 10);
    }

    private static bool Digits(ReadOnlySpan<byte> text, int start, int count, out int value)
    {
        value = 0;
        if (start + count > text.Length) return false;
        for (var i = start; i < start + count; i++)
        {
            var digit = (uint)(text[i] - '0');
            if (digit > 9) return false;
            value = value * 10 + (int)digit;
        }
        return true;
    }
}
