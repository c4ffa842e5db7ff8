using System.Buffers.Binary;
using System.Text;
using Microsoft.Data.Sqlite;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Signals;

namespace StreamRecorder.Sink;

/// <summary>
/// Which entries of the ledger; null: any. Their engine time lies in [<paramref name="From"/>,
/// <paramref name="To"/>), their ids below <paramref name="BeforeId"/>.
/// </summary>
public sealed record LedgerFilter(
    long? RecorderId = null, SignalStatus? Status = null, long? From = null, long? To = null, long? BeforeId = null, int Limit = 100)
{
    public bool Fits(LedgerEntry entry) =>
        (RecorderId is null || entry.RecorderId == RecorderId) && (Status is null || entry.Status == Status)
        && (BeforeId is null || entry.Id < BeforeId)
        && (From is null || entry.At >= From) && (To is null || entry.At < To);
}

/// <summary>
/// Reads of the ledger in the database, newest first; any thread. Whatever is asked for, a page costs its rows and
/// some look-ups, however many rows there are: the indexes give the order, and times become ids, with which they rise.
/// </summary>
public sealed class LedgerQueries
{
    private const string EntryColumns = """
        id, at, recorder_id, recorder, status, reason, detail, field, effect, action, symbol, price_e9, quantity_e9, position_id, closed_position_id, flags, label, key,
        first_id, retry_of, retried_as, signal_at, received_at, decided_at, committed_at, answered_at, body_hash, body, is_cut,
        brackets
        """;

    private static readonly Dictionary<string, Effect> Effects = Enum.GetValues<Effect>().ToDictionary(e => Words.Of(e), StringComparer.Ordinal);

    private static readonly Dictionary<string, SignalAction> Actions =
        Enum.GetValues<SignalAction>().Where(a => Words.Of(a) is not null).ToDictionary(a => Words.Of(a)!, StringComparer.Ordinal);

    private readonly ReaderPool _readers;

    internal LedgerQueries(ReaderPool readers) => _readers = readers;

    public List<LedgerEntry> Entries(LedgerFilter filter) => _readers.Read(connection =>
    {
        // A page below no id of the range is empty at once.
        long? fromId = filter.From is { } from ? FirstIdAt(connection, from) : null;
        long? beforeId = filter.To is { } to ? FirstIdAt(connection, to) : null;
        if (filter.BeforeId < (beforeId ?? long.MaxValue)) beforeId = filter.BeforeId;
        return Read(connection, Sql(filter, fromId, beforeId), [
            ("$recorder", filter.RecorderId), ("$status", filter.Status is { } status ? Words.Of(status) : null), ("$from", fromId),
            ("$before", beforeId),
            ("$limit", Math.Clamp(filter.Limit, 0, SinkLimits.RowsPerQuery)),
        ]);
    });

    public LedgerEntry? Entry(long id) =>
        _readers.Read(connection => Read(connection, $"SELECT {EntryColumns} FROM signals WHERE id = $id", [("$id", id)]).SingleOrDefault());

    internal static string Sql(LedgerFilter filter, long? fromId, long? beforeId)
    {
        var range = (fromId is null ? "" : " AND id >= $from") + (beforeId is null ? "" : " AND id < $before");
        if (filter.RecorderId is null && filter.Status is null)
            return $"SELECT {EntryColumns} FROM signals WHERE 1{range} ORDER BY id DESC LIMIT $limit";
        if (filter.RecorderId is null)
            return $"SELECT {EntryColumns} FROM signals INDEXED BY signals_by_status WHERE status = $status{range} ORDER BY id DESC LIMIT $limit";
        if (filter.Status is not null)
            return $"SELECT {EntryColumns} FROM signals WHERE id IN ({OfRecorder("$status")}) ORDER BY id DESC LIMIT $limit";
        var all = Enum.GetValues<SignalStatus>().Select(status => $"SELECT id FROM ({OfRecorder($"'{Words.Of(status)}'")})");
        return $"SELECT {EntryColumns} FROM signals WHERE id IN ({string.Join(" UNION ALL ", all)}) ORDER BY id DESC LIMIT $limit";

        string OfRecorder(string status) =>
            "SELECT id FROM signals INDEXED BY signals_by_recorder "
            + $"WHERE recorder_id = $recorder AND status = {status}{range} ORDER BY id DESC LIMIT $limit";
    }

    /// <summary>The first id at or after a moment (µs), by halving; one above the last when there is none.</summary>
    private static long FirstIdAt(SqliteConnection connection, long at)
    {
        using var ends = connection.CreateCommand();
        ends.CommandText = "SELECT (SELECT min(id) FROM signals), (SELECT max(id) FROM signals)";
        using var row = ends.ExecuteReader();
        if (!row.Read() || row.IsDBNull(0)) return 0;
        var (low, high) = (row.GetInt64(0), row.GetInt64(1) + 1);
        using var next = connection.CreateCommand();
        next.CommandText = "SELECT id, at >= $at FROM signals WHERE id >= $id ORDER BY id LIMIT 1";
        next.Parameters.AddWithValue("$at", Columns.Time(at));
        var place = next.Parameters.AddWithValue("$id", 0L);
        while (low < high)
        {
            var middle = low + (high - low) / 2;
            place.Value = middle;
            using var found = next.ExecuteReader();
            if (!found.Read() || found.GetBoolean(1)) high = middle;
            else low = found.GetInt64(0) + 1;
        }
        return low;
    }

    private static List<LedgerEntry> Read(SqliteConnection connection, string sql, (string Name, object? Value)[] parameters)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
            if (value is not null) command.Parameters.AddWithValue(name, value);
        using var rows = command.ExecuteReader();
        var entries = new List<LedgerEntry>();
        while (rows.Read()) entries.Add(Read(rows));
        return entries;
    }

    private static LedgerEntry Read(SqliteDataReader row) => new()
    {
        Id = row.GetInt64(0),
        At = Columns.ReadTime(row.GetString(1)),
        RecorderId = row.GetInt64(2),
        Recorder = row.GetString(3),
        Status = Words.TryParse(row.GetString(4), out SignalStatus status)
            ? status
            : throw new DatabaseDamagedException($"signals, id {row.GetInt64(0)}: no such status."),
        Reason = Text(row, 5),
        Detail = Text(row, 6),
        Field = Text(row, 7),
        Effect = Effects.GetValueOrDefault(Text(row, 8) ?? ""),
        Gist = new SignalGist
        {
            Action = Actions.GetValueOrDefault(Text(row, 9) ?? ""),
            Symbol = Text(row, 10),
            Price = Whole(row, 11),
            Quantity = Whole(row, 12),
            Label = Text(row, 16),
            Key = Text(row, 17),
            At = Time(row, 21),
            Brackets = BracketText.Read(Text(row, 29)),
        },
        PositionId = Whole(row, 13),
        ClosedPositionId = Whole(row, 14),
        Flags = (Flags)row.GetInt64(15),
        FirstId = Whole(row, 18),
        RetryOf = Whole(row, 19),
        RetriedAs = Whole(row, 20),
        Receipt = new Receipt(Encoding.UTF8.GetBytes(row.GetString(27)), row.GetBoolean(28), Columns.ReadTime(row.GetString(22))),
        DecidedAt = Time(row, 23),
        CommittedAt = Time(row, 24),
        AnsweredAt = Time(row, 25),
        BodyHash = row.IsDBNull(26) ? 0 : BinaryPrimitives.ReadUInt128BigEndian(row.GetFieldValue<byte[]>(26)),
    };

    private static string? Text(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static long? Whole(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);

    private static long? Time(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : Columns.ReadTime(row.GetString(column));
}
