using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Positions;
using Xunit;

namespace StreamRecorder.Sink.Tests;

public sealed class QueryTests : IAsyncDisposable
{
    private readonly Rig _rig = new();
    private readonly Script _script = new();

    [Fact]
    public async Task ClosedPositions_AnyFilter_AreThoseOfANaiveSearch()
    {
        var all = await ManyAsync();
        var queries = _rig.Queries;
        var random = new Random(3);
        for (var i = 0; i < 200; i++)
        {
            var filter = new ClosedFilter(
                random.Next(2) == 0 ? null : random.Next(1, 5), random.Next(2) == 0 ? null : random.Next(2) == 0 ? "AAPL" : "MNQ1!",
                random.Next(2) == 0 ? null : all[random.Next(all.Count)].ClosedAt, random.Next(2) == 0 ? null : all[random.Next(all.Count)].ClosedAt,
                random.Next(2) == 0 ? null : all[random.Next(all.Count)].Id, random.Next(1, 60));
            Assert.Equal(all.Where(filter.Fits).OrderByDescending(p => p.Id).Take(filter.Limit), queries.ClosedPositions(filter));
        }
    }

    [Fact]
    public async Task ClosedByClosing_PageByPage_GivesAllOnceLatestFirst()
    {
        var all = await ManyAsync();
        var expected = all.OrderByDescending(p => p.ClosedAt).ThenByDescending(p => p.Id).ToList();
        var paged = new List<PositionView>();
        ClosingPlace? before = null;
        while (_rig.Queries.ClosedByClosing(null, null, 7, before) is { Count: > 0 } page)
        {
            paged.AddRange(page);
            before = new ClosingPlace(page[^1].ClosedAt!.Value, page[^1].Id);
        }
        Assert.Equal(expected, paged);
        var (from, to) = (expected[40].ClosedAt, expected[10].ClosedAt);
        Assert.Equal(expected.Where(p => p.ClosedAt >= from && p.ClosedAt < to), _rig.Queries.ClosedByClosing(from, to, 1000));
    }

