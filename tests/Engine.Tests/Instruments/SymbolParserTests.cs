using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Tests.Support;
using Xunit;

namespace StreamRecorder.Engine.Tests.Instruments;

public sealed class SymbolParserTests
{
    private static readonly InstrumentTable Table = new(
        InstrumentFile.BuiltIn, [Some.Spot("AAPL"), Some.Spot("BRK.B"), Some.Spot("BTCUSDT.P"), Some.Spot("BTCUSDT"), Some.Spot("MZ5")]);

    [Theory]
    [InlineData("MNQZ5", "MNQZ2025", "MNQ")]
    [InlineData("ZNZ5", "ZNZ2025", "ZN")]
    [InlineData("6EM6", "6EM2026", "6E")]
    [InlineData("M6EM6", "M6EM2026", "M6E")]
    [InlineData("M2KM2026", "M2KM2026", "M2K")]
    [InlineData("M2KM6", "M2KM2026", "M2K")]
    [InlineData("10YZ5", "10YZ2025", "10Y")]
    [InlineData("2YYZ25", "2YYZ2025", "2YY")]
    [InlineData("1OZZ5", "1OZZ2025", "1OZ")]
    [InlineData("XKX5", "XKX2025", "XK")]
    [InlineData("SILN5", "SILN2025", "SIL")]
    [InlineData("SIN5", "SIN2025", "SI")]
    [InlineData("GCJ6", "GCJ2026", "GC")]
    [InlineData("GCJ26", "GCJ2026", "GC")]
    [InlineData("BZZ5", "BZZ2025", "BZ")]
    [InlineData("BZ5", "BZ2025", "B")]
    [InlineData("GF6", "GF2026", "G")]
    [InlineData("GFF6", "GFF2026", "GF")]
    [InlineData("SR3H26", "SR3H2026", "SR3")]
    [InlineData("NKDZ2025", "NKDZ2025", "NKD")]
    [InlineData("FGBXH6", "FGBXH2026", "FGBX")]
    [InlineData("ESM7", "ESM2027", "ES")]
    [InlineData("ESZ15", "ESZ2015", "ES")]
    public void Dated_EveryAmbiguousSpelling_IsSplitAtTheLongestRoot(string text, string name, string root) =>
        Check(text, name, root, SymbolKind.Dated, 0);

    [Theory]
    [InlineData("MNQ 12-25", "MNQZ2025")]
    [InlineData("mnq 01-26", "MNQF2026")]
    [InlineData("MNQ  06-25", "MNQM2025")]
    [InlineData("CME:6E 03-26", "6EH2026")]
    public void Dated_NinjaTraderSpelling_IsRead(string text, string name) => Check(text, name, name[..^5], SymbolKind.Dated, 0);

    [Theory]
    [InlineData("CME_MINI:MNQ1!", "MNQ1!", "MNQ", 1)]
    [InlineData("MNQ1!", "MNQ1!", "MNQ", 1)]
    [InlineData(" mnq1! ", "MNQ1!", "MNQ", 1)]
    [InlineData("MNQ2!", "MNQ2!", "MNQ", 2)]
    [InlineData("MNQ9!", "MNQ9!", "MNQ", 9)]
    [InlineData("MNQ", "MNQ1!", "MNQ", 1)]
    [InlineData("@ES", "ES1!", "ES", 1)]
    [InlineData("/MNQ", "MNQ1!", "MNQ", 1)]
    [InlineData("@MNQ1!", "MNQ1!", "MNQ", 1)]
    [InlineData("10Y1!", "10Y1!", "10Y", 1)]
    [InlineData("M2K", "M2K1!", "M2K", 1)]
    [InlineData("A:B:ES", "ES1!", "ES", 1)]
    public void Continuous_EverySpelling_IsRead(string text, string name, string root, int index) =>
        Check(text, name, root, SymbolKind.Continuous, index);

    [Theory]
    [InlineData("AAPL", "AAPL")]
    [InlineData("NASDAQ:aapl", "AAPL")]
    [InlineData("BRK.B", "BRK.B")]
    [InlineData("BINANCE:BTCUSDT.P", "BTCUSDT.P")]
    [InlineData("BTCUSDT", "BTCUSDT")]
    [InlineData("MZ5", "MZ5")]
    public void Spot_AsItIs_IsRead(string text, string name) => Check(text, name, name, SymbolKind.Spot, 0);

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(":")]
    [InlineData("@")]
    [InlineData("!")]
    [InlineData("1!")]
    [InlineData("XYZ")]
    [InlineData("XYZZ5")]
    [InlineData("XYZ1!")]
    [InlineData("MNQ0!")]
    [InlineData("MNQ12!")]
    [InlineData("MNQ!")]
    [InlineData("AAPL1!")]
    [InlineData("AAPLZ5")]
    [InlineData("MNQA5")]
    [InlineData("MNQZ")]
    [InlineData("MNQZ255")]
    [InlineData("MNQZ20255")]
    [InlineData("MNQZ-5")]
    [InlineData("MNQZ0000")]
    [InlineData("MNQ 13-25")]
    [InlineData("MNQ 00-25")]
    [InlineData("MNQ 1-25")]
    [InlineData("MNQ 12-2025")]
    [InlineData("MNQ ZZ-25")]
    [InlineData("@@ES")]
    [InlineData("ES1! ES1!")]
    [InlineData("ESZ２")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void Unknown_RootOrShape_IsNotGuessed(string text) => Assert.Null(SymbolParser.Parse(text, Table, EngineRig.Start));

    [Theory]
    [InlineData(2025, 5, 2025)]
    [InlineData(2025, 6, 2026)]
    [InlineData(2025, 4, 2024)]
    [InlineData(2025, 9, 2029)]
    [InlineData(2025, 1, 2021)]
    // Five years away on both sides: the later one.
    [InlineData(2025, 0, 2030)]
    [InlineData(2024, 9, 2029)]
    [InlineData(2029, 4, 2034)]
    [InlineData(2020, 5, 2025)]
    [InlineData(2029, 0, 2030)]
    [InlineData(2030, 9, 2029)]
    [InlineData(2013, 3, 2013)]
    [InlineData(2013, 9, 2009)]
    public void OneDigitYear_IsTheNearestToTheInputsOwnTime(int now, int digit, int expected)
    {
        var at = Timestamp.From(new DateTimeOffset(now, 6, 1, 0, 0, 0, TimeSpan.Zero));
        Assert.Equal($"MNQZ{expected}", SymbolParser.Parse($"MNQZ{digit}", Table, at)!.Value.Name);
        var nearest = Enumerable.Range(now - 9, 19).Where(y => y % 10 == digit).OrderBy(y => Math.Abs(y - now)).ThenByDescending(y => y).First();
        Assert.Equal(nearest, expected);
    }

    [Fact]
    public void EveryRoot_InEverySpelling_IsItself()
    {
        foreach (var root in InstrumentFile.BuiltIn.Select(i => i.Root))
        {
            Check(root, root + "1!", root, SymbolKind.Continuous, 1);
            Check($"X:{root}2!", root + "2!", root, SymbolKind.Continuous, 2);
            Check(root + "Z2025", root + "Z2025", root, SymbolKind.Dated, 0);
            Check(root + "H26", root + "H2026", root, SymbolKind.Dated, 0);
            Check(root + " 12-25", root + "Z2025", root, SymbolKind.Dated, 0);
        }
    }

    private static void Check(string text, string name, string root, SymbolKind kind, int index) =>
        Assert.Equal(new ParsedSymbol(name, root, kind, index), SymbolParser.Parse(text, Table, EngineRig.Start));
}
