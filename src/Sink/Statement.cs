using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using StreamRecorder.Engine.Numbers;

namespace StreamRecorder.Sink;

/// <summary>
/// One prepared statement of the writer. Values are added in the order of the statement's parameters; straight on SQLite's interface, because a
/// parameter object and a boxed value each would cost more than the insert. Texts and blobs lie in a buffer of the statement's own until it has run,
/// so that nothing is allocated for them on either side. A statement that threw is not used again: its connection is dropped. One thread.
/// </summary>
internal sealed class Statement : IDisposable
{
    /// <summary>All texts of a usual row, some hundred bytes, with room for a body; longer ones SQLite copies.</summary>
    private const int TextBytes = 4096;

    private readonly sqlite3 _connection;
    private readonly sqlite3_stmt _statement;
    private readonly nint _handle;
    private readonly int _parameters;

    /// <summary>Pinned: SQLite reads from it while the statement runs.</summary>
    private readonly byte[] _texts = GC.AllocateUninitializedArray<byte>(TextBytes, pinned: true);
    private int _textsUsed;
    private int _added;

    public Statement(SqliteConnection connection, string sql)
    {
        _connection = connection.Handle!;
        Check(raw.sqlite3_prepare_v2(_connection, sql, out _statement));
        _handle = _statement.DangerousGetHandle();
        _parameters = raw.sqlite3_bind_parameter_count(_statement);
    }

    public Statement Add(long value)
    {
        Check(NativeSqlite.BindInt64(_handle, ++_added, value));
        return this;
    }

    public Statement Add(bool value) => Add(value ? 1L : 0L);

    public Statement Add(double value)
    {
        Check(NativeSqlite.BindDouble(_handle, ++_added, value));
        return this;
    }

    public Statement Add(double? value) => value is { } known ? Add(known) : AddNull();

    public Statement Add(string? value)
    {
        if (value is null) return AddNull();
        if (Encoding.UTF8.GetMaxByteCount(value.Length) > TextBytes - _textsUsed) return AddLong(value);
        return AddKeptText(Encoding.UTF8.GetBytes(value, _texts.AsSpan(_textsUsed)));
    }

    public Statement Add(long? value) => value is { } known ? Add(known) : AddNull();

    /// <summary>A moment (µs) as its text.</summary>
    public Statement AddTime(long at)
    {
        if (Timestamp.TextLength > TextBytes - _textsUsed) return AddLong(Timestamp.Format(at));
        Timestamp.Format(at, _texts.AsSpan(_textsUsed));
        return AddKeptText(Timestamp.TextLength);
    }

    public Statement AddTime(long? at) => at is { } known ? AddTime(known) : AddNull();

    public Statement AddText(ReadOnlySpan<byte> utf8)
    {
        if (utf8.TryCopyTo(_texts.AsSpan(_textsUsed))) return AddKeptText(utf8.Length);
        Check(raw.sqlite3_bind_text(_statement, ++_added, utf8));
        return this;
    }

    public Statement Add(ReadOnlySpan<byte> blob)
    {
        if (blob.TryCopyTo(_texts.AsSpan(_textsUsed)))
        {
            Check(NativeSqlite.BindBlob(_handle, ++_added, ref Free, blob.Length, NativeSqlite.Stays));
            _textsUsed += blob.Length;
        }
        else Check(raw.sqlite3_bind_blob(_statement, ++_added, blob));
        return this;
    }

    public Statement AddNull()
    {
        Check(NativeSqlite.BindNull(_handle, ++_added));
        return this;
    }

    /// <summary>
    /// Runs a statement that gives no rows; returns how many rows it changed (of the last one that changed any, if it is no change).
    /// </summary>
    public int Run()
    {
        while (Step())
        {
        }
        return raw.sqlite3_changes(_connection);
    }

    /// <summary>Next row of a SELECT; after the last one the statement is ready to be used again.</summary>
    public bool Step()
    {
        if (_added != _parameters)
            throw new InvalidOperationException($"{_added} values for {_parameters} parameters: {raw.sqlite3_sql(_statement).utf8_to_string()}");
        var result = NativeSqlite.Step(_handle);
        if (result == raw.SQLITE_ROW) return true;
        if (result != raw.SQLITE_DONE) Check(result);
        Reset();
        return false;
    }

    /// <summary>Ends a SELECT before its last row.</summary>
    public void Reset()
    {
        Check(NativeSqlite.Reset(_handle));
        _added = 0;
        _textsUsed = 0;
    }

    public long Int64(int column) => raw.sqlite3_column_int64(_statement, column);

    public string Text(int column) => raw.sqlite3_column_text(_statement, column).utf8_to_string();

    public void Dispose() => _statement?.Dispose();

    /// <summary>Where the next text goes; behind a full buffer, where only an empty one fits.</summary>
    private ref byte Free => ref MemoryMarshal.GetReference(_texts.AsSpan(_textsUsed));

    private Statement AddKeptText(int length)
    {
        Check(NativeSqlite.BindText(_handle, ++_added, ref Free, length, NativeSqlite.Stays));
        _textsUsed += length;
        return this;
    }

    /// <summary>Copied by SQLite, which may take a while: a call that the collector knows of.</summary>
    private Statement AddLong(string value)
    {
        Check(raw.sqlite3_bind_text(_statement, ++_added, value));
        return this;
    }

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK) Throw(result);
    }

    [DoesNotReturn]
    private void Throw(int result)
    {
        SqliteException.ThrowExceptionForRC(result, _connection);
        throw new InvalidOperationException($"SQLite answered {result}.");
    }
}
