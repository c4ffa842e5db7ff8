using System.Globalization;
using System.Text;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Tests.Support;
using StreamRecorder.Tests.Shared;
using Xunit;

namespace StreamRecorder.Engine.Tests.Instruments;

public sealed class SymbolTableTests
{
    private readonly SymbolTable _table = new();

    public SymbolTableTests() => _table.Publish(new InstrumentTable(InstrumentFile.BuiltIn, []));

    [Fact]
    public void Spellings_OfOneSymbol_AreOneObject()
    {
        var symbols = ((string[])["MNQZ5", "MNQZ25", "MNQZ2025", "mnq 12-25", "CME:MNQZ2025", " MNQZ5 "]).Select(t => Resolve(t)).Distinct();
        var symbol = Assert.Single(symbols);
        Assert.Equal(("MNQZ2025", 0), (symbol.ToString(), symbol.Id));
        Assert.Same(symbol, _table[0]);
        Assert.Same(symbol, _table.FromCanonical("MNQZ2025", "MNQ", SymbolKind.Dated, 0));
    }

    [Theory]
    [InlineData("MNQZ5")]
    [InlineData(" mnqz5 ")]
    [InlineData("CME:MNQZ5")]
    public void OneDigitYear_AskedAgainYearsLater_IsNotFrozen(string text)
    {
        Assert.Equal("MNQZ2025", Resolve(text, 2025).Name);
        Assert.Equal("MNQZ2035", Resolve(text, 2033).Name);
        Assert.Equal("MNQZ2015", Resolve(text, 2013).Name);
        Assert.Equal("MNQZ2025", Resolve(text, 2025).Name);
    }

    [Fact]
    public void KnownSpelling_AskedAgain_AllocatesNothing()
    {
        var text = "CME_MINI:MNQ1!"u8.ToArray();
        Assert.Equal(0, Allocations.Least(() =>
        {
            for (var i = 0; i < 1000; i++) Assert.True(_table.TryResolve(text, EngineRig.Start, out _, out _));
        }));
    }

    [Fact]
    public void Instruments_Published_CountForSpellingsRefusedAndKnownBefore()
    {
        Assert.False(_table.TryResolve("AAPL", 0, out _, out var refusal));
        Assert.Equal((Rejection.InstrumentUnknown, "symbol"), (refusal!.Kind, refusal.Field));
        var old = Resolve("MNQ1!");
        _table.Publish(new InstrumentTable([Some.Spot("AAPL"), Some.Future("ES", 0.25m, 12.5m)], []));
        Assert.Equal("AAPL", Resolve("AAPL").Name);
        Assert.False(_table.TryResolve("MNQ1!", EngineRig.Start, out _, out _));
        Assert.Same(old, _table.FromCanonical("MNQ1!", "MNQ", SymbolKind.Continuous, 1));
    }

    [Fact]
    public void Text_TooLongOrNotAscii_IsRefused()
    {
        Assert.False(_table.TryResolve(Encoding.UTF8.GetBytes(new string('A', EngineLimits.SymbolLengthMax + 1)), 0, out _, out var tooLong));
        Assert.False(_table.TryResolve("MNQé"u8, 0, out _, out var notAscii));
        Assert.False(_table.TryResolve(new string('A', 1000), 0, out _, out var longText));
        Assert.All([tooLong, notAscii, longText], r => Assert.Equal(Rejection.InstrumentUnknown, r!.Kind));
    }

    /// <summary>A feed may name any time, and with it any year; all that it can take is its half.</summary>
    [Fact]
    public void InventedContracts_OfTicks_LeaveAllThatAlertsCanName()
    {
        Refusal? refusal = null;
        foreach (var (text, year) in Contracts(1970, 2199).TakeWhile(_ => refusal is null)) _table.TryResolve(text, InYear(year), out _, out refusal);
        Assert.Equal((EngineLimits.TickSymbolsMax, Rejection.InstrumentUnknown), (_table.Count, refusal!.Kind));
        Assert.True(_table.TryResolve("ESF1970", InYear(1970), out _, out _));
        var arrival = InYear(2026);
        foreach (var (text, _) in Contracts(2026 - EngineLimits.ContractYears, 2026 + EngineLimits.ContractYears))
            Assert.True(_table.TryResolveOfAlert(text, arrival, arrival, out _, out _), text);
        Assert.All(InstrumentFile.BuiltIn, i => Assert.True(_table.TryResolveOfAlert(i.Root, arrival, arrival, out _, out _), i.Root));
    }

    /// <summary>Whatever time of its own an alert names, what it can bring is bounded by its arrival.</summary>
    [Theory]
    [InlineData("MNQZ2041", true)]
    [InlineData("MNQZ2042", false)]
    [InlineData("MNQZ2011", true)]
    [InlineData("MNQZ2010", false)]
    [InlineData("MNQ 12-42", false)]
    [InlineData("MNQZ42", false)]
    [InlineData("MNQZ1999", false)]
    public void Contract_OfAnAlert_IsOneOfTheYearsAroundItsArrival(string text, bool isKnown) =>
        Assert.Equal(isKnown, _table.TryResolveOfAlert(text, InYear(1999), InYear(2026), out _, out _));

    [Fact]
    public void Canonical_BeyondTheTable_IsABrokenInvariant()
    {
        for (var i = 0; i < EngineLimits.SymbolsMax; i++)
            _table.FromCanonical(i.ToString(CultureInfo.InvariantCulture), "ES", SymbolKind.Dated, 0);
        Assert.Throws<InvariantException>(() => _table.FromCanonical("NEWZ2025", "NEW", SymbolKind.Dated, 0));
    }

    private static long InYear(int year) => Timestamp.From(new DateTimeOffset(year, 6, 1, 0, 0, 0, TimeSpan.Zero));

    private static IEnumerable<(string Text, int Year)> Contracts(int first, int last) =>
        from root in InstrumentFile.BuiltIn
        where root.Kind == InstrumentKind.Future
        from month in "FGHJKMNQUVXZ"
        from year in Enumerable.Range(first, last - first + 1)
        select (string.Create(CultureInfo.InvariantCulture, $"{root.Root}{month}{year}"), year);

    [Fact]
    public void SameSpellings_FromManyThreads_AreOneObjectEach()
    {
        var texts = InstrumentFile.BuiltIn.Select(i => i.Root + "1!").ToArray();
        Parallel.For(0, 8, worker =>
        {
            for (var i = 0; i < texts.Length; i++) Resolve(texts[(i + worker * 13) % texts.Length]);
        });
        Assert.Equal(texts.Length, _table.Count);
        Assert.Equal(texts.Order(), Enumerable.Range(0, _table.Count).Select(id => _table[id].Name).Order());
    }

    private Symbol Resolve(string text, int year = 2025)
    {
        var at = Timestamp.From(new DateTimeOffset(year, 6, 1, 0, 0, 0, TimeSpan.Zero));
        Assert.True(_table.TryResolve(text, at, out var symbol, out var refusal), refusal?.Detail);
        Assert.True(_table.TryResolve(Encoding.UTF8.GetBytes(text), at, out var same, out _));
        Assert.Same(symbol, same);
        return symbol;
    }
}
