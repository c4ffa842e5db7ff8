using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace StreamRecorder.Sink;

/// <summary>
/// One prepared statement of the writer. Values are added in the order of the statement's parameters; straight on SQLite's interface, because a
/// parameter object and a boxed value each would cost more than the insert. A statement that threw is not used again: its connection is dropped.
/// </summary>
internal sealed class Statement : IDisposable
{
    private readonly sqlite3 _connection;
    private readonly sqlite3_stmt _statement;
    private readonly int _parameters;
    private int _added;

    public Statement(SqliteConnection connection, string sql)
    {
        _connection = connection.Handle!;
        Check(raw.sqlite3_prepare_v2(_connection, sql, out _statement));
        _parameters = raw.sqlite3_bind_parameter_count(_statement);
    }

    public Statement Add(long value)
    {
        Check(raw.sqlite3_bind_int64(_statement, ++_added, value));
        return this;
    }

    public Statement Add(bool value) => Add(value ? 1L : 0L);

    public Statement Add(double value)
    {
        Check(raw.sqlite3_bind_double(_statement, ++_added, value));
        return this;
    }

    public Statement Add(double? value) => value is { } known ? Add(known) : AddNull();

    public Statement Add(string? value)
    {
        if (value is null) return AddNull();
        Check(raw.sqlite3_bind_text(_statement, ++_added, value));
        return this;
    }

    public Statement Add(long? value) => value is { } known ? Add(known) : AddNull();

    public Statement AddText(ReadOnlySpan<byte> utf8)
    {
        Check(raw.sqlite3_bind_text(_statement, ++_added, utf8));
        return this;
    }

    public Statement Add(ReadOnlySpan<byte> blob)
    {
        Check(raw.sqlite3_bind_blob(_statement, ++_added, blob));
        return this;
    }

    public Statement AddNull()
    {
        Check(raw.sqlite3_bind_null(_statement, ++_added));
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
        var result = raw.sqlite3_step(_statement);
        if (result == raw.SQLITE_ROW) return true;
        if (result != raw.SQLITE_DONE) Check(result);
        Reset();
        return false;
    }

    /// <summary>Ends a SELECT before its last row.</summary>
    public void Reset()
    {
        Check(raw.sqlite3_reset(_statement));
        _added = 0;
    }

    public long Int64(int column) => raw.sqlite3_column_int64(_statement, column);

    public string Text(int column) => raw.sqlite3_column_text(_statement, column).utf8_to_string();

    public void Dispose() => _statement?.Dispose();

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
