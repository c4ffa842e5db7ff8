using System.Globalization;
using System.Runtime.CompilerServices;
using StreamRecorder.TickFeed;
using Xunit;

namespace StreamRecorder.Ingest.Tests.Socket;

/// <summary>The example of docs/feeds.md does what the page says, byte for byte, and the sample client writes the same bytes.</summary>
public sealed class DocumentedExampleTests
{
    private static readonly string Page = File.ReadAllText(PathOf("../../../docs/feeds.md"));

    private static List<byte[]> Frames => [.. Blocks("hex").Select(block => Convert.FromHexString(string.Concat(block.Where(char.IsAsciiHexDigit))))];

    [Fact]
    public async Task Example_SentAsItStands_IsAnsweredAsItSays()
    {
        await using var service = await Service.StartAsync();
        using var feed = await RawFeed.ConnectAsync(service);
        foreach (var frame in Frames) await feed.SendAsync(frame);
        var expected = Blocks("json")[^1].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (var line in expected) Assert.Equal(line, (await feed.NextAsync())!.Value.GetRawText());
        var prices = service.Prices.All.Where(s => s.HasTicked).Select(s => (s.Symbol.Name, s.LastPrice, s.LastAt)).ToArray();
        Assert.Equal([("MNQZ2025", 25_600_250_000_000, 1_764_860_400_123_456), ("AAPL", 271_505_000_000, 1_764_860_400_124_456)], prices);
    }

    [Fact]
    public void Example_WrittenByTheSampleClient_IsTheSame()
    {
        var time = DateTimeOffset.Parse("2025-12-04T15:00:00.123456Z", CultureInfo.InvariantCulture);
        var ticks = FeedFrames.Ticks(
            [new("MNQZ2025", 25600.25m, time), new("AAPL", 271.505m, time.AddMilliseconds(1))], symbol => symbol == "AAPL" ? 1 : 0);
        FeedFrames.Number(ticks, 1);
        Assert.Equal([FeedFrames.Hello("gateway"), FeedFrames.Symbols(["MNQZ2025", "AAPL"]), ticks], Frames);
    }

    [Fact]
    public async Task TextExamples_SentAsTheyStand_AreUnderstood()
    {
        await using var service = await Service.StartAsync();
        using var feed = await RawFeed.ConnectAsync(service);
        var plain = Blocks("").Where(b => b.StartsWith('#')).Select(b => b.Trim()).ToArray();
        Assert.Equal(2, plain.Length);
        await feed.SendAsync(plain[0]);
        await feed.NextAsync("welcome");
        await feed.SendAsync(plain[1]);
        Assert.Equal(
            """{"type":"ack","sequence":17,"accepted":1,"late":0,"rejected":0,"repeated":0}""", (await feed.NextAsync())!.Value.GetRawText());
    }

    /// <summary>The text between fences that begin with a language.</summary>
    private static List<string> Blocks(string language)
    {
        var parts = Page.Split("\n```");
        // Every other part is a block: fences open and close in turn.
        return [.. parts.Where((part, i) => i % 2 == 1 && part.Split('\n')[0] == language)
                .Select(part => part[(part.IndexOf('\n', StringComparison.Ordinal) + 1)..])];
    }

    private static string PathOf(string relative, [CallerFilePath] string thisFile = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, relative));
}
