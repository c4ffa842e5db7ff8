using System.Globalization;
using Microsoft.Extensions.Configuration;
using StreamRecorder.Host.Metrics;
using StreamRecorder.Host.Tests.Support;

namespace StreamRecorder.Host.Tests.Metrics;

public sealed class TradingHoursTests
{
    [Theory]
    // Winter: Chicago is six hours behind. 2025-12-07 is a Sunday.
    [InlineData("2025-12-07T22:59:59Z", false)]
    [InlineData("2025-12-07T23:00:00Z", true)]
    [InlineData("2025-12-08T21:59:59Z", true)]
    [InlineData("2025-12-08T22:00:00Z", false)]
    [InlineData("2025-12-08T23:00:00Z", true)]
    [InlineData("2025-12-12T21:59:59Z", true)]
    [InlineData("2025-12-12T22:00:00Z", false)]
    [InlineData("2025-12-13T12:00:00Z", false)]
    // Summer: five hours.
    [InlineData("2025-07-06T21:59:59Z", false)]
    [InlineData("2025-07-06T22:00:00Z", true)]
    [InlineData("2025-07-07T21:00:00Z", false)]
    // The Sundays on which the clock changes.
    [InlineData("2025-03-09T21:59:59Z", false)]
    [InlineData("2025-03-09T22:00:00Z", true)]
    [InlineData("2025-11-02T22:59:59Z", false)]
    [InlineData("2025-11-02T23:00:00Z", true)]
    public void Cme_AtABoundary_IsOpenOrClosed(string at, bool isOpen) =>
        Assert.Equal(isOpen, TradingHours.Parse(TradingHours.Cme).IsOpen(DateTimeOffset.Parse(at, CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData("America/New_York Mon-Fri 09:30-16:00", "2025-12-08T14:30:00Z", true)]
    [InlineData("America/New_York Mon-Fri 09:30-16:00", "2025-12-08T21:00:00Z", false)]
    [InlineData("UTC Mon 08:00-12:00, Wed 13:00-13:00", "2025-12-11T12:59:00Z", true)]
    [InlineData("UTC Mon 08:00-12:00, Wed 13:00-13:00", "2025-12-08T12:00:00Z", false)]
    [InlineData("UTC Sat 22:00-02:00", "2025-12-07T01:59:00Z", true)]
    [InlineData(" ALWAYS ", "2025-12-13T12:00:00Z", true)]
    public void Hours_Written_AreMeant(string text, string at, bool isOpen) =>
        Assert.Equal(isOpen, TradingHours.Parse(text).IsOpen(DateTimeOffset.Parse(at, CultureInfo.InvariantCulture)));

    /// <summary>What stands in for a missing table of time zones agrees with the table.</summary>
    [Fact]
    public void Chicago_WithoutTheSystemsTable_IsTheSameEveryHour()
    {
        var known = TimeZoneInfo.FindSystemTimeZoneById("America/Chicago");
        var at = new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        for (; at.Year < 2031; at = at.AddMinutes(30)) Assert.Equal(known.GetUtcOffset(at), MarketZone.Chicago.GetUtcOffset(at));
    }

    [Theory]
    [InlineData("")]
    [InlineData("America/Chicago")]
    [InlineData("Mars/Olympus Mon 08:00-12:00")]
    [InlineData("UTC Mon-Fry 08:00-12:00")]
    [InlineData("UTC Mon 8-12")]
    [InlineData("UTC Mon 08:00")]
    [InlineData("UTC Mon 08:00-24:00")]
    public void Setting_Wrong_StopsTheStartNamingIt(string text)
    {
        var wrong = Assert.Throws<OptionsException>(() => Read(("TradingHours:ES", text)));
        Assert.Contains("StreamRecorder:TradingHours:ES", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scrape_HeldRoots_SayWhetherTheirMarketIsOpen()
    {
        var options = Read(("TradingHours:Default", "always"), ("TradingHours:mes", "UTC Mon 00:00-00:00, Tue-Sun 00:00-00:01"));
        var hours = options.HoursOf("MES");
        await using var service = await TestService.StartAsync(o => o with { TradingHours = options.TradingHours });
        var hook = await service.RecorderAsync("mine");
        await service.FillAsync(hook, "buy", 1);
        await service.FillAsync(hook, "buy", 1, symbol: "MES1!");
        var scrape = await Scrape.WaitAsync(service, s => s.Of("streamrecorder_market_open").Count == 2);
        Assert.Equal(1, scrape["streamrecorder_market_open", "root=\"MNQ\""]);
        Assert.Equal(hours.IsOpen(DateTimeOffset.UtcNow) ? 1 : 0, scrape["streamrecorder_market_open", "root=\"MES\""]);
    }

    private static Options Read(params (string Name, string Value)[] settings) =>
        Options.Read(
            new ConfigurationBuilder()
                .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create($"{Options.Section}:{s.Name}", (string?)s.Value))).Build());
}
