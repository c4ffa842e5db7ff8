using System.Text;
using Microsoft.Data.Sqlite;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Prices;

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

    public static double Real(Amount value) => value.ToDouble();

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

    /// <summary>The ticks of a row of <c>symbol_folds</c>, whose columns stand in the order of the table from <paramref name="from"/> on.</summary>
    public static Excursion ReadTicks(SqliteDataReader row, int from) => new()
    {
        Count = row.GetInt64(from),
        First = row.GetInt64(from + 1),
        FirstAt = row.GetInt64(from + 2),
        Last = row.GetInt64(from + 3),
        LastAt = row.GetInt64(from + 4),
        Min = row.GetInt64(from + 5),
        MinAt = row.GetInt64(from + 6),
        Max = row.GetInt64(from + 7),
        MaxAt = row.GetInt64(from + 8),
        Drop = row.GetInt64(from + 9),
        Rise = row.GetInt64(from + 10),
        NewestAt = row.GetInt64(from + 11),
    };

    public static string Words(Flags flags) => flags == Flags.None ? "" : string.Join(',', Engine.Words.Of(flags));
}
