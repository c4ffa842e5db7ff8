using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Prices;
using StreamRecorder.Engine.Tests.Support;
using StreamRecorder.Tests.Shared;
using Xunit;

namespace StreamRecorder.Engine.Tests.Prices;

public sealed class PriceBookTests
{
    private readonly SymbolTable _symbols = new();
    private readonly PriceBook _book;

    public PriceBookTests()
    {
        for (var i = 0; i < 3; i++) _symbols.FromCanonical($"S{i}", $"S{i}", SymbolKind.Spot, 0);
        _book = new PriceBook(_symbols, EngineRig.LateTolerance);
    }

    [Fact]
    public void Observe_KnownSymbols_AllocatesNothing()
    {
        var ticks = Random(new Random(1), EngineLimits.TicksPerBatch);
        Assert.Equal(0, Allocations.Least(() =>
        {
            for (var i = 0; i < 10; i++) _book.Observe(ticks);
        }));
    }

    [Fact]
    public void Observe_ManySymbolsInterleaved_IsEachSymbolsOwnPath() => Seeds.Run(5, random =>
    {
        var ticks = Random(random, 2000);
        foreach (var part in ticks.Chunk(random.Next(1, 50))) Assert.Equal(0, _book.Observe(part));
        foreach (var stream in _book.All)
        {
            var expected = NaivePath.Of([.. ticks.Where(t => t.SymbolId == stream.Symbol.Id).Select(t => (t.Price, t.At))]);
            Assert.Equal(NaivePath.Text(expected), NaivePath.Text(_book.TakePending(stream).Ticks));
        }
        Assert.Empty(_book.WithPending);
    });

    [Fact]
    public void Observe_RunsWithLateTicksAndExtremes_IsTheNaivePathOfTheRest() => Seeds.Run(200, random =>
    {
        var book = new PriceBook(_symbols, lateTolerance: 20);
        var taken = new[] { new List<(long Price, long At)>(), [], [] };
        var late = 0;
        for (var batch = 0; batch < 20; batch++)
        {
            var ticks = Runs(random, random.Next(1, 60), batch * 15);
            foreach (var tick in ticks)
            {
                var path = taken[tick.SymbolId];
                if (path.Count > 0 && tick.At < path.Max(t => t.At) - 20) late++;
                else path.Add((tick.Price, tick.At));
            }
            late -= book.Observe(ticks);
        }
        Assert.Equal(0, late);
        for (var id = 0; id < 3; id++) Assert.Equal(NaivePath.Text(NaivePath.Of(taken[id])), NaivePath.Text(book[id].Pending));
    });

    [Fact]
    public void Observe_LateTicks_AreCountedAgainstTheNewestOfTheirSymbol()
    {
        Tick[] ticks =
            [new(0, 1, 100_000_000), new(0, 2, 95_000_000), new(0, 3, 94_999_999), new(1, 4, 1), new(0, 5, 101_000_000), new(0, 6, 95_999_999)];
        Assert.Equal(2, _book.Observe(ticks));
        Assert.Equal((3, 5), (_book[0].Pending.Count, _book[0].Pending.Last));
    }

    [Fact]
    public void TakePending_InAnyOrder_LeavesTheOthers() => Seeds.Run(5, random =>
    {
        _book.Observe(Random(random, 100));
        while (_book.WithPending.Count > 0)
        {
            var stream = _book.WithPending[random.Next(_book.WithPending.Count)];
            _book.TakePending(stream);
            Assert.DoesNotContain(stream, _book.WithPending);
            Assert.All(_book.WithPending, s => Assert.False(s.Pending.IsEmpty));
        }
    });

    /// <summary>
    /// Runs of one symbol and single ticks; times that go back more than the tolerance now and then; small prices and the ends of the range.
    /// </summary>
    private static Tick[] Runs(Random random, int count, long now)
    {
        var symbol = 0;
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            if (random.Next(4) == 0) symbol = random.Next(3);
            var price = random.Next(30) == 0 ? NaivePath.Extremes[random.Next(NaivePath.Extremes.Length)] : random.Next(-9, 9);
            return new Tick(symbol, price, now + random.Next(35));
        })];
    }

    private static Tick[] Random(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => new Tick(random.Next(3), random.Next(-50, 50), EngineRig.Start + random.Next(1000)))];
}
