using System.Runtime.CompilerServices;
using Microsoft.Extensions.Configuration;

namespace StreamRecorder.Host.Tests.Lifecycle;

public sealed class OptionsTests
{
    [Fact]
    public void Options_Nothing_AreLoopbackDefaults()
    {
        var options = Read();
        Assert.Equal(["http://127.0.0.1:8080"], options.Urls);
        Assert.Equal(["http://127.0.0.1:9464"], options.ManagementUrls);
        Assert.Equal((1_000_000, 5_000_000L, 1000), (options.PositionsMax, options.LateTolerance, options.HardRate));
    }

    [Fact]
    public void Options_Given_AreTaken()
    {
        var options = Read(("urls", "http://127.0.0.1:0;http://[::1]:8081"), ("LateTolerance", "2.5"), ("HardRate", "7"), ("SnapshotRows", "0"),
            ("JournalAge", "90"), ("JournalBytes", "3000000"), ("JournalSegmentBytes", "33554432"));
        Assert.Equal(["http://127.0.0.1:0", "http://[::1]:8081"], options.Urls);
        Assert.Equal((2_500_000L, 7, 0), (options.LateTolerance, options.HardRate, options.SnapshotRows));
        Assert.Equal((90.0, 3_000_000L, 32L << 20), (options.JournalAge.TotalSeconds, options.JournalBytes, options.JournalSegmentBytes));
    }

    [Fact]
    public void WebhookSources_PresetAndNetworks_AreAllTaken()
    {
        var options = Read(("WebhookSources", "TradingView; 10.0.0.0/8;::1"), ("TrustedProxies", "127.0.0.1"));
        Assert.Equal(
            ["52.89.214.238/32", "34.212.75.30/32", "54.218.53.128/32", "52.32.178.7/32", "10.0.0.0/8", "::1/128"],
            options.WebhookSources.Select(n => n.ToString()));
        Assert.Equal("127.0.0.1/32", Assert.Single(options.TrustedProxies).ToString());
    }

    [Theory]
    [InlineData("PositionMax", "5")]
    [InlineData("PositionsMax", "0")]
    [InlineData("PositionsMax", "many")]
    [InlineData("PositionsMax", "-1")]
    [InlineData("LateTolerance", "-1")]
    [InlineData("LateTolerance", "00:00:05")]
    [InlineData("HardRate", "1.5")]
    [InlineData("WebhookSources", "trading-view")]
    [InlineData("WebhookSources", "10.0.0.0/33")]
    [InlineData("WebhookSources", ";")]
    [InlineData("TrustedProxies", "tradingview")]
    [InlineData("JournalAge", "0")]
    [InlineData("JournalBytes", "1000")]
    [InlineData("JournalSegmentBytes", "1048576")]
    [InlineData("JournalSegmentBytes", "12000000")]
    [InlineData("Urls", "8080")]
    [InlineData("Urls", "https://127.0.0.1:1")]
    [InlineData("Urls", "")]
    [InlineData("ManagementUrls", "http://127.0.0.1:1/path")]
    [InlineData("DataDirectory", " ")]
    [InlineData("LedgerDays", "0")]
    [InlineData("LedgerBytes", "1000")]
    public void Options_WrongOrUnknown_AreRefusedNamingTheSetting(string name, string value)
    {
        var error = Assert.Throws<OptionsException>(() => Read((name, value)));
        Assert.Contains("StreamRecorder:" + name, error.Message, StringComparison.Ordinal);
    }

    /// <summary>The sentence about an unknown setting names all that are known.</summary>
    [Fact]
    public void Settings_All_AreInTheirPage()
    {
        var sentence = Assert.Throws<OptionsException>(() => Read(("Nothing", "1"))).Message;
        var names = sentence[(sentence.IndexOf("Known are", StringComparison.Ordinal) + 9)..].TrimEnd('.')
            .Split([",", " and "], StringSplitOptions.TrimEntries);
        var page = File.ReadAllText(PathOf("../../../docs/settings.md"));
        Assert.True(names.Length > 15, sentence);
        Assert.All(names, name => Assert.Contains($"| `{name}", page, StringComparison.Ordinal));
    }

    private static string PathOf(string relative, [CallerFilePath] string thisFile = "") =>
        Path.GetFullPath(relative, Path.GetDirectoryName(thisFile)!);

    private static Options Read(params (string Name, string Value)[] settings) => Options.Read(
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create($"StreamRecorder:{s.Name}", (string?)s.Value))).Build());
}
