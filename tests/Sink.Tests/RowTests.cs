using System.Text.Json;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Recorders;
using Xunit;

namespace StreamRecorder.Sink.Tests;

public sealed class RowTests : IAsyncDisposable
{
    private readonly Rig _rig = new();
    private readonly Script _script = new();

    [Fact]
    public async Task ClosedPosition_SelectedByAPerson_HasTheContractsColumns()
    {
        var recorder = _script.Recorder("JADVIX", commission: Script.E9(0.62m));
        _script.Buy(recorder, 1, 25600);
        _script.Buy(recorder, 1, 25598);
        _script.Tick(_script.MnqDec, 25594, 25596);
        _script.Buy(recorder, 1, 25594);
        _script.Close(recorder, 25602.25m);
        await _rig.WriteAsync(_script.Groups);
        var row = _rig.Select("""
            SELECT recorder_id, symbol, side, total_quantity, avg_entry_price, current_price, unrealized_pnl, worst_unrealized_pnl, best_unrealized_pnl,
              worst_total_pnl, best_total_pnl, max_drawdown, exit_price, exit_time, realized_pnl, status, opened_at, closed_at, updated_at, tradovate_position_id,
              contract, commission, net_pnl, drawdown, close_reason, outcome
            FROM recorder_positions
            """).Single();
        Assert.Equal(
            [
                recorder, "MNQ1!", "LONG", 3.0, 25597.3333333333, 25602.25, 0.0, -20.0, 29.5, -20.0, 29.5, 20.0, 25602.25,
                "2025-12-04T15:00:00.006000Z", 29.5,
                "closed", "2025-12-04T15:00:00.002000Z", "2025-12-04T15:00:00.006000Z", "2025-12-04T15:00:00.006000Z", null,
                "MNQZ2025", 3.72, 25.78, 20.0, "signal", "WIN",
            ],
            row);
    }

    [Fact]
    public async Task EntriesAndExits_OverSeveralBatches_AreJsonOfAllFills()
    {
        var recorder = _script.Recorder("A");
        _script.Buy(recorder, 2, 100.25m, _script.Aapl);
        _script.Buy(recorder, 0.000000001m, 99, _script.Aapl);
        _script.Signal(recorder, Engine.Signals.SignalAction.Exit, Script.E9(1), Script.E9(110), _script.Aapl);
        _script.Buy(recorder, 1, 120, _script.Aapl);
        _script.Close(recorder, 115, _script.Aapl);
        await _rig.WriteAsync(_script.Groups, rowsMax: 1);
        Assert.Equal(
            """
            [{"price":100.25,"qty":2,"time":"2025-12-04T15:00:00.002000Z"},{"price":99,"qty":0.000000001,"time":"2025-12-04T15:00:00.003000Z"},{"price":120,"qty":1,"time":"2025-12-04T15:00:00.005000Z"}]
            """,
            _rig.Value("SELECT entries FROM recorder_positions"));
        using var exits = JsonDocument.Parse((string)_rig.Value("SELECT exits FROM recorder_positions")!);
        Assert.Equal([110, 115], exits.RootElement.EnumerateArray().Select(e => e.GetProperty("price").GetDecimal()));
        Assert.Equal([1m, 2.000000001m], exits.RootElement.EnumerateArray().Select(e => e.GetProperty("qty").GetDecimal()));
        Assert.Equal(5L, _rig.Value("SELECT count(*) FROM fills"));
    }

    [Fact]
    public async Task AnyCutIntoBatches_GivesTheSameRows()
    {
        var recorders = Enumerable.Range(1, 5).Select(i => _script.Recorder("R" + i)).ToArray();
        var random = new Random(11);
        for (var i = 0; i < 400; i++)
        {
            var recorder = recorders[random.Next(5)];
            var price = 25000 + random.Next(1000) * 0.25m;
            switch (random.Next(5))
            {
                case 0: _script.Buy(recorder, random.Next(1, 4), price); break;
                case 1: _script.Sell(recorder, random.Next(1, 4), price); break;
                case 2: _script.Close(recorder, price); break;
                case 3: _script.Signal(recorder, Engine.Signals.SignalAction.Exit, Script.E9(1), Script.E9(price)); break;
                default: _script.Tick(_script.MnqDec, price, price - 3, price + 2); break;
            }
        }
        await _rig.WriteAsync(_script.Groups);
        await using var other = new Rig();
        await other.WriteAsync(_script.Groups, rowsMax: 3);
        foreach (var table in new[] { "recorder_positions", "fills", "position_keys", "symbols", "recorders", "recorder_tokens" })
            Assert.Equal(_rig.Select($"SELECT * FROM {table} ORDER BY 1, 2"), other.Select($"SELECT * FROM {table} ORDER BY 1, 2"));
        Assert.Equal(_script.Sequence, _rig.Queries.State().Sequence);
    }

    [Fact]
    public async Task ContractColumns_OfAllTables_Exist()
    {
        await _rig.WriteAsync([new OutputGroup(1, Script.Start, [])]);
        _rig.Select("SELECT id, name FROM recorders");
        _rig.Select("SELECT position_id, taken_at, price, unrealized_pnl, worst_unrealized_pnl, best_unrealized_pnl FROM position_snapshots");
        _rig.Select("SELECT id, recorder_id, received_at, status, body FROM signals");
        Assert.All(
            _rig.Select("""
                SELECT m.name, c.name, c.type FROM sqlite_master m JOIN pragma_table_info(m.name) c
                WHERE m.type = 'table' AND c.name <> 'fill_price' AND (c.name LIKE '%price' OR c.name LIKE '%pnl' OR c.name LIKE '%quantity' OR c.name LIKE '%drawdown' OR c.name = 'commission')
                """),
            column => Assert.Equal("REAL", column[2]));
    }

