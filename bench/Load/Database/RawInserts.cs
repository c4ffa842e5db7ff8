using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace StreamRecorder.Load.Database;

/// <summary>
/// The rows of a finished database, inserted again into an empty one with the same schema and the same promises: one prepared statement a table,
/// bound without a driver between, as many rows a transaction as the sink puts into one, and nothing else: no rows made, none looked up, none written
/// twice.
/// </summary>
internal sealed class RawInserts
{
    private readonly List<string> _schema = [];
    private readonly List<(string Table, List<object[]> Rows)> _tables = [];

    public RawInserts(string file)
    {
        using var connection = Open(file);
        using var objects = Command(
            connection, "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type = 'table' DESC");
        using var reader = objects.ExecuteReader();
        while (reader.Read())
        {
            _schema.Add(reader.GetString(2));
            if (reader.GetString(0) == "table") _tables.Add((reader.GetString(1), Read(connection, reader.GetString(1))));
        }
    }

    public int RowCount => _tables.Sum(t => t.Rows.Count);

    public void Run(string file, int rowsPerTransaction)
    {
        using var connection = Open(file);
        foreach (var sql in (IEnumerable<string>)["PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA cache_size = -65536", .. _schema])
        {
            using var command = Command(connection, sql);
            command.ExecuteNonQuery();
        }
        foreach (var (table, rows) in _tables.Where(t => t.Rows.Count > 0)) Insert(connection, table, rows, rowsPerTransaction);
    }

    private static void Insert(SqliteConnection connection, string table, List<object[]> rows, int rowsPerTransaction)
    {
        var handle = connection.Handle;
        raw.sqlite3_prepare_v2(handle, $"INSERT INTO {table} VALUES ({string.Join(", ", rows[0].Select(_ => "?"))})", out var insert);
        using (insert)
        {
            foreach (var batch in rows.Chunk(rowsPerTransaction))
            {
                raw.sqlite3_exec(handle, "BEGIN IMMEDIATE");
                foreach (var row in batch) Insert(insert, row);
                if (raw.sqlite3_exec(handle, "COMMIT") != raw.SQLITE_OK)
                    throw new InvalidOperationException(raw.sqlite3_errmsg(handle).utf8_to_string());
            }
        }
    }

    private static void Insert(sqlite3_stmt insert, object[] row)
    {
        for (var i = 0; i < row.Length; i++)
        {
            _ = row[i] switch
            {
                long whole => raw.sqlite3_bind_int64(insert, i + 1, whole),
                double real => raw.sqlite3_bind_double(insert, i + 1, real),
                string text => raw.sqlite3_bind_text(insert, i + 1, text),
                byte[] bytes => raw.sqlite3_bind_blob(insert, i + 1, bytes),
                _ => raw.sqlite3_bind_null(insert, i + 1),
            };
        }
        if (raw.sqlite3_step(insert) != raw.SQLITE_DONE) throw new InvalidOperationException("a row was not taken");
        raw.sqlite3_reset(insert);
    }

    private static List<object[]> Read(SqliteConnection connection, string table)
    {
        using var command = Command(connection, $"SELECT * FROM {table}");
        using var reader = command.ExecuteReader();
        var rows = new List<object[]>();
        while (reader.Read())
        {
            var row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add(row);
        }
        return rows;
    }

    private static SqliteConnection Open(string file)
    {
        var connection = new SqliteConnection($"Data Source={file};Pooling=false");
        connection.Open();
        return connection;
    }

#pragma warning disable CA2100 // The names are those of our own schema.
    private static SqliteCommand Command(SqliteConnection connection, string sql)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }
#pragma warning restore CA2100
}
