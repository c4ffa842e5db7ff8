using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Positions;
using Xunit;

namespace StreamRecorder.Sink.Tests;

/// <summary>The pump: whole groups, exactly once, whatever the database does.</summary>
public sealed class SinkTests : IAsyncDisposable
{
    internal static readonly string[] AllTables =
        ["recorder_positions", "fills", "position_keys", "symbol_folds", "symbols", "recorders", "recorder_tokens", "position_snapshots",
            "delivery_repeats"];

    private readonly Rig _rig = new();
    private readonly Script _script = new();

    [Fact]
    public async Task Closing_Released_ReachesTheDatabaseByItself()
    {
        var recorder = _script.Recorder("A");
        _script.Trades(recorder, 3);
        _rig.StartSink();
        _rig.Release(_script.Groups);
        await _rig.DurableAsync(_script.Sequence);
        Assert.Equal(3, _rig.Queries.ClosedRowCount());
        Assert.Equal(0, _rig.Outbox.PendingCount);
        Assert.Equal(_script.Groups.Count, _rig.Sink!.Metrics.Groups);
        Assert.Equal(_script.Groups.Sum(g => g.Outputs.Count), _rig.Sink.Metrics.Rows);
    }

    [Fact]
    public async Task Linger_DefaultPolicy_WritesThoughNoMoreComes()
    {
        // Closed positions are promised within a second; how long the rest takes is the machine's, and no test's.
        Assert.InRange(SinkLimits.Linger, TimeSpan.Zero, TimeSpan.FromMilliseconds(500));
        await using var sink = new SqliteSink(_rig.Database, _rig.Outbox, TimeProvider.System, _rig.Log);
        var run = sink.RunAsync(TestContext.Current.CancellationToken);
        var recorder = _script.Recorder("A");
        _rig.Release(_script.Groups);
        await _rig.DurableAsync(_script.Sequence);
        _script.Trades(recorder, 1);
        _rig.Release(_script.Groups[1..]);
        await _rig.DurableAsync(_script.Sequence);
        _rig.Outbox.Complete();
        await run.WaitAsync(Rig.Limit, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Groups_TheDatabaseHas_AreSkipped()
    {
        var recorder = _script.Recorder("A");
        _script.Trades(recorder, 5);
        _script.Buy(recorder, 1, 25000, key: "k1");
        var half = _script.Groups.Count / 2;
        await _rig.WriteAsync(_script.Groups[..half]);
        // As after a restart: the engine replays all, some of it new.
        await _rig.WriteAsync(_script.Groups);
        Assert.Equal(half, _rig.Sink!.Metrics.GroupsSkipped);
        await using var other = new Rig();
        await other.WriteAsync(_script.Groups);
        foreach (var table in AllTables.Where(t => t != "symbol_folds"))
            Assert.Equal(other.Select($"SELECT * FROM {table}"), _rig.Select($"SELECT * FROM {table}"));
    }

    [Fact]
    public async Task Start_OnAnOlderFile_TellsTheOutboxItsSequence()
    {
        await _rig.WriteAsync([new OutputGroup(41, Script.Start, []), new OutputGroup(42, Script.Start, [])]);
        var drained = _rig.DurableAsync(42);
        _rig.StartSink();
        await drained;
        Assert.Equal(42, _rig.Outbox.DurableSequence);
    }

    [Fact]
    public async Task Batch_FailingInTheMiddle_LeavesNothingHalf()
    {
        var recorder = _script.Recorder("A");
        _script.Trades(recorder, 2);
        await _rig.WriteAsync(_script.Groups);
        var before = AllTables.Select(t => _rig.Select($"SELECT * FROM {t}")).ToList();
        _rig.Execute("CREATE TRIGGER fault BEFORE UPDATE ON state BEGIN SELECT raise(ABORT, 'planted'); END");
        var known = _script.Groups.Count;
        _script.Trades(recorder, 4);
        _script.Recorder("B");
        _rig.Release(_script.Groups[known..]);
        _rig.StartSink();
        await Assert.ThrowsAnyAsync<Exception>(_rig.RunEndsAsync);
        Assert.Equal(before, AllTables.Select(t => _rig.Select($"SELECT * FROM {t}")));
        Assert.NotEqual(_script.Sequence, _rig.Queries.State().Sequence);
        Assert.NotEmpty(_rig.Outbox.PendingClosed());

        _rig.Execute("DROP TRIGGER fault");
        await _rig.EndFailedSinkAsync();
        await _rig.WriteAsync(_script.Groups);
        Assert.Equal(6, _rig.Queries.ClosedRowCount());
        Assert.Equal(_script.Sequence, _rig.Queries.State().Sequence);
    }

    [Fact]
    public async Task Abandon_WhileTheDatabaseFails_EndsAtOnce()
    {
        using var abandon = new CancellationTokenSource();
        using var other = _rig.Connect();
        Database.Execute(other, "BEGIN IMMEDIATE");
        await using var sink = new SqliteSink(_rig.Database, _rig.Outbox, TimeProvider.System, _rig.Log);
        var run = sink.RunAsync(abandon.Token);
        _rig.Release([new OutputGroup(1, Script.Start, [])]);
        await _rig.Log.FirstError.Task.WaitAsync(Rig.Limit, TestContext.Current.CancellationToken);
        await abandon.CancelAsync();
        await run.WaitAsync(Rig.Limit, TestContext.Current.CancellationToken);
        Assert.Equal(1, _rig.Outbox.PendingCount);
    }

    [Fact]
    public async Task Fill_WithoutItsRecord_IsABrokenInvariant()
    {
        _rig.Release([new OutputGroup(1, 1, [new FillOutput(9, true, 1, 1, 1, null, Engine.Signals.PriceSource.Signal, Flags.None, null)])]);
        _rig.StartSink();
        await Assert.ThrowsAsync<Engine.InvariantException>(_rig.RunEndsAsync);
        Assert.Equal(0L, _rig.Value("SELECT count(*) FROM fills"));
    }

    [Fact]
    public async Task TwentyThousandClosedPositions_AreAllWritten()
    {
        using var script = new Script(positionsMax: 16_384);
        var recorders = Enumerable.Range(0, 100).Select(i => script.Recorder("R" + i)).ToArray();
        for (var i = 0; i < 200; i++)
            foreach (var recorder in recorders)
            {
                script.Buy(recorder, 1, 25600);
                script.Close(recorder, 25601);
            }
        _rig.Release(script.Groups);
        _rig.StartSink();
        await _rig.EndSinkAsync();
        Assert.Equal(20_000, _rig.Queries.ClosedRowCount());
    }

    public ValueTask DisposeAsync()
    {
        _script.Dispose();
        return _rig.DisposeAsync();
    }
}
