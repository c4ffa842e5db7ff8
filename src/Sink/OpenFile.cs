using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace StreamRecorder.Sink;

/// <summary>
/// Whether the name of a database still leads to the file that a connection has open. On Unix a file that was
/// deleted, moved or replaced goes on being written by whoever has it open, and nobody finds those bytes again.
/// SQLite compares inodes itself when asked; where it cannot (Windows), an open file cannot be taken away either.
/// </summary>
internal static partial class OpenFile
{
    /// <summary>SQLITE_FCNTL_HAS_MOVED.</summary>
    private const int HasMovedCode = 20;

    public static bool HasMoved(SqliteConnection connection)
    {
        var hasMoved = 0;
        var result = Control(connection.Handle!, "main", HasMovedCode, ref hasMoved);
        return result == raw.SQLITE_OK && hasMoved != 0;
    }

    // The interface that the driver stands on leaves this function out.
    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_file_control", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Control(sqlite3 connection, string name, int code, ref int result);
}
