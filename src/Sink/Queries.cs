using Microsoft.Data.Sqlite;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Signals;

namespace StreamRecorder.Sink;

/// <summary>
/// Which closed positions; null: any. The closing lies in [<paramref name="ClosedFrom"/>,
/// <paramref name="ClosedTo"/>), ids below <paramref name="BeforeId"/>.
/// </summary>
public sealed record ClosedFilter(
    long? RecorderId = null, string? Symbol = null, long? ClosedFrom = null, long? ClosedTo = null, long? BeforeId = null, int Limit = 100)
{
    public bool Fits(PositionView view) =>
        (RecorderId is null || view.RecorderId == RecorderId) && (Symbol is null || view.Symbol == Symbol) && (BeforeId is null || view.Id < BeforeId)
        && (ClosedFrom is null || view.ClosedAt >= ClosedFrom) && (ClosedTo is null || view.ClosedAt < ClosedTo);
}

/// <summary>Place in the list of closed positions by closing, latest first.</summary>
public readonly record struct ClosingPlace(long ClosedAt, long Id);

/// <summary>A fill and the input it came from; <paramref name="Ordinal"/> orders the fills of one input.</summary>
public sealed record RecordedFill(long Sequence, int Ordinal, FillOutput Fill);

/// <summary>
/// All reads of positions in the database, by connections that cannot write; any thread. Figures are rebuilt from the exact record, never from REAL.
/// The database may be behind the engine: <see cref="ClosedReader"/> adds what is under way. Throws <see cref="DatabaseUnavailableException"/> when
/// it cannot be read at the moment.
/// </summary>
public sealed class Queries(Database database) : IDisposable
{
    private const string PositionColumns = "recorder_id, recorder, symbol, contract, root, close_reason, closed_at, exact, id";

    private static readonly Dictionary<string, CloseReason> Reasons =
        Enum.GetValues<CloseReason>().ToDictionary(r => Engine.Words.Of(r), StringComparer.Ordinal);

    private readonly ReaderPool _readers = new(database);

    public LedgerQueries Ledger => new(_readers);

    /// <summary>Newest opening first.</summary>
    public List<PositionView> ClosedPositions(ClosedFilter filter)
    {
        // Named, because the planner has no statistics: each gives the order and holds closed_at, so nothing is sorted or fetched in vain.
        var index = filter.RecorderId is not null ? "closed_by_recorder" : filter.Symbol is not null ? "closed_by_symbol" : "closed_by_id";
        var where = "status = 'closed'";
        if (filter.RecorderId is not null) where += " AND recorder_id = $recorder";
        if (filter.Symbol is not null) where += " AND symbol = $symbol";
        if (filter.ClosedFrom is not null) where += " AND closed_at >= $from";
        if (filter.ClosedTo is not null) where += " AND closed_at < $to";
        if (filter.BeforeId is not null) where += " AND id < $before";
        return Positions(
            $"SELECT {PositionColumns} FROM recorder_positions INDEXED BY {index} WHERE {where} ORDER BY id DESC LIMIT $limit",
            ("$recorder", filter.RecorderId), ("$symbol", filter.Symbol), ("$from", Columns.Time(filter.ClosedFrom)),
            ("$to", Columns.Time(filter.ClosedTo)),
            ("$before", filter.BeforeId), ("$limit", Bounded(filter.Limit)));
    }

    /// <summary>
    /// Latest closing first; closings in [<paramref name="from"/>, <paramref name="to"/>) and before <paramref name="before"/> in that order.
    /// </summary>
    public List<PositionView> ClosedByClosing(long? from, long? to, int limit, ClosingPlace? before = null)
    {
        var where = "status = 'closed'";
        if (from is not null) where += " AND closed_at >= $from";
        if (to is not null) where += " AND closed_at < $to";
        if (before is not null) where += " AND (closed_at, id) < ($closed, $id)";
        return Positions(
            $"SELECT {PositionColumns} FROM recorder_positions INDEXED BY closed_by_closing "
            + $"WHERE {where} ORDER BY closed_at DESC, id DESC LIMIT $limit",
            ("$from", Columns.Time(from)), ("$to", Columns.Time(to)), ("$closed", Columns.Time(before?.ClosedAt)), ("$id", before?.Id),
            ("$limit", Bounded(limit)));
    }

    /// <summary>One position, open (as of its last fill that the database has) or closed; null: not there.</summary>
    public PositionView? Position(long id) =>
        Positions($"SELECT {PositionColumns} FROM recorder_positions WHERE id = $id", ("$id", id)).SingleOrDefault();

