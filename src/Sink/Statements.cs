using Microsoft.Data.Sqlite;

namespace StreamRecorder.Sink;

/// <summary>
/// The statements of one connection, each owned as soon as it is made: when a later one cannot be prepared, none of those before it keeps the
/// connection and its files open until the collector finds it. Used by one thread at a time; disposed of before the connection.
/// </summary>
internal sealed class Statements(SqliteConnection connection) : IDisposable
{
    private readonly List<Statement> _made = [];

    public Statement Prepare(string sql)
    {
        var made = new Statement(connection, sql);
        _made.Add(made);
        return made;
    }

    public void Dispose()
    {
        foreach (var statement in _made) statement.Dispose();
    }
}
