using Microsoft.Data.Sqlite;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Feeds;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Prices;
using StreamRecorder.Engine.Signals;

namespace StreamRecorder.Sink;

/// <summary>
/// All that <c>verify</c> reads, as of one sequence: one read transaction from the first row to the last, nothing made or changed in
/// the directory. Rows are streamed. One thread. Throws <see cref="DatabaseDamagedException"/> where a row cannot be what was written.
/// </summary>
public sealed class VerificationReader : IDisposable
{
    private const string PositionSelect = "SELECT id, " + PositionColumns.Names + ", exact, entries, exits FROM recorder_positions";
    private const string FillSelect =
        "SELECT position_id, seq, ordinal, is_entry, price_e9, quantity_e9, at, signal_at, price_source, flags, label, price, quantity FROM fills";
    private const string FoldSelect = """
        SELECT symbol, from_seq, to_seq, tick_count, first_e9, first_at_us, last_e9, last_at_us, min_e9, min_at_us, max_e9, max_at_us,
          greatest_fall_e9, greatest_rise_e9, newest_at_us
        FROM symbol_folds
        """;
    private const string KeySelect = "SELECT recorder_id, symbol, contract, root, is_open, sequence, record FROM position_keys";

    private readonly ReadOnlyFile _file;

    static VerificationReader() => SQLitePCL.Batteries_V2.Init();

