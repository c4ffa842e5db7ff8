using System.Reflection;
using BenchmarkDotNet.Attributes;
using StreamRecorder.Micro;
using Xunit;

namespace StreamRecorder.Bench.Tests;

/// <summary>Every benchmark once with its smallest parameters, so that it cannot rot between two measurements.</summary>
public sealed class MicroTests
{
    [Fact]
    public void ApplyTicks_FewTicks_AllThreeRun()
    {
        using var bench = new ApplyTicks { Positions = 50, TickCount = 10_000 };
        bench.Setup();
        Assert.NotEqual(0, bench.BareLoop());
        Assert.Equal(0, bench.Engine());
        bench.NaiveFasterRmw();
    }

    [Fact]
    public void ApplyMixedTicks_EightSymbols_BothRun()
    {
        var bench = new ApplyMixedTicks();
        bench.Setup();
        Assert.NotEqual(0, bench.BareLoop());
        Assert.Equal(0, bench.Engine());
    }

    [Fact]
    public void FoldEpochs_TenEpochs_Run()
    {
        var bench = new FoldEpochs();
        bench.Setup();
        Assert.True(bench.FoldFrom() >= 0);
        bench.StartAndEnd();
    }

    [Theory]
    [InlineData("native", 25_600_250_000_000)]
    [InlineData("strategy", 25_600_250_000_000)]
    public void ParseWebhooks_EachBody_IsParsed(string body, long price)
    {
        var bench = new ParseWebhooks { Body = body };
        bench.Setup();
        Assert.Equal(price, bench.Parser());
        Assert.True(bench.Tokens() > 10);
    }

    [Fact]
    public void ScrapeMetrics_ThousandSeries_AllAreThere()
    {
        var bench = new ScrapeMetrics();
        bench.Setup();
        try
        {
            var lines = System.Text.Encoding.UTF8.GetString(bench.Scrape()).Split('\n');
            Assert.Equal(1000, lines.Count(line => line.StartsWith("measured_things_total{", StringComparison.Ordinal)));
            Assert.InRange(bench.ReadyMadePage(), 50_000, 500_000);
        }
        finally
        {
            bench.Dispose();
        }
    }

    [Fact]
    public async Task AnswerWebhooks_SixtyFourAtOnce_AllAreTaken()
    {
        using var bench = new AnswerWebhooks();
        bench.Setup();
        Assert.Equal(64, bench.Parse());
        Assert.Equal(64, await bench.Answer());
    }

    [Fact]
    public void CodeInputs_OneSignal_ComesBack()
    {
        var bench = new CodeInputs();
        bench.Setup();
        bench.Copy();
        Assert.True(bench.Write() > 100);
        Assert.Equal("strategy-1-000017", Assert.IsType<StreamRecorder.Engine.Messages.SignalInput>(bench.Read()).Signal.Key);
    }

    [Fact]
    public void JournalCommits_FewRecords_AreCommitted()
    {
        using var bench = new JournalCommits { Records = 5 };
        bench.Setup();
        bench.WriteThrough();
        Assert.Equal(5, bench.Journal());
        Assert.Equal(10, bench.Journal());
    }

    [Fact]
    public void ReleaseOutputs_OneBatch_BothRun()
    {
        var bench = new ReleaseOutputs();
        bench.Setup();
        Assert.Equal(512, bench.BareChannel());
        Assert.Equal(512, bench.Outbox());
    }

    [Fact]
    public void DecodeTicks_BothFormats_EveryLineIsATick()
    {
        var bench = new DecodeTicks();
        bench.Setup();
        Assert.Equal(4096 * 8, bench.Tokens());
        Assert.Equal(4096, bench.Ndjson());
        Assert.Equal(4096, bench.Csv());
        Assert.Equal(4096, bench.Split());
    }

    [Fact]
    public void DecodeFrames_OneFrame_EveryTickIsGood()
    {
        using var bench = new DecodeFrames();
        bench.Setup();
        Assert.Equal(4096, bench.BareLoop());
        Assert.Equal(4096, bench.Frames());
    }

    [Theory]
    [InlineData(4)]
    [InlineData(1)]
    public void FindSymbols_EachWay_FindsTheSame(int yearDigits)
    {
        var bench = new FindSymbols { YearDigits = yearDigits };
        bench.Setup();
        var sum = bench.StringThenDictionary();
        Assert.Equal(sum, bench.Cache());
        Assert.Equal(sum, bench.Table());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public async Task MergeTicks_SixteenBatches_NoTickIsLost(int symbols)
    {
        using var bench = new MergeTicks { Symbols = symbols };
        bench.Setup();
        Assert.NotEqual(0, bench.BareLoop());
        Assert.Equal(16 * 4096, await bench.OneByOne());
        Assert.Equal(16 * 4096, await bench.Merged());
    }

    [Fact]
    public async Task OfferMessages_OneRound_AllAreTaken()
    {
        using var bench = new OfferMessages();
        Assert.Equal(256, bench.BareChannel());
        Assert.Equal(256, bench.Signals());
        Assert.Equal(256, await bench.TickBatches());
    }

    [Fact]
    public void EveryBenchmark_IsRunHere()
    {
        var names = typeof(ApplyTicks).Assembly.GetExportedTypes()
            .Where(t => t.GetMethods().Any(m => m.GetCustomAttribute<BenchmarkAttribute>() is not null)).Select(t => t.Name);
        Assert.Equal(
            [
                "AnswerWebhooks", "ApplyMixedTicks", "ApplyTicks", "CodeInputs", "DecodeFrames", "DecodeTicks", "FindSymbols", "FoldEpochs",
                "JournalCommits", "MergeTicks", "OfferMessages", "ParseWebhooks", "ReleaseOutputs", "ScrapeMetrics",
            ],
            names.Order());
    }
}
