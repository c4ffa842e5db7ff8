using StreamRecorder.TickFeed;
using Xunit;

namespace StreamRecorder.Ingest.Tests.Socket;

/// <summary>The sample program without its console: what it sends, what it tells, how it ends.</summary>
public sealed class LineFeedTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Lines_AllTaken_EndInSilenceWithZero()
    {
        await using var service = await Service.StartAsync();
        Assert.Equal((0, ""), await RunAsync(service, $"MNQ1!,25600.25\n\nAAPL,271.505,{DateTimeOffset.UtcNow:O}\n"));
        Assert.Equal(2, service.Loop.Counters.TicksApplied);
    }

    [Theory]
    [InlineData("MNQ1!", "symbol,price")]
    [InlineData("MNQ1!,", "number")]
    [InlineData("MNQ1!,1e3", "number")]
    [InlineData("MNQ1!,1.00000000000000000000000000001", "number")]
    [InlineData("MNQ1!,100000000000000000000", "beyond")]
    [InlineData("MNQ1!,-9223372036.854775808", "beyond")]
    [InlineData("MNQ1!,1.0000000001", "9 decimals")]
    [InlineData("MNQ1!,1,yesterday", "ISO 8601")]
    [InlineData(",1", "symbol")]
    public async Task Line_NotUnderstood_IsToldByItsNumberAndTheRestSent(string line, string reason)
    {
        await using var service = await Service.StartAsync();
        var (code, told) = await RunAsync(service, $"MNQ1!,1\n{line}\nMNQ1!,2\n");
        Assert.Equal(1, code);
        Assert.StartsWith("line 2: ", told, StringComparison.Ordinal);
        Assert.Contains(reason, told, StringComparison.Ordinal);
        Assert.Single(told.TrimEnd().Split('\n'));
        Assert.Equal(2, service.Loop.Counters.TicksApplied);
    }

    [Fact]
    public async Task Ticks_Rejected_AreToldWithTheirReasonsAndFailTheRun()
    {
        await using var service = await Service.StartAsync();
        // More than one batch.
        var (code, told) = await RunAsync(service, string.Concat(Enumerable.Repeat("NOSUCH1!,1\nMNQ1!,1\n", 5000)));
        var lines = told.TrimEnd().Split('\n');
        Assert.Equal(1, code);
        Assert.StartsWith("batch 1, tick 1: \"NOSUCH1!\" ", lines[0], StringComparison.Ordinal);
        Assert.Equal("The service rejected 5000 ticks.", lines[^1]);
        Assert.Equal(11, lines.Length);
        Assert.Equal(5000, service.Loop.Counters.TicksApplied);
    }

    [Fact]
    public async Task Ticks_RejectedOverAndOver_AreToldOneByOneOnlyAtFirst()
    {
        await using var service = await UpgradeScript.StartAsync(101, 101, 101, 101, 401);
        await using var client = ClientOf(service.Address);
        using var waiting = new WaitingReader();
        var lines = (await RunAsync(client, waiting)).Told.Split('\n');
        Assert.Equal(10, lines.Count(line => line.StartsWith("batch ", StringComparison.Ordinal)));
        Assert.Contains($"The service rejected {4 * UpgradeScript.RejectedCount} ticks.", lines);
    }

    [Fact]
    public async Task Feed_RefusedWhileItsInputWaits_EndsWithoutIt()
    {
        await using var service = await UpgradeScript.StartAsync(401);
        await using var client = ClientOf(service.Address);
        using var waiting = new WaitingReader();
        var (code, told) = await RunAsync(client, waiting);
        Assert.Equal(1, code);
        Assert.Contains("401", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connection_ThatBreaks_IsTold()
    {
        await using var service = await UpgradeScript.StartAsync(503, 503, 401);
        await using var client = ClientOf(service.Address);
        using var waiting = new WaitingReader();
        var lines = (await RunAsync(client, waiting)).Told.Split('\n');
        Assert.Contains("503", lines[0], StringComparison.Ordinal);
        Assert.Contains("401", lines[1], StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Told)> RunAsync(Service service, string lines)
    {
        await using var client = ClientOf(service.Client.BaseAddress!);
        return await RunAsync(client, new StringReader(lines));
    }

    private static async Task<(int Code, string Told)> RunAsync(FeedClient client, TextReader lines)
    {
        var told = new StringWriter();
        var run = new LineFeed(client, lines, TextWriter.Synchronized(told)).RunAsync();
        return (await run.WaitAsync(Limit, TestContext.Current.CancellationToken), told.ToString());
    }

    private static FeedClient ClientOf(Uri service) => new(new Uri($"ws://{service.Authority}/ticks/ws"), "key", "gateway");

    /// <summary>A console at which nobody types.</summary>
    private sealed class WaitingReader : TextReader
    {
        private readonly ManualResetEventSlim _ended = new();

        public override string? ReadLine()
        {
            _ended.Wait();
            return null;
        }

        protected override void Dispose(bool disposing)
        {
            _ended.Set();
            base.Dispose(disposing);
        }
    }
}