    private VerificationReader(string path)
    {
        Path = path;
        _file = ReadOnlyFile.Open(path);
        try
        {
            Migrations.Require(_file.Connection, path);
            State = Database.StateOf(_file.Connection);
            TotalGap = One("SELECT total_gap_us FROM state", row => row.GetInt64(0));
        }
        catch (SqliteException fault)
        {
            Dispose();
            throw Faults.Translate(fault, path);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string Path { get; }

    public DatabaseState State { get; }

    /// <summary>Sum of all times without service, µs.</summary>
    public long TotalGap { get; }

    /// <summary>True when a service began to write while nothing guarded the reading: everything is to be read again.</summary>
    public bool IsOverrun => _file.IsOverrun;

    /// <summary>Longest text of entries or exits to which fills are still added.</summary>
    public static int FillsTextMax => SinkLimits.FillsTextMax;

    public static VerificationReader Open(string path) => new(System.IO.Path.GetFullPath(path));

    /// <summary>What <c>PRAGMA integrity_check</c> finds; empty when all is well.</summary>
    public List<string> IntegrityErrors() => [.. Rows("PRAGMA integrity_check", row => row.GetString(0)).Where(line => line != "ok")];

    /// <summary>All positions by id.</summary>
    public IEnumerable<StoredPosition> Positions() => Rows(PositionSelect + " ORDER BY id", ReadPosition);

    public StoredPosition? Position(long id) => Rows(PositionSelect + " WHERE id = $id", ReadPosition, ("$id", id)).SingleOrDefault();

    /// <summary>All fills, those of one position together and in order, positions by id.</summary>
    public IEnumerable<StoredFill> FillsByPosition() => Rows(FillSelect + " ORDER BY position_id, seq, ordinal", ReadFill);

    /// <summary>Fills from a sequence on, in the order of the journal. SQLite sorts them outside of memory.</summary>
    public IEnumerable<StoredFill> FillsBySequence(long from) =>
        Rows(FillSelect + " WHERE seq >= $from ORDER BY seq, ordinal", ReadFill, ("$from", from));

    /// <summary>Rows and bytes that <c>signals</c> holds, as counted while it was written.</summary>
    public (long Rows, long Bytes) LedgerCounted() => One("SELECT ledger_rows, ledger_bytes FROM state", row => (row.GetInt64(0), row.GetInt64(1)));

    /// <summary>Rows and bytes that it does hold, and its first id (0: none).</summary>
    public (long Rows, long Bytes, long Oldest) LedgerTotals() =>
        One("SELECT count(*), coalesce(sum(bytes), 0), coalesce(min(id), 0) FROM signals",
            row => (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2)));

    /// <summary>Rows of <c>signals</c> from an id on, in order.</summary>
    public IEnumerable<StoredLedgerRow> Ledger(long from) => Rows(
        "SELECT id, recorder_id, CAST(body AS BLOB) FROM signals WHERE id >= $from ORDER BY id",
        row => new StoredLedgerRow(row.GetInt64(0), row.GetInt64(1), row.GetFieldValue<byte[]>(2)), ("$from", from));

    public IEnumerable<StoredKeyRow> Keys() => Rows(KeySelect, ReadKey);

    public StoredKeyRow? Key(long recorderId, string symbol) =>
        Rows(KeySelect + " WHERE recorder_id = $recorder AND symbol = $symbol", ReadKey, ("$recorder", recorderId), ("$symbol", symbol))
            .SingleOrDefault();

    /// <summary>All runs of deliveries, in the order of their inputs.</summary>
    public IEnumerable<StoredDeliveryRun> DeliveryRuns() => Rows(
        "SELECT last_sequence, until_us, keyed_total, deliveries FROM delivery_runs ORDER BY last_sequence",
        row => new StoredDeliveryRun(
            row.GetInt64(0), row.GetInt64(1), row.IsDBNull(2) ? null : row.GetInt64(2), DeliveryRun.Read(row.GetFieldValue<byte[]>(3))));

    /// <summary>The first row of a symbol that ends at or after a sequence.</summary>
    public StoredFoldRow? FoldReaching(string symbol, long sequence) => Rows(
        // Rows of a symbol do not overlap: it is the last that begins at or before, or the next.
        $"SELECT * FROM ({FoldSelect} WHERE symbol = $symbol AND from_seq <= $seq ORDER BY from_seq DESC LIMIT 1) WHERE to_seq >= $seq",
        ReadFold, ("$symbol", symbol), ("$seq", sequence)).SingleOrDefault() ?? FoldAfter(symbol, sequence);

    /// <summary>The next row of a symbol that begins after a sequence.</summary>
    public StoredFoldRow? FoldAfter(string symbol, long sequence) => Rows(
        FoldSelect + " WHERE symbol = $symbol AND from_seq > $seq ORDER BY from_seq LIMIT 1", ReadFold, ("$symbol", symbol),
        ("$seq", sequence)).SingleOrDefault();

    /// <summary>Symbols with ticks at or after a sequence.</summary>
    public List<string> FoldSymbols(long from) =>
        [.. Rows("SELECT DISTINCT symbol FROM symbol_folds WHERE from_seq >= $from ORDER BY symbol", row => row.GetString(0), ("$from", from))];

    /// <summary>A symbol's last price; null when the table has none.</summary>
    public StoredSymbolRow? Symbol(string name) => Rows(
        "SELECT name, last_price_e9, last_at, newest_at, changed_at, last_price, outage_total_us, outage_since "
        + "FROM symbols WHERE name = $name AND last_at IS NOT NULL",
        row => new StoredSymbolRow(row.GetString(0), row.GetInt64(1), Columns.ReadTime(row.GetString(2)), Columns.ReadTime(row.GetString(3)),
            Columns.ReadTime(row.GetString(4)))
        {
            Real = row.GetDouble(5),
            OutageTotal = row.GetInt64(6),
            OutageSince = row.IsDBNull(7) ? 0 : Columns.ReadTime(row.GetString(7)),
        },
        ("$name", name)).SingleOrDefault();

    /// <summary>All feeds by name.</summary>
    public Dictionary<string, Feed> Feeds() => Rows(
        "SELECT name, sequence, seen_at FROM feeds",
        row => new Feed(row.GetString(0), row.GetInt64(1), Columns.ReadTime(row.GetString(2)))).ToDictionary(f => f.Name, StringComparer.Ordinal);

    /// <summary>Whether a snapshot of a position was taken at the moment that its row names as its last change.</summary>
    public bool HasSnapshot(StoredPosition position) => Rows(
        "SELECT 1 FROM position_snapshots WHERE position_id = $id AND taken_at = $at", row => row.GetInt64(0), ("$id", position.Id),
        ("$at", position.UpdatedAt)).Any();

    /// <summary>Positions that were open just before a sequence, by their fills.</summary>
    public IEnumerable<HeldPosition> HeldBefore(long sequence) => Rows(
        """
        SELECT f.position_id, p.recorder_id, p.symbol, p.side, sum(CASE f.is_entry WHEN 1 THEN f.quantity_e9 ELSE -f.quantity_e9 END) AS held
        FROM fills f CROSS JOIN recorder_positions p ON p.id = f.position_id
        WHERE f.seq < $seq GROUP BY f.position_id HAVING held <> 0
        """,
        row => new HeldPosition(
            row.GetInt64(0), row.GetInt64(1), row.GetString(2), row.GetString(3) == Words.Of(Side.Short) ? Side.Short : Side.Long, row.GetInt64(4)),
        ("$seq", sequence));

    /// <summary>Why the ledger says that a signal was ignored; null: it was not, or its row is gone.</summary>
    public IgnoreReason? IgnoredAs(long sequence) => Rows(
        "SELECT reason FROM signals WHERE id = $seq AND status = 'ignored'", row => row.GetString(0), ("$seq", sequence))
        .Select(word => Enum.GetValues<IgnoreReason>().Cast<IgnoreReason?>().FirstOrDefault(r => Words.Of(r!.Value) == word)).SingleOrDefault();

    public void Dispose() => _file.Dispose();

    private static StoredPosition ReadPosition(SqliteDataReader row)
    {
        var columns = new Dictionary<string, object?>(row.FieldCount, StringComparer.Ordinal);
        for (var i = 0; i < row.FieldCount; i++) columns.Add(row.GetName(i), row.IsDBNull(i) ? null : row.GetValue(i));
        return new StoredPosition(columns);
    }

    private static StoredFill ReadFill(SqliteDataReader row) => new(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), new FillOutput(
        row.GetInt64(0), row.GetBoolean(3), row.GetInt64(4), row.GetInt64(5), Columns.ReadTime(row.GetString(6)),
        row.IsDBNull(7) ? null : Columns.ReadTime(row.GetString(7)),
        row.GetString(8) == Words.Of(PriceSource.Tick) ? PriceSource.Tick : PriceSource.Signal,
        (Flags)row.GetInt64(9), row.IsDBNull(10) ? null : row.GetString(10)))
    {
        Price = row.GetDouble(11),
        Quantity = row.GetDouble(12),
    };

