using System.Globalization;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Host.Verify;
using Xunit;

namespace StreamRecorder.Host.Tests.Verify;

/// <summary>One thing wrong in an otherwise clean history: found, and its place named.</summary>
public sealed class VerifierDamageTests
{
    private const string OneClosed =
        "SELECT id FROM recorder_positions WHERE status = 'closed' AND worst_unrealized_pnl < 0 ORDER BY id LIMIT 1 OFFSET 3";

    [Theory]
    [InlineData("worst_unrealized_pnl")]
    [InlineData("avg_entry_price")]
    [InlineData("realized_pnl")]
    public async Task Verify_OneDigitOfAReadableColumn_NamesRowAndColumn(string column)
    {
        using var files = await HistoryAsync(21);
        var id = (long)files.Value(OneClosed)!;
        files.Execute($"UPDATE recorder_positions SET {column} = {column} + 0.01 WHERE id = $id", ("$id", id));

        Assert.StartsWith($"recorder_positions, id {id}, {column}: ", Assert.Single(files.Verify().Findings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_ExactRecordWithItsChecksum_IsFoundByColumnsAndByTheJournal()
    {
        using var files = await HistoryAsync(22);
        var id = (long)files.Value(OneClosed)!;
        Assert.True(PositionCodec.TryRead((byte[])files.Value("SELECT exact FROM recorder_positions WHERE id = $id", ("$id", id))!, out var exact));
        exact.MaxDrawdown += Int128.Parse("1000000000000000000", CultureInfo.InvariantCulture);
        files.Execute("UPDATE recorder_positions SET exact = $exact WHERE id = $id", ("$id", id), ("$exact", PositionCodec.Write(exact)));

        var findings = files.Verify().Findings;
        Assert.Equal(2, findings.Count);
        Assert.StartsWith($"recorder_positions, id {id}, max_drawdown: ", findings[0], StringComparison.Ordinal);
        Assert.StartsWith($"recorder_positions, id {id}, exact: MaxDrawdown ", findings[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_ExactRecordWithoutItsChecksum_NamesTheRow()
    {
        using var files = await HistoryAsync(22);
        var id = (long)files.Value(OneClosed)!;
        files.Execute("UPDATE recorder_positions SET exact = substr(exact, 1, 50) || x'ff' || substr(exact, 52) WHERE id = $id", ("$id", id));
        Assert.StartsWith($"recorder_positions, id {id}, exact: ", Assert.Single(files.Verify().Findings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_RecordOfAnOpenKey_NamesTheKey()
    {
        using var files = await HistoryAsync(23);
        const string Open = "FROM position_keys WHERE is_open = 1 ORDER BY recorder_id, symbol LIMIT 1";
        var symbol = (string)files.Value("SELECT symbol " + Open)!;
        var recorder = (long)files.Value("SELECT recorder_id " + Open)!;
        Assert.True(PositionCodec.TryRead((byte[])files.Value("SELECT record " + Open)!, out var record));
        record.Peak += 1;
        files.Execute(
            "UPDATE position_keys SET record = $r WHERE recorder_id = $id AND symbol = $s", ("$r", PositionCodec.Write(record)), ("$id", recorder),
            ("$s", symbol));

        Assert.Contains(
            files.Verify().Findings,
            f => f.StartsWith($"position_keys, recorder {recorder}, symbol {symbol}, record: Peak ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Verify_OneFoldRow_NamesTheRow()
    {
        using var files = await HistoryAsync(24);
        const string Row = "FROM symbol_folds ORDER BY from_seq LIMIT 1 OFFSET 2";
        var (symbol, from) = ((string)files.Value("SELECT symbol " + Row)!, (long)files.Value("SELECT from_seq " + Row)!);
        files.Execute("UPDATE symbol_folds SET max_e9 = max_e9 + 1 WHERE symbol = $s AND from_seq = $f", ("$s", symbol), ("$f", from));

        var finding = Assert.Single(files.Verify().Findings);
        Assert.StartsWith($"symbol_folds, {symbol}, from_seq {from}, ", finding, StringComparison.Ordinal);
        Assert.Contains("Max ", finding, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_JournalledFoldWithAllChecksums_NamesFileAddressAndSequence()
    {
        using var files = await HistoryAsync(25);
        var forged = new JournalForger(files).RaiseOneFold();

        var report = files.Verify();
        // Nothing is wrong with the journal by itself.
        Assert.True(report.RecordCount == report.LastJournalled && forged <= report.LastJournalled, string.Join('\n', report.Findings));
        Assert.Contains(
            report.Findings, f => f.StartsWith(files.Segment(0) + ", address ", StringComparison.Ordinal)
                && f.Contains($", sequence {forged}: the fold of ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Verify_LastPriceOfASymbol_NamesTheRow()
    {
        using var files = await HistoryAsync(24);
        files.Execute("UPDATE symbols SET last_price_e9 = last_price_e9 + 250000000, last_price = last_price + 0.25 WHERE name = 'AAA'");
        Assert.StartsWith("symbols, AAA: ", Assert.Single(files.Verify().Findings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_SequenceOfAFeed_NamesTheRow()
    {
        using var files = await HistoryAsync(24);
        files.Execute("UPDATE feeds SET sequence = sequence - 1 WHERE name = 'gateway'");
        Assert.StartsWith("feeds, gateway: ", Assert.Single(files.Verify().Findings), StringComparison.Ordinal);
        files.Execute("DELETE FROM feeds");
        Assert.StartsWith("feeds, gateway: the row is missing", Assert.Single(files.Verify().Findings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_LiveFigureOfAnOpenRow_IsComparedUntilASnapshotIsTaken()
    {
        using var files = await HistoryAsync(24);
        var id = (long)files.Value("SELECT min(id) FROM recorder_positions WHERE status = 'open'")!;
        files.Execute("UPDATE recorder_positions SET current_price = current_price + 1 WHERE id = $id", ("$id", id));
        Assert.StartsWith($"recorder_positions, id {id}, current_price: ", Assert.Single(files.Verify().Findings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_OneFillRemoved_NamesTheRow()
    {
        using var files = await HistoryAsync(26);
        var id = (long)files.Value(OneClosed)!;
        var sequence = (long)files.Value("SELECT max(seq) FROM fills WHERE position_id = $id", ("$id", id))!;
        files.Execute("DELETE FROM fills WHERE position_id = $id AND seq = $s", ("$id", id), ("$s", sequence));

        Assert.Contains(
            files.Verify().Findings,
            f => f.StartsWith(
                $"fills, position {id}, seq {sequence}, ordinal 0: the row is missing; the journal has its signal at ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Verify_FillAdded_NamesTheRow()
    {
        using var files = await HistoryAsync(26);
        var id = (long)files.Value(OneClosed)!;
        files.Execute(
            "INSERT INTO fills SELECT position_id, seq, 9, is_entry, price, price_e9, quantity, quantity_e9, at, signal_at, price_source, flags, "
            + "label FROM fills WHERE position_id = $id AND seq = $id",
            ("$id", id));
        Assert.Contains(
            files.Verify().Findings,
            f => f.StartsWith($"fills, position {id}, seq {id}, ordinal 9: the journal has no signal", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Verify_OneJournalByteFlipped_NamesFileAddressAndSequence()
    {
        using var files = await HistoryAsync(27);
        using (var file = new FileStream(files.Segment(0), FileMode.Open, FileAccess.ReadWrite))
        {
            file.Position = 40_000;
            var old = file.ReadByte();
            file.Position = 40_000;
            file.WriteByte((byte)(old ^ 0x10));
        }
        Assert.Matches(@"segment\.0, address (39|40)\d{3}, sequence \d+: ", Assert.Single(files.Verify().Findings));
    }

    [Fact]
    public async Task Verify_MissingSegment_NamesTheFile()
    {
        using var files = new DataFiles();
        await using (var history = new LiveHistory(files.Root) { Label = new string('x', 4000) }) history.Steps(new Random(28), 1500);
        File.Delete(files.Segment(0));
        Assert.StartsWith(files.Segment(0) + ": the file is missing", Assert.Single(files.Verify().Findings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_DatabaseOfAnotherTime_IsNamedWithBothSequences()
    {
        using var files = new DataFiles();
        var old = Path.Combine(files.Root, "old.db");
        var random = new Random(29);
        await using (var history = new LiveHistory(files.Root) { Label = new string('x', 4000) })
        {
            history.Steps(random, 100);
            await history.WrittenAsync();
            new Backup(files.Root).Write(old);
            history.Steps(random, 1500);
            await history.WrittenAsync();
            history.Truncate(history.Sequence - 100);
        }
        File.Move(old, DataFiles.Database(files.Root), overwrite: true);

        var report = files.Verify();
        var finding = Assert.Single(report.Findings);
        Assert.StartsWith(DataFiles.Database(files.Root) + $": as of sequence {report.Sequence}, but the journal", finding, StringComparison.Ordinal);
        Assert.Contains($"begins at {report.FirstJournalled}", finding, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_DatabaseMissingOrForeign_IsNamed()
    {
        using var files = await HistoryAsync(30);
        File.Delete(DataFiles.Database(files.Root));
        Assert.Equal(DataFiles.Database(files.Root) + " is missing.", Assert.Single(files.Verify().Findings));
        await File.WriteAllTextAsync(DataFiles.Database(files.Root), "no database at all, only text", TestContext.Current.CancellationToken);
        Assert.StartsWith(DataFiles.Database(files.Root), Assert.Single(files.Verify().Findings), StringComparison.Ordinal);
    }

    private static async Task<DataFiles> HistoryAsync(int seed)
    {
        var files = new DataFiles();
        await using (var history = new LiveHistory(files.Root)) history.Steps(new Random(seed), 400);
        return files;
    }
}
