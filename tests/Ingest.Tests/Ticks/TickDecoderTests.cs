using System.Text;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Ingest.Ticks;
using StreamRecorder.Tests.Shared;
using Xunit;

namespace StreamRecorder.Ingest.Tests.Ticks;

public sealed class TickDecoderTests
{
    private const string Now = "2025-12-04T15:00:00.000000Z";

    /// <summary>Every format, good and bad lines, blanks, line ends of all kinds.</summary>
    public static readonly string[] Bodies =
    [
        "{\"symbol\":\"MNQ1!\",\"price\":25600.25,\"size\":1,\"time\":\"2025-12-04T15:00:00.123456Z\"}\n{\"symbol\":\"MNQ1!\",\"price\":25600.5}\n",
        "{\"symbol\":\"MNQ1!\",\"price\":\"25600.25\",\"time\":1764860400}\r\n\r\n  {\"Symbol\": \"AAPL\" , \"bid\":1, \"ask\":2}  "
        + "\r\n{\"symbol\":\"AAPL\",\"price\":7}",
        "\uFEFF{\"symbol\":\"MNQ1!\",\"price\":1}\nnonsense\n{\"symbol\":\"NOPE9\",\"price\":1}\n{\"symbol\":\"MNQ1!\"}\n{\"symbol\":\"MNQ1!\",\"price\":2}\n",
        "[{\"symbol\":\"MNQ1!\",\"price\":1},{\"symbol\":\"MNQ1!\",\"price\":2,\"x\":{\"a\":[1,\"]\"]}}\n,\n {\"symbol\":\"MNQ1!\",\"price\":3} ]",
        "[1,{\"symbol\":\"MNQ1!\",\"price\":1},,\"a,b]\",{\"symbol\":\"MNQ1!\",\"price\":2}x,[2],{\"symbol\":\"MNQ1!\",\"price\":3}]tail",
        "[{\"symbol\":\"MNQ1!\",\"price\":1},{\"symbol\":\"MNQ1!\"",
        "[]", " [ ] \n", "[", "[{\"symbol\":\"MNQ1!\",\"price\":1}",
        "timestamp_utc_us,symbol,price,size\n1381104000276000,GCZ13,1313.7,1\n1381104000276000,GCZ13,1313.8,0\r\n\n1381104000276001,GCZ3,1313.9,\n",
        "symbol;bid;ask;time\nEURUSD;1.38421;1.38432;2014-05-09 00:00:01.216\nEURUSD;x;1;2014-05-09\nEURUSD;1;2;\n",
        "Date\tTicker\tLast\tPrice\n2025-12-04T15:00:00Z\tMNQ1!\t9\t25600\n\tMNQ1!\t\t25601\n",
        "\"time\",\"symbol\",\"price\"\n\"2025-12-04 14:59:59\",\"MNQ1!\",\"25600.25\"\n\"2025-12-04\",\"MN\"\"Q\",\"1\"\n\"open,MNQ1!,1\n1,2\n, "
        + "MNQ1! , 3 ,4,5\n",
        "a,b,c\n1,2,3\n", "symbol,price,price\nMNQ1!,1,2\n", "symbol,size\nMNQ1!,2\n", "", " \n\t\n", "\u0001\u0002binary\n\u0003",
    ];

    public static TheoryData<int> BodyIndexes => [.. Enumerable.Range(0, Bodies.Length)];

    [Theory, MemberData(nameof(BodyIndexes))]
    public void Body_InChunksOfAnySize_DecodesTheSame(int index)
    {
        var whole = DecodedTicks.Of(Bodies[index]);
        foreach (var chunk in new[] { 1, 2, 3, 5, 7, 16, 61, 100 }) Assert.Equal(whole, DecodedTicks.Of(Bodies[index], chunk));
    }

    [Fact]
    public void Json_Lines_GiveTicksInOrder()
    {
        Assert.Equal(new DecodedTicks($"MNQ1! 25600.25 2025-12-04T15:00:00.123456Z\nMNQ1! 25600.5 {Now}", "", 0, null), DecodedTicks.Of(Bodies[0]));
        Assert.Equal(new DecodedTicks($"MNQ1! 25600.25 {Now}\nAAPL 1.5 {Now}\nAAPL 7 {Now}", "", 0, null), DecodedTicks.Of(Bodies[1]));
    }

