using System.Text;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Prices;
using StreamRecorder.Ingest.Ticks;
using Xunit;

namespace StreamRecorder.Ingest.Tests.Ticks;

/// <summary>
/// The quick readers against the thorough ones, over lines put together and
/// mutated from a fixed seed: where the quick one gives a tick, both are equal.
/// </summary>
public sealed class PlainReaderTests
{
    private const int Seed = 4711;
    private const int Rounds = 30_000;

    private static readonly string[] Names = ["symbol", "price", "size", "time", "bid", "ask", "Price", "TIME", "ts", "ticker", "x", "exchange", ""];

    private static readonly string[] Layout = ["symbol", "price", "x", "time", "size"];

    private static readonly string[] Values =
    [
        "\"MNQ1!\"", "\"mnqz5\"", "\"NOPE\"", "\"\"", "1", "25600.25", "-37.63", "0", "-0", "00", "01.5", "1.", ".5", "+1", "1e3", "1E-2",
        "999999999.999999999",
        "1000000000", "4600000000.1", "1.0000000000", "1.0000000001", "\"25600.25\"", "\" 1\"", "\"1 \"", "\"1e2\"", "\"007\"", "1764860400",
        "1764860400123",
        "1764860400123456", "1764860400123456789", "9999999999999999999", "1764860400.25", "\"2025-12-04T15:00:00Z\"", "\"2025-12-04T15:00:00.1Z\"",
        "\"2025-12-04 15:00:00\"",
        "\"2025-12-04T15:00:60Z\"", "\"2025-12-04T15:00:00.Z\"", "\"2025-12-04T15:00:00+01:00\"", "\"2025-02-29T15:00:00Z\"",
        "\"2025-12-04T15:00:00.1234567z\"", "\"2025-12-04\"",
        "\"2025-12-04T15:00:00.123Z\"", "\"2025-12-04T15:00:00.123456Z\"", "\"2025-12-04T15:00:00.123456789Z\"", "\"2025-12-04T15:00:00.000001\"",
        "\"2199-12-31T23:59:59Z\"", "null", "true", "{}", "[1,2]", "\"a\\\"b\"", "\"\\u0031\"", "\"é\"",
    ];

