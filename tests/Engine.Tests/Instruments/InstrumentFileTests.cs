using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Tests.Support;
using Xunit;

namespace StreamRecorder.Engine.Tests.Instruments;

public sealed class InstrumentFileTests
{
    private const string Header = "root,exchange,name,tick_size,tick_value,currency\n";

    [Fact]
    public void BuiltIn_EveryRoot_IsThereOnceWithPositiveValues()
    {
        Assert.Equal(113, InstrumentFile.BuiltIn.Count);
        Assert.Equal(113, InstrumentFile.BuiltIn.Select(i => i.Root).Distinct().Count());
        Assert.All(InstrumentFile.BuiltIn, i => Assert.True(i.TickSize > 0 && i.TickValue > 0 && i.Kind == InstrumentKind.Future, i.Root));
        Assert.All(InstrumentFile.BuiltIn, i => Assert.True(i.Currency is "USD" or "EUR" or "JPY", i.Root));
    }

    [Theory]
    [InlineData("ES", 0.25, 12.5, "50", "USD", 2)]
    [InlineData("MNQ", 0.25, 0.5, "2", "USD", 2)]
    [InlineData("M2K", 0.1, 0.5, "5", "USD", 2)]
    [InlineData("NIY", 5, 2500, "500", "JPY", 2)]
    [InlineData("CL", 0.01, 10, "1000", "USD", 2)]
    [InlineData("RB", 0.0001, 4.2, "42000", "USD", 4)]
    [InlineData("GC", 0.1, 10, "100", "USD", 2)]
    [InlineData("6J", 0.0000005, 6.25, "12500000", "USD", 7)]
    [InlineData("ZN", 0.015625, 15.625, "1000", "USD", 6)]
    [InlineData("ZT", 0.00390625, 7.8125, "2000", "USD", 8)]
    [InlineData("ZQ", 0.005, 20.835, "4167", "USD", 3)]
    [InlineData("ZC", 0.25, 12.5, "50", "USD", 2)]
    [InlineData("KC", 0.05, 18.75, "375", "USD", 2)]
    [InlineData("MBT", 5, 0.5, "0.1", "USD", 2)]
    [InlineData("LBR", 0.5, 13.75, "27.5", "USD", 2)]
    [InlineData("FGBS", 0.005, 5, "1000", "EUR", 3)]
    [InlineData("10Y", 0.001, 1, "1000", "USD", 3)]
    public void BuiltIn_SpotValues_AreThoseOfTheExchange(string root, double size, double value, string pointValue, string currency, int decimals)
    {
        var row = InstrumentFile.BuiltIn.Single(i => i.Root == root);
        Assert.Equal((Some.E9((decimal)size), Some.E9((decimal)value), currency), (row.TickSize, row.TickValue, row.Currency));
        Assert.Equal((pointValue, decimals), (row.PointValue.ToString(), row.PriceDecimals));
    }

    [Fact]
    public void File_ColumnsInAnyOrderQuotesAndComments_AreRead()
    {
        var rows = Read(
            "# mine\ncurrency,KIND,name,root,tick_size,tick_value,exchange,source\n\nusd,spot,\"Apple, \"\"the\"\" "
            + "fruit\",aapl,0.01,0.01,NASDAQ,x\n# end\nEUR,,,xy,1e-3,1.50,\n");
        Assert.Equal(new Instrument("AAPL", "NASDAQ", "Apple, \"the\" fruit", 10_000_000, 10_000_000, "USD", InstrumentKind.Spot), rows[0]);
        Assert.Equal(new Instrument("XY", "", "", 1_000_000, 1_500_000_000, "EUR"), rows[1]);
    }

