using System.Text;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Tests.Support;
using Xunit;

namespace StreamRecorder.Engine.Tests.Numbers;

public sealed class TimestampTests
{
    private const string Noon = "2025-12-04T12:00:00.000000Z";

    [Theory]
    // Seconds below 1e11, milliseconds below 1e14, microseconds below 1e17, else nanoseconds.
    [InlineData("1764849600", Noon)]
    [InlineData("1764849600000", Noon)]
    [InlineData("1764849600000000", Noon)]
    [InlineData("1764849600000000000", Noon)]
    [InlineData("1764849600.5", "2025-12-04T12:00:00.500000Z")]
    [InlineData("1764849600000.25", "2025-12-04T12:00:00.000250Z")]
    [InlineData("1764849600000000.9", Noon)]
    [InlineData("1764849600000000999", Noon)]
    [InlineData("0", "1970-01-01T00:00:00.000000Z")]
    [InlineData("7258118399", "2199-12-31T23:59:59.000000Z")]
    [InlineData("100000000000", "1973-03-03T09:46:40.000000Z")]
    [InlineData("100000000000000", "1973-03-03T09:46:40.000000Z")]
    [InlineData("100000000000000000", "1973-03-03T09:46:40.000000Z")]
    public void Epoch_OfAnyUnit_IsToldByItsSize(string text, string expected) => Check(text, expected);

    [Theory]
    [InlineData("2025-12-04T12:00:00Z", Noon)]
    [InlineData("2025-12-04t12:00:00z", Noon)]
    [InlineData("2025-12-04 12:00:00", Noon)]
    [InlineData("2025-12-04T12:00Z", Noon)]
    [InlineData("2025-12-04T12:00", Noon)]
    [InlineData("2025-12-04T14:00:00+02:00", Noon)]
    [InlineData("2025-12-04T14:00:00+0200", Noon)]
    [InlineData("2025-12-04T14:00:00+02", Noon)]
    [InlineData("2025-12-04T06:30:00-05:30", Noon)]
    [InlineData("2025-12-05T06:00:00+18:00", Noon)]
    [InlineData(" 2025-12-04T12:00:00Z\t", Noon)]
    [InlineData("2025-12-04", "2025-12-04T00:00:00.000000Z")]
    [InlineData("2025-12-04T12:00:00.1Z", "2025-12-04T12:00:00.100000Z")]
    [InlineData("2025-12-04T12:00:00,123456Z", "2025-12-04T12:00:00.123456Z")]
    [InlineData("2025-12-04T12:00:00.123456999Z", "2025-12-04T12:00:00.123456Z")]
    [InlineData("2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000000Z")]
    [InlineData("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000000Z")]
    [InlineData("1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000000Z")]
    [InlineData("2199-12-31T23:59:59.999999Z", "2199-12-31T23:59:59.999999Z")]
    public void Iso_EveryVariant_IsUtc(string text, string expected) => Check(text, expected);

    [Theory]
    [InlineData("")]
    [InlineData("now")]
    [InlineData("-1")]
    [InlineData("7258118400")]
    [InlineData("99999999999999999999")]
    [InlineData("100000000000000000.5")]
    [InlineData("1764849600x")]
    [InlineData("2025-13-04")]
    [InlineData("2025-00-04")]
    [InlineData("2025-02-29")]
    [InlineData("2025-12-32")]
    [InlineData("2025-12-00")]
    [InlineData("1969-12-31T23:59:59Z")]
    [InlineData("1970-01-01T00:00:00+01:00")]
    [InlineData("2200-01-01")]
    [InlineData("2199-12-31T23:59:59-01:00")]
    [InlineData("2025-12-04T")]
    [InlineData("2025-12-04T12")]
    [InlineData("2025-12-04T12:0")]
    [InlineData("2025-12-04T24:00:00Z")]
    [InlineData("2025-12-04T12:60:00Z")]
    [InlineData("2025-12-04T12:00:61Z")]
    [InlineData("2025-12-04T12:00:00.Z")]
    [InlineData("2025-12-04T12:00:00ZZ")]
    [InlineData("2025-12-04T12:00:00+")]
    [InlineData("2025-12-04T12:00:00+1")]
    [InlineData("2025-12-04T12:00:00+19:00")]
    [InlineData("2025-12-04T12:00:00+02:60")]
    [InlineData("2025-12-04T12:00:00+02:")]
    [InlineData("2025-12-04T12:00:00+02:000")]
    [InlineData("2025-12-04X12:00:00Z")]
    [InlineData("2025/12/04 12:00")]
    [InlineData("04-12-2025")]
    [InlineData("２025-12-04")]
    public void Junk_OrBeyondTheRange_IsRefused(string text) => Assert.False(Timestamp.TryParse(Encoding.UTF8.GetBytes(text), out _));

    [Fact]
    public void Iso_EveryPrefix_IsReadOrRefused()
    {
        var text = Encoding.UTF8.GetBytes("2025-12-04T12:00:00.123456+02:00");
        for (var length = 0; length <= text.Length; length++)
            Assert.Equal(
                length is (>= 1 and <= 4) or 10 or 16 or 19 or (> 20 and <= 26) or 29 or 32, Timestamp.TryParse(text.AsSpan(0, length), out _));
    }

    [Fact]
    public void Parse_OfFormat_IsTheSameMoment() => Seeds.Run(1, random =>
    {
        for (var i = 0; i < 10_000; i++)
        {
            var time = random.NextInt64(Timestamp.Max);
            Assert.True(Timestamp.TryParse(Encoding.UTF8.GetBytes(Timestamp.Format(time)), out var again));
            Assert.Equal(time, again);
            Assert.Equal(Timestamp.ToDateTime(time).Year, Timestamp.YearOf(time));
            Assert.Equal(time, Timestamp.From(new DateTimeOffset(Timestamp.ToDateTime(time))));
        }
    });

    [Fact]
    public void Format_OfAnyMoment_IsWhatTheRuntimeWrites() => Seeds.Run(2, random =>
    {
        for (var i = 0; i < 10_000; i++)
        {
            var time = i == 0 ? 0 : random.NextInt64(i % 2 == 0 ? Timestamp.Max : Timestamp.Day);
            Assert.Equal(
                Timestamp.ToDateTime(time).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", System.Globalization.CultureInfo.InvariantCulture),
                Timestamp.Format(time));
        }
    });

    private static void Check(string text, string expected)
    {
        Assert.True(Timestamp.TryParse(Encoding.UTF8.GetBytes(text), out var time), text);
        Assert.Equal(expected, Timestamp.Format(time));
    }
}