    [Fact]
    public async Task Query_WhileAnotherProgramHoldsTheFile_IsUnavailableNotWrong()
    {
        await ManyAsync();
        using var other = _rig.Connect();
        Database.Execute(other, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE");
        using var queries = new Queries(_rig.Database);
        Assert.Throws<DatabaseUnavailableException>(() => queries.Position(3));
        Database.Execute(other, "ROLLBACK; PRAGMA locking_mode = NORMAL; SELECT count(*) FROM state");
        Assert.NotNull(queries.Position(_script.Closed.First().Position.Id));
    }

    [Theory]
    [InlineData("SELECT id FROM recorder_positions INDEXED BY closed_by_id WHERE status = 'closed' AND closed_at >= 'x' AND id < 5 ORDER BY id DESC")]
    [InlineData(
        "SELECT id FROM recorder_positions INDEXED BY closed_by_recorder "
        + "WHERE status = 'closed' AND recorder_id = 1 AND closed_at >= 'x' ORDER BY id DESC")]
    [InlineData("SELECT id FROM recorder_positions INDEXED BY closed_by_symbol WHERE status = 'closed' AND symbol = 's' ORDER BY id DESC")]
    [InlineData(
        "SELECT id FROM recorder_positions INDEXED BY closed_by_closing "
        + "WHERE status = 'closed' AND (closed_at, id) < ('x', 5) ORDER BY closed_at DESC, id DESC")]
    [InlineData("SELECT 1 FROM position_keys WHERE contract = 'c' AND is_open = 1 AND sequence >= 1 AND sequence < 5 LIMIT 1")]
    [InlineData("SELECT tick_count FROM symbol_folds WHERE symbol = 's' ORDER BY from_seq DESC LIMIT 1")]
    [InlineData("""
        DELETE FROM position_snapshots WHERE (position_id, taken_at) IN (SELECT position_id, taken_at FROM position_snapshots
        INDEXED BY snapshots_between WHERE is_minute = 0 AND taken_at < 'x' ORDER BY taken_at LIMIT 5)
        """)]
    public void Statement_OfThePlan_NeitherScansNorSorts(string sql)
    {
        var plan = string.Join('\n', _rig.Select("EXPLAIN QUERY PLAN " + sql).Select(r => (string)r[3]!));
        Assert.DoesNotContain("TEMP B-TREE", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("SCAN position_snapshots\n", plan + "\n", StringComparison.Ordinal);
        Assert.Contains("USING", plan, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Closed_WhileAFlushRuns_ShowsEachPositionOnceAndMissesNone()
    {
        var recorder = _script.Recorder("A");
        _script.Trades(recorder, 400);
        var sequences = _script.Closed.Select(c => c.Position.Id).ToList();
        var reader = new ClosedReader(_rig.Outbox, _rig.Queries);
        _rig.StartSink(rowsMax: 3);
        var released = 0L;
        var readers = Enumerable.Range(0, 2).Select(_ => Task.Run(() => ReadAll(reader, () => Interlocked.Read(ref released)))).ToArray();
        foreach (var group in _script.Groups)
        {
            Assert.True(_rig.Outbox.TryRelease(group));
            Interlocked.Add(ref released, group.Outputs.Count(o => o is PositionClosed));
            // Keeps the flushes small and many: the seam is what is under test.
            if (group.Sequence % 20 == 0) await _rig.DurableAsync(group.Sequence - 5);
        }
        await Task.WhenAll(readers).WaitAsync(Rig.Limit, TestContext.Current.CancellationToken);
        Assert.All(readers, r => Assert.True(r.Result > 20, $"only {r.Result} reads happened while flushes ran"));
        await _rig.DurableAsync(_script.Sequence);
        Assert.Equal(sequences.Order(), reader.Closed(new ClosedFilter(Limit: 1000)).Select(p => p.Id).Order());

        int ReadAll(ClosedReader reader, Func<long> atLeast)
        {
            for (var reads = 1; ; reads++)
            {
                var least = atLeast();
                var ids = reader.Closed(new ClosedFilter(Limit: 1000)).Select(p => p.Id).ToList();
                Assert.Equal(ids.Distinct(), ids);
                Assert.True(ids.Count >= least, $"{ids.Count} of {least}");
                Assert.Equal(sequences[..ids.Count].Order(), ids.Order());
                if (least == sequences.Count) return reads;
            }
        }
    }

    [Fact]
    public async Task Reader_WithPendingOnly_FiltersSortsAndLimits()
    {
        var a = _script.Recorder("A");
        var b = _script.Recorder("B");
        _script.Trades(a, 3);
        _script.Trades(b, 2);
        var half = _script.Groups.Count;
        _script.Trades(a, 3);
        await _rig.WriteAsync(_script.Groups[..half]);
        _rig.Release(_script.Groups[half..]);
        var reader = new ClosedReader(_rig.Outbox, _rig.Queries);
        var views = _script.Closed.Select(c => c.View()).ToList();
        Assert.Equal(
            views.Where(v => v.RecorderId == a).OrderByDescending(v => v.Id).Take(5), reader.Closed(new ClosedFilter(RecorderId: a, Limit: 5)));
        Assert.Equal(views.OrderByDescending(v => v.ClosedAt).Skip(2).Take(4),
            reader.ClosedByClosing(null, null, 4, new ClosingPlace(views[^2].ClosedAt!.Value, views[^2].Id)));
        Assert.Equal(views[^1], reader.Closed(views[^1].Id));
        Assert.Equal(views[0], reader.Closed(views[0].Id));
        Assert.Null(reader.Closed(1));
    }

    [Fact]
    public async Task Fills_PartlyPending_AreAllThereOnce()
    {
        var recorder = _script.Recorder("A");
        var id = _script.Buy(recorder, 1, 100).Sequence;
        for (var i = 0; i < 5; i++) _script.Buy(recorder, 1, 101);
        var expected = _script.Groups.SelectMany(g => g.Outputs).OfType<FillOutput>().ToList();
        for (var written = 1; written < _script.Groups.Count; written++)
        {
            await _rig.WriteAsync(_script.Groups[..written]);
            // Not marked durable yet: the outbox still has what the database has too.
            foreach (var from in new[] { 1, written / 2, written })
            {
                var outbox = new Engine.Outbox(100);
                foreach (var group in _script.Groups[from..]) outbox.TryRelease(group);
                Assert.Equal(expected, new ClosedReader(outbox, _rig.Queries).Fills(id));
            }
        }
    }

    private async Task<List<PositionView>> ManyAsync()
    {
        var recorders = Enumerable.Range(1, 4).Select(i => _script.Recorder("R" + i)).ToArray();
        var random = new Random(9);
        for (var i = 0; i < 600; i++)
        {
            var recorder = recorders[random.Next(4)];
            var symbol = random.Next(2) == 0 ? _script.Aapl : _script.Mnq;
            if (random.Next(2) == 0) _script.Buy(recorder, 1, 100 + i, symbol);
            else _script.Close(recorder, 100 + i, symbol);
        }
        await _rig.WriteAsync(_script.Groups);
        return [.. _script.Closed.Select(c => c.View())];
    }

    public ValueTask DisposeAsync()
    {
        _script.Dispose();
        return _rig.DisposeAsync();
    }
}
