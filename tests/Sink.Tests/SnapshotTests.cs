using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Positions;
using Xunit;

namespace StreamRecorder.Sink.Tests;

public sealed class SnapshotTests : IAsyncDisposable
{
    private const long Minute = 60 * Timestamp.Second;

    private readonly Rig _rig = new();
    private readonly Script _script = new();

    [Fact]
    public async Task Snapshot_OfAnOpenPosition_IsARowAndRefreshesItsOwn()
    {
        var recorder = _script.Recorder("A");
        _script.Buy(recorder, 1, 25600);
        await _rig.WriteAsync(_script.Groups);
        _script.Tick(_script.MnqDec, 25598, 25603.25m);
        var sink = _rig.StartSink();
        await sink.WriteSnapshotsAsync([View()], Script.Start + Minute);
        await _rig.EndSinkAsync();
        Assert.Equal([["2025-12-04T15:01:00.000000Z", 25603.25, 6.5, -4.0, 6.5]],
            _rig.Select("SELECT taken_at, price, unrealized_pnl, worst_unrealized_pnl, best_unrealized_pnl FROM position_snapshots"));
        Assert.Equal([[25603.25, 6.5, -4.0, 25598.0, 2L, "2025-12-04T15:01:00.000000Z", "2025-12-04T15:00:00.002000Z"]],
            _rig.Select(
                "SELECT current_price, unrealized_pnl, worst_unrealized_pnl, worst_price, tick_count, updated_at, changed_at "
                + "FROM recorder_positions"));
        Assert.Equal(1, sink.Metrics.Snapshots);
    }

    [Fact]
    public async Task Snapshot_OvertakenByAFillOrAClosing_DoesNotUndoIt()
    {
        var recorder = _script.Recorder("A");
        _script.Buy(recorder, 1, 100, _script.Aapl);
        _script.Tick(_script.Aapl, 90);
        var old = View(_script.Aapl);
        _script.Buy(recorder, 1, 100, _script.Aapl);
        await _rig.WriteAsync(_script.Groups);
        await SnapshotAsync(old);
        Assert.Equal([[100.0, 0.0]], _rig.Select("SELECT current_price, unrealized_pnl FROM recorder_positions"));
        var open = View(_script.Aapl);
        var known = _script.Groups.Count;
        _script.Close(recorder, 105, _script.Aapl);
        await _rig.WriteAsync(_script.Groups[known..]);
        await SnapshotAsync(open);
        Assert.Equal([[105.0, 0.0, "closed"]], _rig.Select("SELECT current_price, unrealized_pnl, status FROM recorder_positions"));
    }

    [Fact]
    public async Task Snapshot_OfAPositionWhoseFillLingers_IsWrittenAfterIt()
    {
        var sink = _rig.StartSink(linger: Rig.Limit);
        _script.Buy(_script.Recorder("A"), 1, 25600);
        _rig.Release(_script.Groups);
        _script.Tick(_script.MnqDec, 25598, 25603.25m);
        await sink.WriteSnapshotsAsync([View()], Script.Start + Minute).WaitAsync(Rig.Limit / 2, TestContext.Current.CancellationToken);
        Assert.Equal([[25603.25, 6.5]], _rig.Select("SELECT current_price, unrealized_pnl FROM recorder_positions"));
        await _rig.EndSinkAsync();
    }

    [Fact]
    public async Task Linger_WhenNoMoreGroupsCome_IsOver()
    {
        _rig.StartSink(linger: TimeSpan.FromDays(1));
        _script.Buy(_script.Recorder("A"), 1, 25600);
        _rig.Release(_script.Groups);
        await _rig.EndSinkAsync();
        Assert.Equal(1L, _rig.Value("SELECT count(*) FROM recorder_positions"));
    }

    [Fact]
    public async Task Snapshot_AheadOfItsPositionsRow_WaitsForNothing()
    {
        _script.Buy(_script.Recorder("A"), 1, 100, _script.Aapl);
        await SnapshotAsync(View(_script.Aapl));
        Assert.Equal(1L, _rig.Value("SELECT count(*) FROM position_snapshots"));
        Assert.Equal(0L, _rig.Value("SELECT count(*) FROM recorder_positions"));
    }

    [Fact]
    public async Task Snapshots_MoreThanOneTransaction_AreAllWritten()
    {
        _script.Buy(_script.Recorder("A"), 1, 100, _script.Aapl);
        var view = View(_script.Aapl);
        var sink = _rig.StartSink();
        await sink.WriteSnapshotsAsync([.. Enumerable.Range(1, 5000).Select(i => view with { Id = i })], Script.Start);
        await _rig.EndSinkAsync();
        Assert.Equal(5000L, _rig.Value("SELECT count(*) FROM position_snapshots"));
    }