    /// <summary>Oldest first, at most <see cref="SinkLimits.RowsPerQuery"/>.</summary>
    public List<RecordedFill> Fills(long positionId) => Select(
        """
        SELECT position_id, seq, ordinal, is_entry, price_e9, quantity_e9, at, signal_at, price_source, flags, label
        FROM fills WHERE position_id = $id ORDER BY seq, ordinal LIMIT $limit
        """,
        ReadFill, ("$id", positionId), ("$limit", SinkLimits.RowsPerQuery));

    /// <summary>The ids that recorders of this name had before they were deleted; newest first.</summary>
    public List<long> DeletedRecorderIds(string name) => Select(
        "SELECT id FROM deleted_recorders WHERE name = $name ORDER BY id DESC LIMIT $limit", row => row.GetInt64(0), ("$name", name),
        ("$limit", SinkLimits.RowsPerQuery));

    public long OpenRowCount() =>
        Select("SELECT count(*) FROM position_keys INDEXED BY open_keys_by_contract WHERE is_open = 1", row => row.GetInt64(0)).Single();

    public long ClosedRowCount() =>
        Select("SELECT count(*) FROM recorder_positions INDEXED BY closed_by_id WHERE status = 'closed'", row => row.GetInt64(0)).Single();

    /// <summary>As of what the database is.</summary>
    public DatabaseState State() => _readers.Read(Database.StateOf);

    /// <summary>
    /// A position's prices over time from its snapshots, at most <see cref="SinkLimits.PathPointsMax"/> points that keep every stretch's least and
    /// greatest.
    /// </summary>
    public List<PricePoint> PricePath(long positionId) => _readers.Read(connection =>
    {
        var count = Each(connection, "SELECT count(*) FROM position_snapshots WHERE position_id = $id", ("$id", positionId))
            .Select(row => row.GetInt64(0)).Single();
        var path = new PricePath(count, SinkLimits.PathPointsMax);
        foreach (var row in Each(
            connection, "SELECT taken_at, price_e9 FROM position_snapshots WHERE position_id = $id ORDER BY taken_at", ("$id", positionId)))
            path.Add(Columns.ReadTime(row.GetString(0)), row.GetInt64(1));
        return path.Points();
    });

    public void Dispose() => _readers.Dispose();

    private List<PositionView> Positions(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters) =>
        Select(sql, ReadPosition, parameters);

    private List<T> Select<T>(string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var given = parameters.ToArray();
        return _readers.Read(connection => Each(connection, sql, given).Select(read).ToList());
    }

    /// <summary>The rows of a query, each valid until the next.</summary>
    private static IEnumerable<SqliteDataReader> Each(SqliteConnection connection, string sql, params (string Name, object? Value)[] parameters)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
            if (value is not null) command.Parameters.AddWithValue(name, value);
        using var rows = command.ExecuteReader();
        while (rows.Read()) yield return rows;
    }

    private PositionView ReadPosition(SqliteDataReader row)
    {
        if (!PositionCodec.TryRead(row.GetFieldValue<byte[]>(7), out var exact))
            throw new DatabaseDamagedException($"{database.Path}: the record of position {row.GetInt64(8)} is damaged.");
        var symbol = row.GetString(2);
        var names = new PositionNames(row.GetInt64(0), row.GetString(1), symbol, row.IsDBNull(3) ? symbol : row.GetString(3), row.GetString(4));
        return row.IsDBNull(6)
            ? PositionView.Of(exact, names)
            : PositionView.Of(exact, names, Reasons.GetValueOrDefault(row.GetString(5)), Columns.ReadTime(row.GetString(6)));
    }

    private static RecordedFill ReadFill(SqliteDataReader row) => new(row.GetInt64(1), row.GetInt32(2), new FillOutput(
        row.GetInt64(0), row.GetBoolean(3), row.GetInt64(4), row.GetInt64(5), Columns.ReadTime(row.GetString(6)),
        row.IsDBNull(7) ? null : Columns.ReadTime(row.GetString(7)),
        row.GetString(8) == Engine.Words.Of(PriceSource.Tick) ? PriceSource.Tick : PriceSource.Signal,
        (Flags)row.GetInt64(9), row.IsDBNull(10) ? null : row.GetString(10)));

    private static int Bounded(int limit) => Math.Clamp(limit, 0, SinkLimits.RowsPerQuery);
}