    [Theory]
    [InlineData("exchange,name,tick_size,tick_value,currency\n", 1, "root")]
    [InlineData(Header + "ES,CME,x,0.25,12.5,USD\nNQ,CME,x,0,5,USD\n", 3, "tick_size")]
    [InlineData(Header + "NQ,CME,x,-1,5,USD\n", 2, "tick_size")]
    [InlineData(Header + "NQ,CME,x,0.0000000001,5,USD\n", 2, "tick_size")]
    [InlineData(Header + "NQ,CME,x,1,many,USD\n", 2, "tick_value")]
    [InlineData(Header + "NQ,CME,x,0.000000001,0.1000000010,USD\n", 2, "tick_value / tick_size")]
    [InlineData(Header + "NQ,CME,x,1,1,\n", 2, "currency")]
    [InlineData(Header + "NQ,CME,x,1,1,DOLLARUSD\n", 2, "currency")]
    [InlineData(Header + ",CME,x,1,1,USD\n", 2, "root")]
    [InlineData(Header + "N Q,CME,x,1,1,USD\n", 2, "root")]
    [InlineData(Header + "ÉS,CME,x,1,1,USD\n", 2, "root")]
    [InlineData(Header + "NQ,CME,x,1,1,USD\n\nnq,CME,x,1,1,USD\n", 4, "twice")]
    [InlineData(Header + "NQ,CME,\"x,1,1,USD\n", 2, "quoted")]
    [InlineData(Header + "NQ,CME,x,1,1,USD,future,more\n", 2, "8 values for 6 columns")]
    public void File_WrongRow_NamesFileLineAndColumn(string text, int line, string what)
    {
        var error = Assert.Throws<SettingsFileException>(() => Read(text));
        Assert.StartsWith($"my.csv, line {line}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void File_KindThatIsNone_IsRefused()
    {
        var error = Assert.Throws<SettingsFileException>(
            () => Read("root,exchange,name,tick_size,tick_value,currency,kind\nNQ,CME,x,1,1,USD,option\n"));
        Assert.Contains("kind", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PointValue_AtItsMost_IsTaken() => Assert.Equal("100000000", Read(Header + "NQ,CME,x,0.000000001,0.1,USD\n")[0].PointValue.ToString());

    [Fact]
    public void Rows_OfFileAndApi_OverrideByRootAndNeverVanish()
    {
        using var rig = new EngineRig().WithInstruments();
        rig.Do(new SetInstruments([Some.Future("MNQ", 1, 1), Some.Spot("AAPL")], fromFiles: true));
        Assert.Equal(("1", 114), (rig.State.Instruments.Find("MNQ")!.PointValue.ToString(), rig.State.Instruments.Count));
        rig.Do(new SetInstruments([Some.Future("MNQ", 1, 7)], fromFiles: false));
        rig.Do(new SetInstruments([Some.Future("MNQ", 1, 3)], fromFiles: true));
        Assert.Equal("7", rig.State.Instruments.Find("MNQ")!.PointValue.ToString());
        Assert.Equal("50", rig.State.Instruments.Find("ES")!.PointValue.ToString());
        Assert.Equal(rig.State.Instruments.All.OrderBy(i => i.Root, StringComparer.Ordinal), rig.State.Instruments.All);
    }

    [Fact]
    public void Rows_ThatChangeNothing_AreNoInput()
    {
        using var rig = new EngineRig().WithInstruments();
        var before = rig.State.Sequence;
        var result = rig.Do(new SetInstruments(InstrumentFile.BuiltIn, fromFiles: true));
        Assert.Equal((before, 0), (rig.State.Sequence, result.Value));
    }

    [Fact]
    public void Rows_AsManyAsAllowedWithTheLongestNames_AreTakenInParts()
    {
        using var rig = new EngineRig();
        var rows = Enumerable.Range(0, EngineLimits.InstrumentsMax).Select(i => new Instrument(
            $"ROOT-{i:D26}", new string('é', 100), new string('€', 100), Fixed9.One, Fixed9.One, "USDTUSDT", InstrumentKind.Spot)).ToList();
        foreach (var part in rows.Chunk(400)) Assert.Null(rig.Do(new SetInstruments(part, fromFiles: true)).Refusal);
        Assert.Equal(rows.Count, rig.State.Instruments.Count);
        Assert.Equal(Rejection.Conflict, rig.Do(new SetInstruments([Some.Spot("ONEMORE")], fromFiles: true)).Refusal!.Kind);
    }

    [Fact]
    public void Rows_TooManyForOneRecord_AreRefusedAndTheEngineGoesOn()
    {
        using var rig = new EngineRig().WithInstruments();
        var before = rig.State.Sequence;
        var rows = Enumerable.Range(0, 1000).Select(i => new Instrument($"ROOT-{i}", new string('€', 100), "", 1, 1, "USD")).ToList();
        Assert.Equal(Rejection.RequestInvalid, rig.Do(new SetInstruments(rows, fromFiles: false)).Refusal!.Kind);
        var fronts = Enumerable.Range(0, 15_000).Select(i => new FrontContract("ES", "ESZ2025", i)).ToList();
        Assert.Equal(Rejection.RequestInvalid, rig.Do(new SetFrontContracts(fronts, fromFile: true)).Refusal!.Kind);
        Assert.Equal(before, rig.State.Sequence);
        Assert.Null(rig.State.Instruments.Find("ROOT-1"));
        Assert.Null(rig.Do(new SetInstruments(rows.GetRange(0, 100), fromFiles: false)).Refusal);
    }

    private static IReadOnlyList<Instrument> Read(string text) => InstrumentFile.Read(new StringReader(text), "my.csv");
}
