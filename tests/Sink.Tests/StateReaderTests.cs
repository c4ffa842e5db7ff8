using StreamRecorder.Engine;
using StreamRecorder.Engine.Feeds;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Recorders;
using Xunit;

namespace StreamRecorder.Sink.Tests;

/// <summary>A state read back goes on exactly as the one that was never stopped.</summary>
public sealed class StateReaderTests : IAsyncDisposable
{
    private readonly Rig _rig = new();

    [Fact]
    public void Read_OfANewFile_IsNothing()
    {
        using var reader = new StateReader(_rig.Database);
        Assert.Null(reader.Read());
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 7)]
    [InlineData(3, 30)]
    [InlineData(4, 1000)]
    public async Task State_ReadBackAtAnyMoment_GoesOnTheSame(int seed, int rowsMax)
    {
        using var script = new Script();
        var random = new Random(seed);
        var recorders = Enumerable.Range(1, 4).Select(i => script.Recorder("R" + i, commission: i)).ToArray();
        for (var part = 0; part < 6; part++)
        {
            var known = part == 0 ? 0 : script.Groups.Count;
            for (var i = 0; i < random.Next(1, 120); i++) Steps.Random(script, random, recorders);
            await _rig.WriteAsync(script.Groups[known..], rowsMax);
            using var again = new Script();
            using (var reader = new StateReader(_rig.Database)) again.GoOn(reader.Read()!, script.Now);
            Assert.Equal(Describe(script.State), Describe(again.State));
            // The same steps on both; only the first one's are kept.
            var steps = random.Next();
            var from = script.Groups.Count;
            Run(script, steps, recorders);
            Run(again, steps, recorders);
            Assert.Equal(script.Groups[from..].SelectMany(Describe), again.Groups.SelectMany(Describe));
            await _rig.WriteAsync(script.Groups[from..], rowsMax);
        }
    }

    [Fact]
    public async Task Tables_ReadBack_AreThoseWritten()
    {
        using var script = new Script();
        var id = script.Recorder("A");
        var settings = new RecorderSettings
        {
            Name = "B \"x\"",
            OnOpposite = OnOpposite.Net,
            DefaultQuantity = 1,
            DuplicateWindow = 1_500_001,
            PriceMaxAge = 3,
            FillPrice = FillPrice.Tick,
            MaxAge = 2,
            FieldMapping = """{"sym":"symbol"}""",
            Commission = long.MaxValue,
            DrawdownLimit = long.MaxValue - 1,
            Enabled = false,
        };
        var tokens = new[] { new RecorderToken("z", "h1", 5), new RecorderToken("a", "h2", 4) };
        script.Apply(new RecorderSet(script.State.Directory.Find(id)! with { Settings = settings, Tokens = tokens }));
        script.Apply(new ApiKeySet(new ApiKey("k", KeyScope.Feed, "h3", 7)));
        var row = new Instrument("MNQ", "CME", "n", 250_000_001, 3, "EUR", InstrumentKind.Spot);
        script.Apply(new InstrumentsSet([row], FromFiles: true));
        script.Apply(new InstrumentsSet([row with { TickValue = 4 }], FromFiles: false));
        script.Apply(new FrontContractsSet([new FrontContract("MNQ", "MNQZ2025", 9), new FrontContract("ES", "ESZ2025", 3)], FromFile: true));
        script.Apply(new ServiceStarted(null));
        script.Apply(new FeedOpened("old"));
        script.After(EngineLimits.FeedAge).Apply(new FeedOpened("new"));
        script.Apply(new FeedFold([], [new FeedMark("new", 5)]));
        script.Buy(id, 1, 100, key: "k1");
        await _rig.WriteAsync(script.Groups);
        using var reader = new StateReader(_rig.Database);
        var stored = reader.Read()!;
        Assert.Equal((script.Sequence, script.Now, script.State.TotalGap, 2L), (stored.Sequence, stored.Now, stored.TotalGap, stored.NextRecorderId));
        var recorder = Assert.Single(stored.Recorders);
        Assert.Equal(settings, recorder.Settings);
        Assert.Equal(tokens, recorder.Tokens);
        Assert.Equal([new ApiKey("k", KeyScope.Feed, "h3", 7)], stored.ApiKeys);
        Assert.Equal([row], stored.InstrumentsFromFiles);
        Assert.Equal([row with { TickValue = 4 }], stored.InstrumentsFromApi);
        Assert.Equal(script.State.FrontContracts.FromFile, stored.FrontContractsFromFile);
        Assert.Equal([new Feed("new", 5, script.Groups[^2].At)], stored.Feeds);
        var repeat = Assert.Single(stored.Repeats);
        Assert.Equal(("k1", script.Groups[^1].Outputs.OfType<SignalApplied>().Single().Answer), (repeat.Key, repeat.Answer));
    }

    private static void Run(Script script, int seed, long[] recorders)
    {
        var random = new Random(seed);
        for (var i = 0; i < 60; i++) Steps.Random(script, random, recorders);
    }

    private static List<string> Describe(StateMachine state)
    {
        var lines = new List<string> { $"{state.Sequence} {state.Now} {state.NextRecorderId} {state.Open.Count} {state.TotalGap}" };
        lines.AddRange(
            state.Prices.All.Where(s => s.HasTicked).Select(s => $"{s.Symbol} {s.OutageTotal} {s.OutageSince}").Order(StringComparer.Ordinal));
        foreach (var recorder in state.Directory.Recorders)
            for (var symbol = 0; symbol < state.Symbols.Count; symbol++)
                if (state.Store.TryRead(new PositionKey(recorder.Id, symbol), out var record))
                    lines.Add($"{recorder.Name} {symbol} {Hex(state.Figures(record))}");
        return lines;
    }

    private static IEnumerable<string> Describe(OutputGroup group) => group.Outputs.Select(output => output switch
    {
        PositionChanged changed => $"{group.Sequence} {changed.Names} {Hex(changed.Position)}",
        PositionClosed closed => $"{group.Sequence} {closed.Names} {closed.Reason} {Hex(closed.Position)}",
        SignalApplied applied => $"{group.Sequence} {applied.Answer}",
        _ => $"{group.Sequence} {group.At} {output}",
    });

    private static string Hex(in Position position) => Convert.ToHexString(PositionCodec.Write(position));

    public ValueTask DisposeAsync() => _rig.DisposeAsync();
}
