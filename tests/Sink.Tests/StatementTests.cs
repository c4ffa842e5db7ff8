using System.Text;
using Microsoft.Data.Sqlite;
using StreamRecorder.Engine.Numbers;
using Xunit;

namespace StreamRecorder.Sink.Tests;

/// <summary>What is bound is what stands in the row, whether or not it fits the statement's own buffer.</summary>
public sealed class StatementTests : IDisposable
{
    private readonly SqliteConnection _connection = new("Data Source=:memory:");

    public StatementTests()
    {
        _connection.Open();
        Database.Execute(_connection, "CREATE TABLE t (id INTEGER PRIMARY KEY, a, b, c, d, e)");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(1365)]
    [InlineData(1366)]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(100_000)]
    public void Texts_OfAnyLength_StandAsTheyWere(int length)
    {
        var (ascii, wide) = (new string('x', length), string.Concat(Enumerable.Repeat("é€", length / 2)));
        var bytes = Encoding.UTF8.GetBytes(ascii);
        using (var insert = new Statement(_connection, "INSERT INTO t (a, b, c, d, e) VALUES (?, ?, ?, ?, ?)"))
        {
            // Twice: the second row finds the buffer as the first one left it.
            for (var i = 0; i < 2; i++) insert.Add(ascii).Add(wide).AddText(bytes).AddTime(1).Add((ReadOnlySpan<byte>)bytes).Run();
        }
        Assert.Equal(
            2L,
            Value(
                "SELECT count(*) FROM t WHERE a = $a AND b = $b AND c = $a AND d = $d AND e = CAST($a AS BLOB) AND typeof(c) = 'text' AND typeof(e) = 'blob'",
                ("$a", ascii), ("$b", wide), ("$d", "1970-01-01T00:00:00.000001Z")));
    }

    [Fact]
    public void Times_ThatFillTheBuffer_GoOnBehindIt()
    {
        const int count = 200;
        var values = string.Join(", ", Enumerable.Repeat("(?)", count));
        using (var insert = new Statement(_connection, $"INSERT INTO t (a) VALUES {values}"))
        {
            for (var i = 0; i < count; i++) insert.AddTime(i * Timestamp.Second);
            Assert.Equal(count, insert.Run());
        }
        for (var i = 0; i < count; i++) Assert.Equal(Timestamp.Format(i * Timestamp.Second), Value($"SELECT a FROM t WHERE id = {i + 1}"));
    }

    [Fact]
    public void Values_OfEachKind_KeepTheirType()
    {
        using (var insert = new Statement(_connection, "INSERT INTO t (a, b, c, d, e) VALUES (?, ?, ?, ?, ?)"))
            insert.Add(long.MinValue).Add(0.1).Add(true).Add((string?)null).Add("").Run();
        Assert.Equal(
            "integer real integer null text",
            Value("SELECT typeof(a) || ' ' || typeof(b) || ' ' || typeof(c) || ' ' || typeof(d) || ' ' || typeof(e) FROM t"));
        Assert.Equal(1L, Value("SELECT a = -9223372036854775808 AND b = 0.1 AND c = 1 AND e = '' FROM t"));
    }

    [Fact]
    public void Run_WithAValueMissing_IsRefused()
    {
        using var insert = new Statement(_connection, "INSERT INTO t (a, b) VALUES (?, ?)");
        Assert.Throws<InvalidOperationException>(() => insert.Add(1).Run());
    }

    [Fact]
    public void Step_OfASelect_ReadsItsTextsToTheEnd()
    {
        Database.Execute(_connection, "INSERT INTO t (a) VALUES ('x'), ('y'), ('x')");
        using var select = new Statement(_connection, "SELECT id FROM t WHERE a = ? ORDER BY id");
        foreach (var text in (string[])["x", "y"])
        {
            var ids = new List<long>();
            for (select.Add(text); select.Step();) ids.Add(select.Int64(0));
            Assert.Equal(text == "x" ? [1, 3] : [2], ids);
        }
    }

    public void Dispose() => _connection.Dispose();

    private object? Value(string sql, params (string Name, object Value)[] parameters)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters) command.Parameters.AddWithValue(name, value);
        return command.ExecuteScalar();
    }
}
