using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Queries;
using StreamRecorder.Engine.Signals;
using StreamRecorder.Engine.Tests.Support;
using Xunit;

namespace StreamRecorder.Engine.Tests.Queries;

public sealed class OpenPositionsQueryTests : IDisposable
{
    private readonly EngineRig _rig = new EngineRig().WithInstruments(Some.Future("MNQ", 0.25m, 0.5m), Some.Future("ES", 0.25m, 12.5m));
    private readonly Symbol _mnq;
    private readonly Symbol _es;

    public OpenPositionsQueryTests()
    {
        _mnq = _rig.Symbol("MNQZ2025");
        _es = _rig.Symbol("ESZ2025");
    }

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Positions_NewestOpeningFirst_KeepTheirPlaceWhenOthersClose()
    {
        var ids = OpenMany(5);
        _rig.Send(2, Some.Order(_mnq, SignalAction.CloseAll, price: 1));
        _rig.Send(3, Some.Buy(_mnq, 1, 1));
        Assert.Equal([ids[4], ids[3], ids[2], ids[0]], _rig.OpenViews().Select(v => v.Id));
    }

    [Fact]
    public void Pages_OfTwo_GiveEachPositionOnce()
    {
        var ids = OpenMany(7);
        var seen = new List<long>();
        for (var before = long.MaxValue; ;)
        {
            var page = _rig.Ask(new OpenPositionsQuery(new OpenFilter { Limit = 2, BeforeId = before }));
            if (page.Count == 0) break;
            seen.AddRange(page.Select(v => v.Id));
            before = page[^1].Id;
        }
        Assert.Equal(ids.AsEnumerable().Reverse(), seen);
    }

    [Fact]
    public void Filter_ByRecorderSymbolAndTime_GivesThoseAlone()
    {
        var ids = OpenMany(3);
        _rig.Time.Advance(TimeSpan.FromSeconds(1));
        var late = _rig.Send(1, Some.Buy(_es, 1, 1)).PositionId;
        Assert.Equal([late, ids[0]], Ids(new OpenFilter { RecorderId = 1 }));
        Assert.Equal([late], Ids(new OpenFilter { Symbol = _es }));
        Assert.Equal([late], Ids(new OpenFilter { OpenedFrom = _rig.Now }));
        Assert.Equal(ids.AsEnumerable().Reverse(), Ids(new OpenFilter { OpenedTo = _rig.Now }));
        Assert.Equal([ids[0]], Ids(new OpenFilter { RecorderId = 1, Symbol = _mnq }));
    }

    [Fact]
    public void One_ById_IsFoundWhileOpen()
    {
        var id = OpenMany(1)[0];
        Assert.Equal(id, _rig.Ask(new OpenPositionQuery(id))!.Id);
        _rig.Send(1, Some.Order(_mnq, SignalAction.CloseAll, price: 1));
        Assert.Null(_rig.Ask(new OpenPositionQuery(id)));
    }

    [Fact]
    public void ManyPositions_OneTurn_LooksAtABoundedNumber()
    {
        OpenMany(1000);
        var query = new OpenPositionsQuery(new OpenFilter { Limit = int.MaxValue });
        Assert.Null(_rig.Inbox.Offer(query));
        var turns = 0;
        for (; !query.Result.IsCompleted; turns++)
        {
            var signal = _rig.Offer(1, Some.Buy(_mnq, 1, 1));
            _rig.Loop.RunOnce();
            Assert.True(signal.Answer.IsCompleted, "a signal waited for the query");
        }
        Assert.InRange(turns, 1000 / EngineLimits.PositionsPerTurn, 1000 / EngineLimits.PositionsPerTurn + 1);
        Assert.Equal(1000, EngineRig.Done(query.Result).Count);
    }

    [Fact]
    public void ManyPositions_NoneThatMatches_IsBoundedToo()
    {
        OpenMany(EngineLimits.OpenEntriesPerTurn * 2 / 100 + 1, eachOpens: 100);
        var query = new OpenPositionsQuery(new OpenFilter { RecorderId = 7777 });
        Assert.False(query.Step(_rig.State, EngineLimits.PositionsPerTurn));
        Assert.False(query.Step(_rig.State, EngineLimits.PositionsPerTurn));
        Assert.True(query.Step(_rig.State, EngineLimits.PositionsPerTurn));
    }

    [Fact]
    public void Query_SpreadOverTurnsWhileTheListIsSqueezed_MissesNothingThatStayedOpen()
    {
        var ids = OpenMany(1000);
        var query = new OpenPositionsQuery(new OpenFilter { Limit = int.MaxValue });
        Assert.Null(_rig.Inbox.Offer(query));
        _rig.Loop.RunOnce();
        for (var recorder = 1; recorder <= 600; recorder++) _rig.Offer(recorder, Some.Order(_mnq, SignalAction.CloseAll, price: 1));
        _rig.Run();
        var found = EngineRig.Done(query.Result).Select(v => v.Id).ToList();
        Assert.Equal(found.OrderDescending(), found);
        Assert.Empty(ids[600..].Except(found));
        Assert.Equal(found.Count, found.Distinct().Count());
    }

    [Fact]
    public void Changed_RoundRobin_GivesThoseThatMovedSince()
    {
        var ids = OpenMany(5);
        _rig.Time.Advance(TimeSpan.FromSeconds(1));
        var since = _rig.Now;
        _rig.Send(2, Some.Buy(_es, 1, 1));
        Assert.Single(_rig.Ask(new ChangedPositionsQuery(0, since, 10)).Views);
        _rig.Ticks(_mnq, 2);
        var (first, last) = _rig.Ask(new ChangedPositionsQuery(0, since, 4));
        Assert.Equal(ids[..4], first.Select(v => v.Id));
        Assert.Equal("2", first[0].CurrentPrice.ToString());
        var (second, end) = _rig.Ask(new ChangedPositionsQuery(last, since, 4));
        Assert.Equal((2, 0), (second.Count, end));
    }

    private IEnumerable<long> Ids(OpenFilter filter) => _rig.Ask(new OpenPositionsQuery(filter)).Select(v => v.Id);

    /// <summary>One open position each of so many recorders, or <paramref name="eachOpens"/> contracts each.</summary>
    private List<long> OpenMany(int recorders, int eachOpens = 1)
    {
        var messages = new List<SignalMessage>();
        for (var i = 0; i < recorders; i++)
        {
            var recorder = _rig.AddRecorder($"r{i}");
            for (var contract = 0; contract < eachOpens; contract++)
                messages.Add(_rig.Offer(recorder, Some.Buy(contract == 0 ? _mnq : _rig.Symbol($"MNQ{"FGHJKMNQUVXZ"[contract % 12]}{2026 + contract / 12}"), 1, 1)));
        }
        _rig.Run();
        return [.. messages.Select(m => EngineRig.Done(m.Answer).PositionId)];
    }
}
