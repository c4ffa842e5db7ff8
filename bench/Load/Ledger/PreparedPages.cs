using Microsoft.Data.Sqlite;
using StreamRecorder.Engine;
using StreamRecorder.Sink;

namespace StreamRecorder.Load.Ledger;

/// <summary>
/// The rival: the same statements on a connection of its own, prepared once, their rows read column by column, and nothing made of them.
/// </summary>
internal sealed class PreparedPages(string file, LedgerHistory history) : IDisposable
{
    private readonly SqliteConnection _connection = Sink.Database.Open(file).OpenReader();
    private readonly Dictionary<string, SqliteCommand> _prepared = [];

    /// <summary>How many rows came.</summary>
    public int Read(LedgerFilter filter)
    {
        long? fromId = filter.From is { } from ? history.FirstIdAt(from) : null;
        long? beforeId = filter.To is { } to ? history.FirstIdAt(to) : filter.BeforeId;
        var command = Prepare(LedgerQueries.Sql(filter, fromId, beforeId));
        Bind(command, "$recorder", filter.RecorderId);
        Bind(command, "$status", filter.Status is { } status ? Words.Of(status) : null);
        Bind(command, "$from", fromId);
        Bind(command, "$before", beforeId);
        Bind(command, "$limit", filter.Limit);
        using var rows = command.ExecuteReader();
        var cells = new object[rows.FieldCount];
        var count = 0;
        for (; rows.Read(); count++) rows.GetValues(cells);
        return count;
    }

    public void Dispose()
    {
        foreach (var command in _prepared.Values) command.Dispose();
        _connection.Dispose();
    }

    private SqliteCommand Prepare(string sql)
    {
        if (_prepared.TryGetValue(sql, out var known)) return known;
        var command = _connection.CreateCommand();
#pragma warning disable CA2100 // The program's own statement, without a word of a caller.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var name in new[] { "$recorder", "$status", "$from", "$before", "$limit" })
            if (sql.Contains(name, StringComparison.Ordinal)) command.Parameters.AddWithValue(name, DBNull.Value);
        command.Prepare();
        return _prepared[sql] = command;
    }

    private static void Bind(SqliteCommand command, string name, object? value)
    {
        if (command.Parameters.Contains(name)) command.Parameters[name].Value = value ?? DBNull.Value;
    }
}