    [Fact]
    public void Line_Bad_IsRejectedAloneWithItsNumber()
    {
        var decoded = DecodedTicks.Of(Bodies[2]);
        Assert.Equal($"MNQ1! 1 {Now}\nMNQ1! 2 {Now}", decoded.Ticks);
        Assert.Equal(3, decoded.Rejected);
        Assert.StartsWith("2: the line is not a JSON object\n3: \"NOPE9\" is no contract", decoded.Errors, StringComparison.Ordinal);
        Assert.EndsWith("4: price is missing (or bid and ask)", decoded.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void List_OfAnyLayout_GivesTicksAndElementNumbers()
    {
        Assert.Equal(new DecodedTicks($"MNQ1! 1 {Now}\nMNQ1! 2 {Now}\nMNQ1! 3 {Now}", "", 0, null), DecodedTicks.Of(Bodies[3]));
        var decoded = DecodedTicks.Of(Bodies[4]);
        Assert.Equal($"MNQ1! 1 {Now}\nMNQ1! 3 {Now}", decoded.Ticks);
        Assert.Equal(
            [1, 3, 4, 5, 6, 8],
            decoded.Errors.Split('\n').Select(e => int.Parse(e.Split(':')[0], System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal(new DecodedTicks($"MNQ1! 1 {Now}", "2: the list is not closed", 1, null), DecodedTicks.Of(Bodies[5]));
    }

    [Fact]
    public void Csv_WithHeader_GivesTicks()
    {
        const string at = "2013-10-07T00:00:00.27600";
        Assert.Equal(
            new DecodedTicks($"GCZ2013 1313.7 {at}0Z\nGCZ2013 1313.8 {at}0Z\nGCZ2013 1313.9 {at}1Z", "", 0, null), DecodedTicks.Of(Bodies[10]));
        Assert.Equal(
            new DecodedTicks($"EURUSD 1.384265 2014-05-09T00:00:01.216000Z\nEURUSD 1.5 {Now}", "3: bid is \"x\", not a number", 1, null),
            DecodedTicks.Of(Bodies[11]));
        Assert.Equal(new DecodedTicks($"MNQ1! 25600 {Now}\nMNQ1! 25601 {Now}", "", 0, null), DecodedTicks.Of(Bodies[12]));
        Assert.Equal($"MNQ1! 25600.25 2025-12-04T14:59:59.000000Z\nMNQ1! 3 {Now}", DecodedTicks.Of(Bodies[13]).Ticks);
    }

    [Theory]
    [InlineData("a,b,c\n1,2,3\n")]
    [InlineData("symbol,price,price\nMNQ1!,1,2\n")]
    [InlineData("symbol,size\nMNQ1!,2\n")]
    [InlineData("\u0001\u0002binary\n")]
    public void Csv_WithoutUsableHeader_IsRefused(string body)
    {
        var decoded = DecodedTicks.Of(body);
        Assert.NotNull(decoded.Refusal);
        Assert.Equal((0, ""), (decoded.Rejected, decoded.Ticks));
    }

    [Theory]
    [InlineData("0.1", "0.2", "0.15")]
    [InlineData("0.000000001", "0.000000002", "0.000000002")]
    [InlineData("0.000000002", "0.000000003", "0.000000002")]
    [InlineData("-0.000000001", "-0.000000002", "-0.000000002")]
    [InlineData("-0.000000001", "0.000000002", "0")]
    [InlineData("-4600000000", "4600000000", "0")]
    [InlineData("4600000000", "4600000000", "4600000000")]
    [InlineData("4599999999.999999999", "4600000000", "4600000000")]
    public void Mid_OfBidAndAsk_IsRoundedHalfEven(string bid, string ask, string mid)
    {
        var decoded = DecodedTicks.Of($$"""{"symbol":"MNQ1!","bid":{{bid}},"ask":{{ask}}}""" + "\n");
        Assert.Equal($"MNQ1! {mid} {Now}", decoded.Ticks);
    }

    [Theory]
    [InlineData("1764860400", "")]
    [InlineData("1764860400123", ".123")]
    [InlineData("1764860400123456", ".123456")]
    [InlineData("1764860400123456789", ".123456")]
    [InlineData("\"1764860400.5\"", ".5")]
    [InlineData("\"2025-12-04T16:00:00.5+01:00\"", ".5")]
    [InlineData("\"2025-12-04 15:00:00,25\"", ".25")]
    [InlineData("\"2025-12-04T15:00:00.1234567Z\"", ".123456")]
    public void Time_OfAnyUnit_IsRead(string time, string fraction)
    {
        var expected = "2025-12-04T15:00:00." + fraction.TrimStart('.').PadRight(6, '0') + "Z";
        foreach (var name in new[] { "time", "Time", "timestamp", "timestamp_utc_us", "timestamp_utc_ns", "datetime", "ts" })
            Assert.Equal($"MNQ1! 1 {expected}", DecodedTicks.Of($$"""{"symbol":"MNQ1!","price":1,"{{name}}":{{time}}}""").Ticks);
    }

    [Fact]
    public void Time_OfSeveralNames_TimeGoesFirst()
    {
        Assert.Equal($"MNQ1! 1 {Now}", DecodedTicks.Of("""{"ts":5,"symbol":"MNQ1!","price":1,"time":1764860400,"date":7}""").Ticks);
        Assert.Equal($"MNQ1! 1 {Now}", DecodedTicks.Of("ts,time,symbol,price\n5,1764860400,MNQ1!,1").Ticks);
    }

    [Theory]
    [InlineData("\"time\":1764946801", "more than 10 s ahead")]
    [InlineData("\"time\":99999999999", "neither ISO 8601 nor an epoch number")]
    [InlineData("\"time\":\"soon\"", "neither ISO 8601 nor an epoch number")]
    [InlineData("\"price\":2", "price is given twice")]
    [InlineData("\"size\":-1", "not a number of 0 or more")]
    [InlineData("\"size\":\"many\"", "not a number of 0 or more")]
    [InlineData("\"size\":{}", "size is neither text nor a number")]
    [InlineData("\"x\":\"\\ud800\",\"time\":\"\\ud800\"", "stands for no character")]
    [InlineData("\"x\":tru", "not a JSON object")]
    public void Line_WithABadField_SaysWhy(string field, string reason)
    {
        var decoded = DecodedTicks.Of($$"""{"symbol":"MNQ1!","price":1,{{field}}}""");
        Assert.Equal((1, ""), (decoded.Rejected, decoded.Ticks));
        Assert.Contains(reason, decoded.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("price", "1.0000000001", "more than 9 decimals")]
    [InlineData("price", "4600000001", "beyond")]
    [InlineData("price", "\"NaN\"", "not a number")]
    [InlineData("bid", "1", "price is missing")]
    public void Price_ThatCannotBeExact_IsRejected(string name, string value, string reason) =>
        Assert.Contains(reason, DecodedTicks.Of($$"""{"symbol":"MNQ1!","{{name}}":{{value}}}""").Errors, StringComparison.Ordinal);

    [Theory]
    [InlineData("{\"symbol\":\"MNQ1!\",\"price\":1,\"pad\":\"", "\"}\n{\"symbol\":\"MNQ1!\",\"price\":2}\n")]
    [InlineData("[{\"symbol\":\"MNQ1!\",\"price\":1,\"pad\":\"", "\"},{\"symbol\":\"MNQ1!\",\"price\":2}]")]
    [InlineData("[{\"symbol\":\"MNQ1!\",\"price\":1,\"pad\":\"x\"}", ",{\"symbol\":\"MNQ1!\",\"price\":2}]")]
    [InlineData("symbol,price,pad\nMNQ1!,1,", "\nMNQ1!,2,\n")]
    public void Line_AroundItsBound_IsTheSameInAnyChunks(string before, string after)
    {
        foreach (var length in new[] { IngestLimits.LineBytesMax - 60, IngestLimits.LineBytesMax, 3 * IngestLimits.LineBytesMax })
        {
            for (var extra = length == IngestLimits.LineBytesMax ? -50 : 0; extra <= 2; extra += 3)
            {
                var body = before + new string(' ', length + extra) + after;
                var whole = DecodedTicks.Of(body);
                Assert.EndsWith($"MNQ1! 2 {Now}", whole.Ticks, StringComparison.Ordinal);
                Assert.Equal(whole, DecodedTicks.Of(body, 97));
                Assert.Equal(whole, DecodedTicks.Of(body, 4096));
            }
        }
    }

    [Fact]
    public void Line_TooLong_IsRejectedAndSkipped()
    {
        var body = "{\"symbol\":\"MNQ1!\",\"pad\":\"" + new string('x', 300_000) + "\"}\n{\"symbol\":\"MNQ1!\",\"price\":2}\n";
        var decoded = DecodedTicks.Of(body, 1000);
        Assert.Equal(new DecodedTicks($"MNQ1! 2 {Now}", "1: the line has more than 4096 bytes", 1, null), decoded);
    }

    [Fact]
    public void Errors_BeyondTen_AreCountedOnly()
    {
        var decoded = DecodedTicks.Of(string.Concat(Enumerable.Repeat("{}\n", 25)));
        Assert.Equal((25, 10), (decoded.Rejected, decoded.Errors.Split('\n').Length));
    }

    [Fact]
    public void Line_NotUtf8_IsRejected()
    {
        byte[] body = [.. "{\"symbol\":\"MNQ1!\",\"price\":1,\"x\":\""u8, 0xC3, 0x28, .. "\"}\n"u8];
        Assert.Equal(1, DecodedTicks.Of(body).Rejected);
    }

    [Fact]
    public void Symbol_OneDigitYear_FollowsEachTicksTime()
    {
        var body = """{"symbol":"MNQZ5","price":1,"time":"2016-01-04"}""" + "\n" + """{"symbol":"MNQZ5","price":1,"time":"2025-01-04"}""" + "\n"
            + """{"symbol":"MNQZ5","price":1,"time":"2016-01-04"}""";
        Assert.Equal(["MNQZ2015", "MNQZ2025", "MNQZ2015"], DecodedTicks.Of(body).Ticks.Split('\n').Select(t => t.Split(' ')[0]));
    }

    [Fact]
    public void Instruments_Changed_AreSeenByARunningStream()
    {
        var symbols = new Engine.Instruments.SymbolTable();
        var decoder = new TickDecoder(symbols);
        var line = "{\"symbol\":\"MNQ1!\",\"price\":1}\n"u8.ToArray();
        var into = new Engine.Prices.Tick[4];
        decoder.Decode(line, false, Table.Arrival, into, out var before);
        symbols.Publish(Table.Symbols().Instruments);
        decoder.Decode(line, false, Table.Arrival, into, out var after);
        Assert.Equal((0, 1), (before, after));
    }

    [Fact]
    public void Lines_OfTheUsualShape_AllocateNothing()
    {
        var symbols = Table.Symbols();
        foreach (var line in new[]
            { "{\"symbol\":\"MNQ1!\",\"price\":25600.25,\"size\":1,\"time\":\"2025-12-04T15:00:00.123Z\"}\n", "1764860400000000,MNQ1!,25600.25,1\n" })
        {
            var decoder = new TickDecoder(symbols);
            var into = new Engine.Prices.Tick[1000];
            var body = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(line, into.Length)));
            if (line[0] != '{') decoder.Decode("time,symbol,price,size\n"u8, false, Table.Arrival, into, out _);
            var written = 0;
            Assert.Equal(0, Allocations.Least(() => decoder.Decode(body, false, Table.Arrival, into, out written)));
            Assert.Equal(into.Length, written);
        }
    }

    [Fact]
    public void Time_InFilesOnly_IsNeeded()
    {
        Assert.Contains("time is missing", DecodedTicks.Of(Bodies[0], arrival: TickDecoder.NoArrival).Errors, StringComparison.Ordinal);
        Assert.Contains(
            Timestamp.Format(Timestamp.Max - 1),
            DecodedTicks.Of("{\"symbol\":\"MNQ1!\",\"price\":1,\"time\":\"2199-12-31T23:59:59.999999Z\"}", arrival: TickDecoder.NoArrival).Ticks,
            StringComparison.Ordinal);
    }
}