    private static StoredKeyRow ReadKey(SqliteDataReader row)
    {
        Position? record = PositionCodec.TryRead(row.GetFieldValue<byte[]>(6), out var position) ? position : null;
        return new(row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetBoolean(4), row.GetInt64(5), record);
    }

    private static StoredFoldRow ReadFold(SqliteDataReader row) =>
        new(row.GetString(0), row.GetInt64(1), row.GetInt64(2), Columns.ReadTicks(row, from: 3));

    private T One<T>(string sql, Func<SqliteDataReader, T> read) => Rows(sql, read).Single();

    private IEnumerable<T> Rows<T>(string sql, Func<SqliteDataReader, T> read, params (string Name, object Value)[] parameters)
    {
        using var command = _file.Connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters) command.Parameters.AddWithValue(name, value);
        using var rows = Guarded(command.ExecuteReader);
        while (Guarded(rows.Read)) yield return Guarded(() => read(rows));
    }

    /// <summary>A driver's fault in our words; a value of the wrong type is damage too.</summary>
    private T Guarded<T>(Func<T> step)
    {
        try
        {
            return step();
        }
        catch (SqliteException fault)
        {
            throw Faults.Translate(fault, Path);
        }
        catch (Exception wrong) when (wrong is InvalidCastException or InvalidOperationException or FormatException or OverflowException)
        {
            throw new DatabaseDamagedException($"{Path}: a row holds a value of the wrong type ({wrong.Message}).", wrong);
        }
    }
}
