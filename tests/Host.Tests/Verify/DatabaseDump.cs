using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;
using StreamRecorder.Engine.Recovery;
using StreamRecorder.Sink;

namespace StreamRecorder.Host.Tests.Verify;

/// <summary>
/// Everything that a database holds as text, in an order that depends on nothing but the content: table by table, row by row by its key,
/// numbers and bytes exact. Two databases with the same lines say the same to everybody. Deliveries of one transaction share a row, so they
/// are told one by one, as far as they are still remembered: a row goes when the last of it does.
/// </summary>
internal static class DatabaseDump
{
    private const string Runs = "delivery_runs";

    private const string Tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";

    /// <param name="path">The database; nobody else may have it open.</param>
    /// <param name="leftOut">Tables, and columns as <c>table.column</c>, each with the reason why it is not of the journal.</param>
    /// <returns>A line for each table and one for each of its rows.</returns>
    public static List<string> Of(string path, IReadOnlyDictionary<string, string> leftOut)
    {
        using var connection = new SqliteConnection($"Data Source={path};Mode=ReadOnly;Pooling=false");
        connection.Open();
        var lines = new List<string>();
        foreach (var table in Rows(connection, Tables).Where(table => !leftOut.ContainsKey(table)).ToList())
        {
            if (table == Runs) AddDeliveries(lines, connection);
            else Add(lines, connection, table, leftOut);
        }
        return lines;
    }

    public static string HashOf(IEnumerable<string> lines) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines))));

    private static void Add(List<string> lines, SqliteConnection connection, string table, IReadOnlyDictionary<string, string> leftOut)
    {
        var columns = Rows(connection, $"SELECT name FROM pragma_table_info('{table}') ORDER BY cid")
            .Where(column => !leftOut.ContainsKey($"{table}.{column}")).ToList();
        var key = Rows(connection, $"SELECT name FROM pragma_table_info('{table}') WHERE pk > 0 ORDER BY pk").DefaultIfEmpty("rowid");
        lines.Add($"{table}: {string.Join(", ", columns)}");
        var values = string.Join(" || ', ' || ", columns.Select(column => $"quote({column})"));
        foreach (var row in Rows(connection, $"SELECT {values} FROM {table} ORDER BY {string.Join(", ", key)}")) lines.Add($"{table}: {row}");
    }

    private static void AddDeliveries(List<string> lines, SqliteConnection connection)
    {
        lines.Add($"{Runs}: deliveries");
        var now = long.Parse(
            Rows(connection, "SELECT strftime('%s', substr(at, 1, 19)) || substr(at, 21, 6) FROM state")[0], CultureInfo.InvariantCulture);
        var deliveries = Rows(connection, $"SELECT hex(deliveries) FROM {Runs}").SelectMany(Read).Where(delivery => delivery.Until >= now);
        lines.AddRange(deliveries.OrderBy(delivery => delivery.Answer.Sequence).Select(delivery => $"{Runs}: {delivery}"));
    }

    private static List<StoredRepeat> Read(string hex)
    {
        var run = DeliveryRun.Read(Convert.FromHexString(hex));
        Assert.NotNull(run);
        return run;
    }

    private static List<string> Rows(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read()) rows.Add(reader.GetString(0));
        return rows;
    }
}
