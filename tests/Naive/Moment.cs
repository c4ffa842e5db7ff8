using System.Globalization;
using System.Numerics;

namespace StreamRecorder.Naive;

/// <summary>Moments as whole microseconds since 1970 UTC: read from ISO 8601 or an epoch number, written as fixed-width ISO 8601.</summary>
public static class Moment
{
    public const long Second = 1_000_000;

    // What the contract tells the four epoch units apart by.
    private static readonly BigInteger MillisecondsFrom = BigInteger.Pow(10, 11);
    private static readonly BigInteger MicrosecondsFrom = BigInteger.Pow(10, 14);
    private static readonly BigInteger NanosecondsFrom = BigInteger.Pow(10, 17);

    // DateTime ends with the year 9999; a later moment could not be written.
    private const long MicrosecondsMax = 253_402_300_799_999_999;
    private const long MicrosecondsMin = -62_135_596_800_000_000;

    public static long? Parse(string text) => Fraction.Parse(text) is { } number ? FromEpoch(number) : FromIso(text);

    public static string Format(long microseconds) =>
        ToDateTime(microseconds).ToString("yyyy-MM-ddTHH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    public static int YearOf(long microseconds) => ToDateTime(microseconds).Year;

    private static DateTime ToDateTime(long microseconds) => DateTime.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);

    private static long? FromEpoch(Fraction number)
    {
        var size = Fraction.Abs(number).Floor();
        var microseconds = number * MicrosecondsPerUnit(size);
        var whole = microseconds.Floor();
        return whole > MicrosecondsMax || whole < MicrosecondsMin ? null : (long)whole;
    }

    private static Fraction MicrosecondsPerUnit(BigInteger size)
    {
        if (size < MillisecondsFrom) return 1_000_000;
        if (size < MicrosecondsFrom) return 1_000;
        return size < NanosecondsFrom ? 1 : new Fraction(1, 1_000);
    }

    private static long? FromIso(string text)
    {
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal | DateTimeStyles.AllowWhiteSpaces;
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, Utc, out var moment)) return null;
        return (long)new Fraction(moment.UtcTicks - DateTime.UnixEpoch.Ticks, TimeSpan.TicksPerMicrosecond).Floor();
    }
}
