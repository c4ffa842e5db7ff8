using Microsoft.Data.Sqlite;
using static SQLitePCL.raw;

namespace StreamRecorder.Sink;

/// <summary>
/// Opens the database for <c>verify</c> and <c>backup</c>, with the service running, stopped or killed, so that nothing beside it is made or changed:
/// a plain read-only connection to a file in WAL mode would leave <c>-wal</c> and <c>-shm</c> behind. One read transaction is open from the start.
/// </summary>
internal sealed class ReadOnlyFile : IDisposable
{
    private readonly string _path;

    /// <summary>Size and time of a file that was opened as one that nobody writes to; null when SQLite's own locks guard the reading.</summary>
    private readonly (long Length, DateTime Written)? _unguarded;

    private ReadOnlyFile(string path, SqliteConnection connection, (long Length, DateTime Written)? unguarded)
    {
        _path = path;
        Connection = connection;
        _unguarded = unguarded;
    }

    public SqliteConnection Connection { get; }

    /// <summary>True when a service began to write while nothing guarded the reading: what was read may be of two moments.</summary>
    public bool IsOverrun => _unguarded is { } before && (File.Exists(_path + "-wal") || before != LookAt(_path));

    public static ReadOnlyFile Open(string path)
    {
        if (!File.Exists(path)) throw new DatabaseDamagedException($"{path} is missing.");
        // Without a -wal file nobody has the database open, and everything is in the main file.
        if (!File.Exists(path + "-wal"))
        {
            var unguarded = LookAt(path);
            return new ReadOnlyFile(path, Begin(path, "?immutable=1"), unguarded);
        }
        if (!File.Exists(path + "-shm")) return new ReadOnlyFile(path, Begin(path, ""), null);
        try
        {
            return new ReadOnlyFile(path, Begin(path, "?readonly_shm=1"), null);
        }
        catch (DatabaseUnavailableException e) when (e.InnerException is SqliteException { SqliteErrorCode: SQLITE_READONLY })
        {
            // A running service has just begun its -wal anew: only a reader that marks its place in -shm can follow.
            return new ReadOnlyFile(path, Begin(path, ""), null);
        }
    }

    public void Dispose() => Connection.Dispose();

    private static (long Length, DateTime Written) LookAt(string path)
    {
        var file = new FileInfo(path);
        return (file.Length, file.LastWriteTimeUtc);
    }

    private static SqliteConnection Begin(string path, string how)
    {
        var settings = new SqliteConnectionStringBuilder
        {
            DataSource = "file:" + Uri.EscapeDataString(path).Replace("%2F", "/", StringComparison.Ordinal) + how,
            Mode = SqliteOpenMode.ReadOnly,
            Pooling = false,
            DefaultTimeout = SinkLimits.CommandTimeoutSeconds,
        };
        var connection = new SqliteConnection(settings.ConnectionString);
        try
        {
            connection.Open();
            Database.Execute(connection, FormattableString.Invariant($"PRAGMA busy_timeout = {SinkLimits.BusyTimeoutMs}"));
            Database.Execute(connection, "BEGIN");
            // The first read is what fixes the moment.
            Database.Execute(connection, "SELECT count(*) FROM sqlite_master");
            return connection;
        }
        catch (SqliteException fault)
        {
            connection.Dispose();
            throw Faults.Translate(fault, path);
        }
    }
}