    [Fact]
    public async Task Recorder_ChangedThenDeleted_LeavesNameAndNextId()
    {
        var first = _script.Recorder("Old");
        var second = _script.Recorder("Other");
        _script.Trades(second, 1);
        var recorder = _script.State.Directory.Find(second)!;
        _script.Apply(new RecorderSet(recorder with { Settings = recorder.Settings with { Name = "New", DefaultQuantity = 1, Enabled = false } }));
        _script.Apply(new RecorderSet(_script.State.Directory.Find(first)! with { Settings = new RecorderSettings { Name = "Other" }, Tokens = [] }));
        await _rig.WriteAsync(_script.Groups);
        Assert.Equal([[first, "Other", 1_000_000_000L, 1L], [second, "New", 1L, 0L]],
            _rig.Select("SELECT id, name, default_quantity_e9, enabled FROM recorders ORDER BY id"));
        Assert.Equal([[second, "main", Secret.Hash("Other")]], _rig.Select("SELECT recorder_id, label, hash FROM recorder_tokens"));
        _script.Apply(new RecorderRemoved(second));
        await _rig.WriteAsync(_script.Groups);
        Assert.Equal([[first]], _rig.Select("SELECT id FROM recorders"));
        Assert.Empty(_rig.Select("SELECT * FROM recorder_tokens"));
        Assert.Empty(_rig.Select("SELECT * FROM position_keys"));
        Assert.Equal([second], _rig.Queries.DeletedRecorderIds("New"));
        Assert.Equal(second + 1, _rig.Queries.State().NextRecorderId);
        Assert.Equal("Other", _rig.Queries.ClosedPositions(new ClosedFilter(RecorderId: second)).Single().Recorder);
    }

    [Fact]
    public async Task Tables_OfKeysInstrumentsAndFronts_FollowTheInputs()
    {
        var key = new ApiKey("dash", KeyScope.Read, "aa", Script.Start);
        _script.Apply(new ApiKeySet(key));
        _script.Apply(new ApiKeySet(new ApiKey("feed", KeyScope.Feed, "bb", Script.Start)));
        _script.Apply(new ApiKeyRemoved("aa"));
        var mnq = new Instrument("MNQ", "CME", "Micro", Script.E9(0.25m), Script.E9(0.5m), "USD");
        _script.Apply(new InstrumentsSet([mnq], FromFiles: true));
        _script.Apply(new InstrumentsSet([mnq with { TickValue = 7 }], FromFiles: false));
        _script.Apply(new InstrumentsSet([mnq with { TickValue = 8 }], FromFiles: true));
        _script.Apply(new FrontContractsSet([new FrontContract("MNQ", "MNQZ2025", 1), new FrontContract("MNQ", "MNQH2026", 2)], FromFile: true));
        _script.Apply(new FrontContractsSet([new FrontContract("MNQ", "MNQZ2025", 5)], FromFile: false));
        _script.Apply(new FrontContractsSet([new FrontContract("MNQ", "MNQH2026", 5)], FromFile: false));
        _script.Apply(new FrontContractsSet([new FrontContract("MES", "MESZ2025", 1)], FromFile: true));
        await _rig.WriteAsync(_script.Groups);
        Assert.Equal([["feed", "feed", "bb"]], _rig.Select("SELECT name, scope, hash FROM api_keys"));
        Assert.Equal([[0L, 7L], [1L, 8L]], _rig.Select("SELECT from_files, tick_value_e9 FROM instruments ORDER BY from_files"));
        Assert.Equal([["MNQH2026", 0L], ["MESZ2025", 1L]], _rig.Select("SELECT contract, from_file FROM front_contracts ORDER BY from_file"));
    }

    [Fact]
    public async Task Symbols_OfKeysAndTicks_HaveKindAndLastPrice()
    {
        var recorder = _script.Recorder("A");
        _script.Buy(recorder, 1, 10, _script.Aapl);
        _script.Buy(recorder, 1, 10);
        _script.Tick(_script.MnqDec, 5, -3.5m);
        await _rig.WriteAsync(_script.Groups);
        Assert.Equal(
            [["AAPL", "AAPL", "spot", 0L, null], ["MNQ1!", "MNQ", "continuous", 1L, null], ["MNQZ2025", "MNQ", "dated", 0L, -3.5]],
            _rig.Select("SELECT name, root, kind, continuous_index, last_price FROM symbols ORDER BY name"));
    }

    [Fact]
    public async Task Reversal_InOneGroup_ClosesOneRowAndOpensAnother()
    {
        var recorder = _script.Recorder("A");
        var first = _script.Buy(recorder, 1, 100).Sequence;
        var second = _script.Sell(recorder, 2, 101).Sequence;
        await _rig.WriteAsync(_script.Groups);
        Assert.Equal([[first, "closed", "opposite", "LONG"], [second, "open", null, "SHORT"]],
            _rig.Select("SELECT id, status, close_reason, side FROM recorder_positions ORDER BY id"));
        Assert.Equal(1L, _rig.Value("SELECT count(*) FROM position_keys"));
        Assert.Equal(1, _rig.Queries.OpenRowCount());
        Assert.Equal(1, _rig.Queries.ClosedRowCount());
        Assert.Equal([0, 2], _rig.Select("SELECT ordinal FROM fills WHERE seq = " + second).Select(r => (int)(long)r[0]!));
    }

    public ValueTask DisposeAsync()
    {
        _script.Dispose();
        return _rig.DisposeAsync();
    }
}