    [Fact]
    public void JsonLine_ReadBothWays_IsTheSameTick()
    {
        var rules = new TickRules(Table.Symbols());
        var random = new Random(Seed);
        var plain = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var line = Mutated(JsonLine(random), random);
            var used = PlainJsonTick.TryRead([.. line, (byte)'\n'], rules, Table.Arrival, out var quick);
            if (used == 0) continue;
            plain++;
            var reason = JsonTick.TryRead(line.AsSpan(0, used), rules, Table.Arrival, out var thorough);
            Assert.True(reason is null && Same(quick, thorough), $"{Encoding.UTF8.GetString(line)}: {reason}");
        }
        Assert.InRange(plain, Rounds / 20, Rounds);
    }

    [Fact]
    public void JsonLine_OfALearnedLayout_IsTheSameTick()
    {
        var rules = new TickRules(Table.Symbols());
        var random = new Random(Seed);
        var shape = new JsonShape();
        var read = 0;
        for (var round = 0; round < Rounds / 20; round++)
        {
            // Some lines of one layout, with other values, and now and then a mutated one.
            var names = Layout.Take(random.Next(2, 6)).OrderBy(_ => random.Next()).ToArray();
            for (var again = 0; again < 10; again++)
            {
                var fields = names.Select(n => $"\"{n}\":{ValueOf(n, random)}");
                var line = Mutated(Encoding.UTF8.GetBytes("{" + string.Join(",", fields) + "}"), random);
                var used = shape.TryRead([.. line, (byte)'\n'], rules, Table.Arrival, out var quick);
                if (used == 0) continue;
                read++;
                var reason = JsonTick.TryRead(line.AsSpan(0, used), rules, Table.Arrival, out var thorough);
                Assert.True(reason is null && Same(quick, thorough), $"{Encoding.UTF8.GetString(line)}: {reason}");
            }
        }
        Assert.InRange(read, Rounds / 20, Rounds);
    }

    [Fact]
    public void CsvRow_ReadPlainOrQuoted_IsTheSameTick()
    {
        var rules = new TickRules(Table.Symbols());
        var random = new Random(Seed);
        var good = 0;
        var csv = CsvTicks.FromHeader("time,symbol,x,price,size"u8, rules, out _)!;
        for (var round = 0; round < Rounds; round++)
        {
            var cells = new[] { Cell(random, 26, 42), Cell(random, 0, 4), Cell(random, 4, 30), Cell(random, 4, 26), Cell(random, 4, 14) };
            var row = string.Join(',', cells);
            var quoted = string.Join(',', cells.Select(c => $"\"{c}\""));
            var reason = csv.TryRead(Encoding.UTF8.GetBytes(row), Table.Arrival, out var tick);
            var quotedReason = csv.TryRead(Encoding.UTF8.GetBytes(quoted), Table.Arrival, out var quotedTick);
            Assert.True(reason == quotedReason && Same(tick, quotedTick), $"{row}: {reason} / {quotedReason}");
            if (reason is null) good++;
        }
        Assert.InRange(good, Rounds / 50, Rounds);
    }

    [Fact]
    public void Time_ReadBothWays_IsTheSame()
    {
        var time = new TickTime();
        var random = new Random(Seed);
        for (var round = 0; round < Rounds; round++)
        {
            var text = Mutated(Encoding.UTF8.GetBytes(Values[random.Next(26, 42)].Trim('"')), random);
            var quick = (time.TryParse(text, out var at), at);
            var thorough = (Timestamp.TryParse(text, out at), at);
            Assert.True(quick.Item1 == thorough.Item1 && (!quick.Item1 || quick == thorough), Encoding.UTF8.GetString(text));
        }
    }

    [Fact]
    public void Time_OfZeroBytes_IsNone() => Assert.False(new TickTime().TryParse("\0\0\0\0\0\0\0\0\0\0T15:00:00Z"u8, out _));

    private static string ValueOf(string name, Random random) => name switch
    {
        "symbol" => Values[random.Next(0, 2)],
        "time" => Values[random.Next(26, random.Next(3) == 0 ? 42 : 29)],
        _ => Values[random.Next(4, random.Next(3) == 0 ? 26 : 8)],
    };

    private static string Cell(Random random, int from, int until) => random.Next(12) == 0 ? "" : Values[random.Next(from, until)].Trim('"');

    private static byte[] JsonLine(Random random)
    {
        var fields = new List<string> { $"\"symbol\":{Values[random.Next(random.Next(2) == 0 ? 1 : 3)]}", $"\"price\":{Values[random.Next(4, 8)]}" };
        for (var count = random.Next(3); count > 0; count--)
            fields.Insert(random.Next(fields.Count + 1), $"\"{Names[random.Next(Names.Length)]}\":{Values[random.Next(Values.Length)]}");
        var comma = random.Next(3) == 0 ? " , " : ",";
        return Encoding.UTF8.GetBytes("{" + string.Join(comma, fields) + "}");
    }

    /// <summary>Half of them as they are, half with one byte changed, taken out or put in.</summary>
    private static byte[] Mutated(byte[] line, Random random)
    {
        var bytes = line.ToList();
        var at = random.Next(bytes.Count);
        switch (random.Next(6))
        {
            case 0:
                bytes[at] = (byte)random.Next(256);
                break;
            case 1:
                bytes.RemoveAt(at);
                break;
            case 2:
                bytes.Insert(at, bytes[random.Next(bytes.Count)]);
                break;
        }
        return [.. bytes];
    }

    private static bool Same(Tick left, Tick right) => (left.SymbolId, left.Price, left.At) == (right.SymbolId, right.Price, right.At);
}
