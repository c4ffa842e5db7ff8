using System.Text;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Positions;

namespace StreamRecorder.Sink;

/// <summary>
/// How values stand in columns: REAL for people, text for moments and words. Exact values need nothing: they are integers or bytes.
/// </summary>
internal static class Columns
{
    /// <summary>
    /// Up to here a whole number is exact in binary floating point, and one division rounds to the nearest REAL, as parsing the decimal text would.
    /// </summary>
    private const long ExactMax = 1L << 53;
    private const int TimeCharsMax = 32;

    public static double Real(Amount value) =>
        value.Units < ExactMax && value.Units > -ExactMax ? (long)value.Units / 1e10 : value.ToDouble();

    public static double? Real(Amount? value) => value is { } known ? Real(known) : null;

    public static double Real(long e9) => e9 is < ExactMax and > -ExactMax ? e9 / 1e9 : Amount.FromFixed9(e9).ToDouble();

    /// <summary>µs as seconds.</summary>
    public static double Seconds(long micros) => micros / 1e6;

    public static string? Time(long? at) => at is { } known ? Timestamp.Format(known) : null;

    public static long ReadTime(string text)
    {
        Span<byte> bytes = stackalloc byte[TimeCharsMax];
        if (text.Length > bytes.Length || !Timestamp.TryParse(bytes[..Encoding.ASCII.GetBytes(text, bytes)], out var at))
            throw new DatabaseDamagedException($"\"{text}\" in the database is no time.");
        return at;
    }

    public static string Words(Flags flags) => flags == Flags.None ? "" : string.Join(',', Engine.Words.Of(flags));
}
