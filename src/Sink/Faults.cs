using Microsoft.Data.Sqlite;
using StreamRecorder.Engine;
using static SQLitePCL.raw;

namespace StreamRecorder.Sink;

/// <summary>What an error of SQLite means to us. Pure.</summary>
internal static class Faults
{
    /// <summary>The world fails (lock, disk, memory): trying again may work. All else is damage or our own mistake, which no retry mends.</summary>
    public static bool IsTransient(SqliteException fault) => fault.SqliteErrorCode switch
    {
        SQLITE_CORRUPT or SQLITE_NOTADB or SQLITE_FORMAT => false,
        SQLITE_ERROR or SQLITE_CONSTRAINT or SQLITE_MISMATCH or SQLITE_MISUSE or SQLITE_RANGE or SQLITE_TOOBIG => false,
        _ => true,
    };

    /// <summary>The exception that callers outside the sink know.</summary>
    public static Exception Translate(SqliteException fault, string path) => fault.SqliteErrorCode switch
    {
        SQLITE_CORRUPT or SQLITE_NOTADB or SQLITE_FORMAT or SQLITE_ERROR =>
            new DatabaseDamagedException($"{path} is damaged or no database of this program ({fault.Message}).", fault),
        SQLITE_CONSTRAINT or SQLITE_MISMATCH or SQLITE_MISUSE or SQLITE_RANGE or SQLITE_TOOBIG =>
            new InvariantException($"invariant broken: {path} refused a row ({fault.Message})."),
        _ => new DatabaseUnavailableException($"{path} cannot be used at the moment ({fault.Message}).", fault),
    };
}