    [Fact]
    public async Task Snapshots_OfALockedDatabase_FailAndAreCounted()
    {
        _script.Buy(_script.Recorder("A"), 1, 100, _script.Aapl);
        var sink = _rig.StartSink();
        await sink.ThinAsync(Script.Start);
        using (var other = _rig.Connect())
        {
            Database.Execute(other, "BEGIN IMMEDIATE");
            await Assert.ThrowsAsync<DatabaseUnavailableException>(() => sink.WriteSnapshotsAsync([View(_script.Aapl)], Script.Start));
        }
        Assert.Equal(1, sink.Metrics.SnapshotsFailed);
        await sink.WriteSnapshotsAsync([View(_script.Aapl)], Script.Start);
        await _rig.EndSinkAsync();
        Assert.Equal(1L, _rig.Value("SELECT count(*) FROM position_snapshots"));
    }

    [Fact]
    public async Task Thin_WithAge_KeepsADayThenOneAMinuteThenNothing()
    {
        _script.Buy(_script.Recorder("A"), 1, 100, _script.Aapl);
        var view = View(_script.Aapl);
        var now = Script.Start;
        var sink = _rig.StartSink();
        // Three minutes of every 20 s, as of 31 days, 2 days and 1 hour ago, of two positions.
        foreach (var age in new[] { 31 * Timestamp.Day, 2 * Timestamp.Day, 60 * Minute })
            for (var i = 0; i < 9; i++)
                await sink.WriteSnapshotsAsync([view, view with { Id = 77 }], now - age + i * 20 * Timestamp.Second);
        await sink.ThinAsync(now);
        await _rig.EndSinkAsync();
        Assert.Equal([["2025-12-02", 3L], ["2025-12-04", 9L]],
            _rig.Select("SELECT substr(taken_at, 1, 10), count(*) FROM position_snapshots WHERE position_id = 77 GROUP BY 1 ORDER BY 1"));
        Assert.Equal(24L, _rig.Value("SELECT count(*) FROM position_snapshots"));
        Assert.Equal(
            ["00", "00", "00"],
            _rig.Select("SELECT substr(taken_at, 18, 2) FROM position_snapshots WHERE position_id = 77 AND taken_at < '2025-12-03'")
                .Select(r => r[0]));
        Assert.Equal(30, sink.Metrics.Thinned);
    }

    [Fact]
    public async Task PricePath_OfManySnapshots_KeepsEndsAndSpikes()
    {
        // As the sink writes them, but 3000 transactions would only measure the disk.
        _rig.Execute("""
            WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 2999)
            INSERT INTO position_snapshots
            SELECT 7, printf('2025-12-04T15:00:00.%06dZ', i), 0, CASE i WHEN 1234 THEN 500000000000 WHEN 2001 THEN -7250000000 ELSE (100 + i % 3) * 1000000000 END,
              0, 0, 0, 0 FROM n
            """);
        var path = _rig.Queries.PricePath(7);
        Assert.InRange(path.Count, 400, SinkLimits.PathPointsMax);
        Assert.Equal(new PricePoint(Script.Start, Script.E9(100)), path[0]);
        Assert.Equal(Script.Start + 2999, path[^1].At);
        Assert.Contains(new PricePoint(Script.Start + 1234, Script.E9(500)), path);
        Assert.Contains(new PricePoint(Script.Start + 2001, Script.E9(-7.25m)), path);
        Assert.Equal(path.OrderBy(p => p.At), path);
        Assert.Empty(_rig.Queries.PricePath(999));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(5000)]
    public void PricePath_OfAnyCount_IsBoundedAndOrdered(int count)
    {
        var random = new Random(count);
        var path = new PricePath(count, 10);
        for (var i = 0; i < count; i++) path.Add(i, random.Next());
        var points = path.Points();
        Assert.InRange(points.Count, Math.Min(count, 4), 10);
        Assert.Equal(points.DistinctBy(p => p.At).OrderBy(p => p.At), points);
    }

    private async Task SnapshotAsync(PositionView view)
    {
        await _rig.StartSink().WriteSnapshotsAsync([view], Script.Start + Minute);
        await _rig.EndSinkAsync();
    }

    private PositionView View(Engine.Instruments.Symbol? symbol = null)
    {
        var key = new PositionKey(1, (symbol ?? _script.Mnq).Id);
        Assert.True(_script.State.Store.TryRead(key, out var stored));
        return PositionView.Of(_script.State.Figures(stored), _script.State.NamesOf(key, stored));
    }

    public ValueTask DisposeAsync()
    {
        _script.Dispose();
        return _rig.DisposeAsync();
    }
}
