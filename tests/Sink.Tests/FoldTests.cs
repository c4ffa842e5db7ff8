using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Prices;
using Xunit;

namespace StreamRecorder.Sink.Tests;

/// <summary>
/// The promise that recovery rests on: a key's record, followed by the rows of its contract after the record's sequence, gives the figures that the
/// engine has; and no row reaches over the start of an open key.
/// </summary>
public sealed class FoldTests : IAsyncDisposable
{
    private readonly Rig _rig = new();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 5)]
    [InlineData(4, 40)]
    [InlineData(5, 100_000)]
    public async Task OpenKeys_FoldedWithTheirRows_HaveTheEnginesFigures(int seed, int rowsMax)
    {
        using var script = new Script();
        var random = new Random(seed);
        var recorders = Enumerable.Range(1, 4).Select(i => script.Recorder("R" + i)).ToArray();
        foreach (var part in Enumerable.Range(0, 4))
        {
            var known = script.Groups.Count;
            for (var i = 0; i < 120; i++) Steps.Random(script, random, recorders);
            // Each part by a sink of its own, as if the process had been restarted.
            await _rig.WriteAsync(part == 0 ? script.Groups : script.Groups[known..], rowsMax);
            AssertFigures(script);
        }
        var rows = (long)_rig.Value("SELECT count(*) FROM symbol_folds")!;
        await ThinAsync();
        AssertFigures(script);
        var merged = (long)_rig.Value("SELECT count(*) FROM symbol_folds")!;
        Assert.True(merged <= rows);
        Assert.True(merged <= script.State.Open.Count + 2, $"{merged} rows for {script.State.Open.Count} open keys and 2 symbols");
    }

    [Fact]
    public async Task Folds_WithNoOpenKeyBetween_AreOneRow()
    {
        using var script = new Script();
        var recorder = script.Recorder("A");
        script.Tick(script.MnqDec, 10, 12);
        script.Buy(recorder, 1, 5, script.Aapl);
        script.Tick(script.MnqDec, 8, 11);
        await _rig.WriteAsync(script.Groups);
        script.Tick(script.MnqDec, 20);
        await _rig.WriteAsync(script.Groups);
        Assert.Equal([[2L, 5L, 5L, 10_000_000_000L, 20_000_000_000L, 8_000_000_000L, 20_000_000_000L, 4_000_000_000L, 12_000_000_000L]],
            _rig.Select(
                "SELECT from_seq, to_seq, tick_count, first_e9, last_e9, min_e9, max_e9, greatest_fall_e9, greatest_rise_e9 FROM symbol_folds"));
    }

    [Fact]
    public async Task Folds_WithAnOpenKeyBetween_StayApartUntilItIsFlat()
    {
        using var script = new Script();
        var recorder = script.Recorder("A");
        script.Tick(script.MnqDec, 10);
        script.Buy(recorder, 1, 10);
        script.Tick(script.MnqDec, 9);
        await _rig.WriteAsync(script.Groups);
        script.Tick(script.MnqDec, 8);
        await _rig.WriteAsync(script.Groups);
        Assert.Equal([[2L, 2L], [4L, 5L]], _rig.Select("SELECT from_seq, to_seq FROM symbol_folds"));
        await ThinAsync();
        Assert.Equal(2L, _rig.Value("SELECT count(*) FROM symbol_folds"));
        script.Close(recorder, 8);
        await _rig.WriteAsync(script.Groups);
        await ThinAsync();
        Assert.Equal([[2L, 5L, 3L]], _rig.Select("SELECT from_seq, to_seq, tick_count FROM symbol_folds"));
    }

    [Fact]
    public async Task Tables_OverManyContractsThatRoll_StayBounded()
    {
        const int Rolls = 40;
        using var script = new Script();
        var random = new Random(7);
        var recorders = Enumerable.Range(1, 3).Select(i => script.Recorder("R" + i)).ToArray();
        // One that stays open all the time: only its own contract's rows may stay apart for it.
        script.Buy(recorders[0], 1, 100, script.Aapl);
        var written = 0;
        for (var roll = 1; roll <= Rolls; roll++)
        {
            var contract = script.State.Symbols.FromCanonical(
                $"MNQ{"FGHJKMNQUVXZ"[roll % 12]}{2026 + roll / 12}", "MNQ", Engine.Instruments.SymbolKind.Dated, 0);
            for (var i = 0; i < 30; i++)
            {
                script.Tick(contract, 100 + random.Next(20));
                script.Tick(script.Aapl, 100 + random.Next(20));
                var recorder = recorders[random.Next(3)];
                if (random.Next(2) == 0) script.Buy(recorder, 1, 100, contract, key: $"{roll}-{i}");
                else script.Close(recorder, 100, contract);
            }
            foreach (var recorder in recorders) script.Close(recorder, 100, contract);
            await _rig.WriteAsync(script.After(Timestamp.Day / 4).Groups[written..]);
            written = script.Groups.Count;
            var sink = _rig.StartSink();
            await sink.ThinAsync(script.Now);
            await _rig.EndSinkAsync();
            AssertFigures(script);
        }
        // A flat key and a contract that nobody trades any more leave one row each, whatever they came to.
        Assert.Equal(1L, _rig.Value("SELECT max(n) FROM (SELECT count(*) AS n FROM symbol_folds WHERE symbol <> 'AAPL' GROUP BY symbol)"));
        Assert.Equal(1L, _rig.Value("SELECT count(*) FROM symbol_folds WHERE symbol = 'AAPL'"));
        Assert.Equal(Rolls + 1L, _rig.Value("SELECT count(*) FROM symbol_folds"));
        // Keys are remembered for a day, which is four of forty rolls.
        Assert.InRange((long)_rig.Value("SELECT count(*) FROM delivery_runs")!, 1, 5);
    }

    [Fact]
    public async Task Detector_WithARowThatReachesOverAStart_SeesIt()
    {
        using var script = new Script();
        var recorder = script.Recorder("A");
        script.Tick(script.MnqDec, 1);
        script.Buy(recorder, 1, 10);
        script.Tick(script.MnqDec, 9);
        await _rig.WriteAsync(script.Groups);
        AssertFigures(script);
        _rig.Execute("DELETE FROM symbol_folds WHERE from_seq = 2; UPDATE symbol_folds SET from_seq = 2, min_e9 = 1");
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => AssertFigures(script));
    }

    private async Task ThinAsync()
    {
        var sink = _rig.StartSink();
        await sink.ThinAsync(Script.Start);
        await _rig.EndSinkAsync();
    }

    private void AssertFigures(Script script)
    {
        var keys = Keys();
        var folds = Folds();
        Assert.Equal(script.State.Open.Count, keys.Count(k => k.Record.IsOpen));
        foreach (var (recorderId, symbol, contract, record) in keys)
        {
            if (!record.IsOpen) continue;
            var figures = record;
            foreach (var fold in folds)
            {
                if (fold.Symbol != contract) continue;
                Assert.False(fold.From <= record.Sequence && fold.To > record.Sequence, $"a row reaches over the start at {record.Sequence}");
                if (fold.From > record.Sequence) PositionMath.Fold(ref figures, fold.Ticks);
            }
            var key = new PositionKey(recorderId, (symbol == "AAPL" ? script.Aapl : script.Mnq).Id);
            Assert.True(script.State.Store.TryRead(key, out var stored));
            var expected = script.State.Figures(stored);
            expected.ContractId = 0;
            expected.EpochId = 0;
            Assert.Equal(PositionCodec.Write(expected), PositionCodec.Write(figures));
        }
    }

    private List<(long RecorderId, string Symbol, string Contract, Position Record)> Keys() =>
    [.. _rig.Select("SELECT recorder_id, symbol, contract, record FROM position_keys").Select(row =>
        {
            Assert.True(PositionCodec.TryRead((byte[])row[3]!, out var record));
            return ((long)row[0]!, (string)row[1]!, (string)row[2]!, record);
        }),
    ];

    private List<(string Symbol, long From, long To, Excursion Ticks)> Folds() =>
    [.. _rig.Select("""
            SELECT symbol, from_seq, to_seq, tick_count, first_e9, first_at_us, last_e9, last_at_us, min_e9, min_at_us, max_e9, max_at_us,
              greatest_fall_e9, greatest_rise_e9, newest_at_us FROM symbol_folds ORDER BY symbol, from_seq
            """).Select(row =>
        {
            long At(int i) => (long)row[i]!;
            return ((string)row[0]!, At(1), At(2), new Excursion
            {
                Count = At(3), First = At(4), FirstAt = At(5), Last = At(6), LastAt = At(7), Min = At(8), MinAt = At(9), Max = At(10), MaxAt = At(11),
                Drop = At(12), Rise = At(13), NewestAt = At(14),
            });
        }),
    ];

    public ValueTask DisposeAsync() => _rig.DisposeAsync();
}
