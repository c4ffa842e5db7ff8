using Microsoft.Data.Sqlite;

namespace StreamRecorder.Sink;

/// <summary>
/// As of which sequence the database is, at which engine time, and which id the
/// next recorder gets. <paramref name="Identity"/> tells one file from another.
/// </summary>
public sealed record DatabaseState(long Sequence, long At, long NextRecorderId, string Identity, uint Checksum);

/// <summary>
/// The file <c>stream_recorder.db</c>: opened or made once at the start, brought to the newest schema, or refused. Hands out connections: one that
/// writes (the sink's), some that only read.
/// </summary>
public sealed class Database
{
    private volatile DatabaseDamagedException? _damage;

    static Database()
    {
        SQLitePCL.Batteries_V2.Init();
        // Both before anything is opened; where it is too late (another part of the process was first), all works as well and costs a little more.
        // No statistics of memory, which nobody asks for: they are a lock around each allocation. And no lock around each call: no connection is
        // ever used by two threads at a time; the pool of readers lends each to one, and the writer's refuses another thread than its own.
        _ = SQLitePCL.raw.sqlite3_config(SQLitePCL.raw.SQLITE_CONFIG_MEMSTATUS, 0);
        _ = SQLitePCL.raw.sqlite3_config(SQLitePCL.raw.SQLITE_CONFIG_MULTITHREAD);
    }

    private Database(string path) => Path = path;

    public string Path { get; }

    /// <summary>
    /// True when SQLite takes no lock for a call, as it was told; false when another part of the process had opened something before this class was
    /// first used, which costs time and nothing else.
    /// </summary>
    public bool IsWithoutLocks { get; private set; }

    /// <summary>The identity that the file had at the start.</summary>
    internal string Identity { get; private set; } = "";

    /// <summary>
    /// Opens the file, makes it if there is none, applies the migrations it lacks. Throws <see cref="DatabaseVersionException"/> for a newer file,
    /// <see cref="DatabaseDamagedException"/> for one that is not ours or not readable, <see cref="DatabaseUnavailableException"/> when it cannot
    /// be opened.
    /// </summary>
    public static Database Open(string path)
    {
        var database = new Database(System.IO.Path.GetFullPath(path));
        try
        {
            using var connection = database.Connect(SqliteOpenMode.ReadWriteCreate);
            database.IsWithoutLocks = NativeSqlite.LockOf(connection.Handle!.DangerousGetHandle()) == 0;
            Execute(connection, "PRAGMA journal_mode = WAL");
            Migrations.Apply(connection, database.Path);
            database.Identity = StateOf(connection).Identity;
        }
        catch (SqliteException e)
        {
            throw Faults.Translate(e, database.Path);
        }
        return database;
    }

    /// <summary>
    /// Raised on the sink's thread when it could not write and will try again by a new connection.
    /// SQLite shares the <c>-shm</c> file between all connections of a process: as long as one is open
    /// that could open it for reading only, a new one cannot write either, whatever was mended outside.
    /// </summary>
    internal event Action? WriterFailed;

    /// <summary>
    /// Looks at the file as it is on disk now, by a connection of its own: a file that was deleted or replaced under the service is noticed
    /// here, and damage that any reader met since the start is told again. Ask before throwing away anything that could rebuild it.
    /// </summary>
    public DatabaseState ReadStateAfresh()
    {
        if (_damage is { } damage) throw damage;
        if (!File.Exists(Path)) throw Gone();
        try
        {
            using var connection = Connect(SqliteOpenMode.ReadOnly);
            var state = StateOf(connection);
            return state.Identity == Identity ? state : throw Replaced();
        }
        catch (SqliteException e)
        {
            throw Translate(e);
        }
    }

    /// <summary>What <c>PRAGMA integrity_check</c> finds; empty when all is well. Reads the whole file.</summary>
    public IReadOnlyList<string> IntegrityErrors()
    {
        try
        {
            using var connection = Connect(SqliteOpenMode.ReadOnly);
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA integrity_check";
            using var reader = command.ExecuteReader();
            var errors = new List<string>();
            while (reader.Read())
                if (reader.GetString(0) is var line && line != "ok") errors.Add(line);
            return errors;
        }
        catch (SqliteException e)
        {
            throw Translate(e);
        }
    }

    /// <summary>
    /// The connection that writes; at most one at a time. Never makes a file: one that vanished under the service must not come back empty.
    /// </summary>
    internal SqliteConnection OpenWriter()
    {
        if (!File.Exists(Path)) throw Gone();
        var connection = Connect(SqliteOpenMode.ReadWrite);
        try
        {
            Execute(connection, "PRAGMA synchronous = FULL");
            Execute(connection, "PRAGMA foreign_keys = ON");
            Execute(connection, FormattableString.Invariant($"PRAGMA cache_size = -{SinkLimits.WriterCacheKiB}"));
            Execute(connection, FormattableString.Invariant($"PRAGMA wal_autocheckpoint = {SinkLimits.WalPagesPerCheckpoint}"));
            Execute(connection, FormattableString.Invariant($"PRAGMA journal_size_limit = {SinkLimits.WalBytesKept}"));
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    internal SqliteConnection OpenReader() => Connect(SqliteOpenMode.ReadOnly);

    /// <summary>What callers are told of a driver's error; damage is remembered.</summary>
    internal Exception Translate(SqliteException fault)
    {
        var told = Faults.Translate(fault, Path);
        if (told is DatabaseDamagedException damage) _damage ??= damage;
        return told;
    }

    internal void NoteWriterFailed() => WriterFailed?.Invoke();

    internal DatabaseDamagedException Gone() => new($"{Path} was deleted, moved or replaced while the service was using it.");

    internal DatabaseDamagedException Replaced() => new($"{Path} was replaced by another file while the service was using it.");

    internal static DatabaseState StateOf(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT sequence, at, next_recorder_id, identity, journal_checksum FROM state";
        using var reader = command.ExecuteReader();
        if (!reader.Read()) throw new DatabaseDamagedException($"{connection.DataSource} has lost its state row.");
        var at = reader.IsDBNull(1) ? 0 : Columns.ReadTime(reader.GetString(1));
        return new DatabaseState(reader.GetInt64(0), at, reader.GetInt64(2), reader.GetString(3), (uint)reader.GetInt64(4));
    }

    internal static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private SqliteConnection Connect(SqliteOpenMode mode)
    {
        // Not pooled: the writer is one, and readers have a bounded pool of their own.
        var settings = new SqliteConnectionStringBuilder
        {
            DataSource = Path,
            Mode = mode,
            Pooling = false,
            DefaultTimeout = SinkLimits.CommandTimeoutSeconds,
        };
        var connection = new SqliteConnection(settings.ConnectionString);
        try
        {
            connection.Open();
            Execute(connection, FormattableString.Invariant($"PRAGMA busy_timeout = {SinkLimits.BusyTimeoutMs}"));
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
