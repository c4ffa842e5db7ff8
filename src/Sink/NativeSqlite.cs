using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace StreamRecorder.Sink;

/// <summary>
/// The functions of SQLite that the writer calls for each value, without the driver's interface, which counts a handle up and down and makes an array
/// of each text. Those that bind only move some bytes: neither do they wait, nor call back, nor take long enough for a collection to wait for them.
/// </summary>
internal static partial class NativeSqlite
{
    private const string Library = "e_sqlite3";

    /// <summary>As destructor of a text or blob: it stays where it is until the statement has run; SQLite need not copy it.</summary>
    public const nint Stays = 0;

    /// <summary>The lock around each call of a connection; 0: there is none.</summary>
    [LibraryImport(Library, EntryPoint = "sqlite3_db_mutex")]
    public static partial nint LockOf(nint connection);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_int64")]
    [SuppressGCTransition]
    public static partial int BindInt64(nint statement, int index, long value);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_double")]
    [SuppressGCTransition]
    public static partial int BindDouble(nint statement, int index, double value);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_null")]
    [SuppressGCTransition]
    public static partial int BindNull(nint statement, int index);

    /// <param name="bytes">UTF-8.</param>
    [LibraryImport(Library, EntryPoint = "sqlite3_bind_text")]
    [SuppressGCTransition]
    public static partial int BindText(nint statement, int index, ref byte bytes, int length, nint destructor);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_blob")]
    [SuppressGCTransition]
    public static partial int BindBlob(nint statement, int index, ref byte bytes, int length, nint destructor);

    [LibraryImport(Library, EntryPoint = "sqlite3_step")]
    public static partial int Step(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_reset")]
    public static partial int Reset(nint statement);
}
