using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Queries;
using StreamRecorder.Engine.Signals;
using StreamRecorder.Engine.Tests.Support;
using Xunit;

namespace StreamRecorder.Engine.Tests.Queries;

public sealed class OpenFiguresQueryTests : IDisposable
{
    private readonly EngineRig _rig = new EngineRig().WithInstruments(Some.Future("MNQ", 0.25m, 0.5m), Some.Future("ES", 0.25m, 12.5m));
    private readonly Symbol _mnq;
    private readonly Symbol _es;

    public OpenFiguresQueryTests()
    {
        _mnq = _rig.Symbol("MNQZ2025");
        _es = _rig.Symbol("ESZ2025");
    }

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Figures_OfPairsAskedFor_AreTheirsAndThoseOnly()
    {
        var (a, b) = (_rig.AddRecorder("a"), _rig.AddRecorder("b"));
        _rig.Send(a, Some.Buy(_mnq, 1, 100));
        _rig.Send(b, Some.Buy(_es, 2, 100));
        _rig.Ticks(_mnq, 90, 101);
        var figures = _rig.Ask(new OpenFiguresQuery([Key(a, _mnq), Key(a, _es), Key(99, _mnq)], [b, 99, a]));
        var only = Assert.Single(figures.Pairs);
        Assert.Equal((Key(a, _mnq), "USD", "2", "-20"), (only.Key, only.Currency, only.Unrealized.ToString(), only.Worst.ToString()));
        Assert.Equal([1, 0, 1], figures.Counts);
        Assert.Equal(2, figures.Total);
    }

    [Fact]
    public void Pairs_MoreThanATurnsBudget_AreReadInSeveralTurns()
    {
        var keys = new List<PositionKey>();
        for (var i = 0; i < EngineLimits.PositionsPerTurn + 10; i++)
        {
            keys.Add(Key(_rig.AddRecorder($"r{i}"), _mnq));
            _rig.Send(keys[^1].RecorderId, Some.Buy(_mnq, 1, 100));
        }
        var query = new OpenFiguresQuery(keys, []);
        Assert.Null(_rig.Inbox.Offer(query));
        Assert.NotEqual(0, _rig.Loop.RunOnce());
        Assert.False(query.Result.IsCompleted);
        _rig.Run();
        Assert.Equal(keys, EngineRig.Done(query.Result).Pairs.Select(p => p.Key));
    }

    [Fact]
    public void Roots_Held_HaveTheOldestOfTheirNewestPrices()
    {
        var a = _rig.AddRecorder("a");
        var later = _rig.Symbol("MNQH2026");
        _rig.Ticks(_mnq, 100);
        _rig.Send(a, Some.Buy(_mnq, 1, 100));
        Advance();
        _rig.Send(a, Some.Buy(later, 1, 100));
        Assert.Equal(EngineRig.Start, PriceAt("MNQ"));
        Advance();
        _rig.Ticks(_mnq, 100);
        // The later month has not ticked since it was bought a second ago.
        Assert.Equal(EngineRig.Start + Timestamp.Second, PriceAt("MNQ"));
        _rig.Send(a, Some.Order(later, SignalAction.CloseAll, price: 1));
        Assert.Equal(EngineRig.Start + 2 * Timestamp.Second, PriceAt("MNQ"));
        _rig.Send(a, Some.Order(_mnq, SignalAction.CloseAll, price: 1));
        Assert.Empty(Ask().Roots);
    }

    [Fact]
    public void Unpriced_PositionsOfASymbolWithoutTicks_AreCountedUntilItTicks()
    {
        var front = _rig.Symbol("MNQ1!");
        foreach (var name in new[] { "a", "b" }) _rig.Send(_rig.AddRecorder(name), Some.Buy(front, 1, 100));
        _rig.Send(1, Some.Buy(_es, 1, 100));
        Assert.Equal(2, Ask().Unpriced);
        _rig.Ticks(front, 100);
        Assert.Equal(0, Ask().Unpriced);
    }

    private static PositionKey Key(long recorderId, Symbol symbol) => new(recorderId, symbol.Id);

    private OpenFigures Ask() => _rig.Ask(new OpenFiguresQuery([], []));

    private long PriceAt(string root) => Ask().Roots.Single(r => r.Root == root).PriceAt;

    private void Advance() => _rig.Time.Advance(TimeSpan.FromSeconds(1));
}
