using Microsoft.Data.Sqlite;
using StreamRecorder.Engine.Numbers;

namespace StreamRecorder.Load.Polling;

/// <summary>
/// The design that started this project: positions are rows of SQLite, and once a second a loop takes the last price, reads every open row, and
/// writes its result and its extremes back. Time is the recorded one, so it polls at every whole second exactly, which a real loop would not manage.
/// Its fills count too.
/// </summary>
internal sealed class PollLoop : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _open;
    private readonly SqliteCommand _select;
    private readonly SqliteCommand _update;
    private readonly SqliteCommand _close;

    public PollLoop(string file)
    {
        _connection = new SqliteConnection($"Data Source={file};Pooling=false");
        _connection.Open();
        using var schema = Command("""
            PRAGMA journal_mode = WAL;
            CREATE TABLE positions (id INTEGER PRIMARY KEY, side INTEGER, entry INTEGER, current INTEGER, unrealized INTEGER, worst INTEGER, best INTEGER, is_open INTEGER);
            CREATE INDEX open_positions ON positions (is_open) WHERE is_open = 1
            """);
        schema.ExecuteNonQuery();
        _open = Command("INSERT INTO positions VALUES ($1, $2, $3, $3, 0, 0, 0, 1)");
        _select = Command("SELECT id, side, entry, worst, best FROM positions WHERE is_open = 1");
        _update = Command("UPDATE positions SET current = $2, unrealized = $3, worst = $4, best = $5 WHERE id = $1");
        _close = Command(
            "UPDATE positions SET is_open = 0, worst = min(worst, side * ($2 - entry)), best = max(best, side * ($2 - entry)) "
            + "WHERE id = $1 RETURNING worst, best");
    }

    /// <summary>The extremes that it found, and how many rows it wrote for them.</summary>
    public (Dictionary<int, Extremes> Found, long RowsWritten) Run(IReadOnlyList<(long At, long Price)> ticks, IReadOnlyList<Trade> trades)
    {
        var found = new Dictionary<int, Extremes>();
        var fills = trades.SelectMany(t => new[] { (At: t.EnteredAt, Trade: t, IsEntry: true), (At: t.ExitedAt, Trade: t, IsEntry: false) })
            .OrderBy(f => f.At).ToList();
        var (openCount, written, poll) = (0, 0L, 0L);
        foreach (var (at, trade, isEntry) in fills)
        {
            if (openCount == 0) poll = (at / Timestamp.Second + 1) * Timestamp.Second;
            for (; poll <= at; poll += Timestamp.Second) written += Poll(Trade.LastPrice(ticks, poll));
            if (isEntry) Set(_open, trade.Number, trade.Side, trade.EntryPrice).ExecuteNonQuery();
            else found[trade.Number] = Close(trade);
            openCount += isEntry ? 1 : -1;
        }
        return (found, written);
    }

    public void Dispose() => _connection.Dispose();

    private int Poll(long price)
    {
        using var transaction = _connection.BeginTransaction();
        var open = new List<(long Id, long Result, Extremes Extremes)>();
        _select.Transaction = _update.Transaction = transaction;
        using (var reader = _select.ExecuteReader())
        {
            while (reader.Read())
            {
                var result = reader.GetInt64(1) * (price - reader.GetInt64(2));
                open.Add((reader.GetInt64(0), result, new Extremes(reader.GetInt64(3), reader.GetInt64(4)).With(result)));
            }
        }
        foreach (var (id, result, extremes) in open) Set(_update, id, price, result, extremes.Worst, extremes.Best).ExecuteNonQuery();
        transaction.Commit();
        return open.Count;
    }

    private Extremes Close(Trade trade)
    {
        using var reader = Set(_close, trade.Number, trade.ExitPrice).ExecuteReader();
        reader.Read();
        return new Extremes(reader.GetInt64(0), reader.GetInt64(1));
    }

    private SqliteCommand Command(string sql)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }

    private static SqliteCommand Set(SqliteCommand command, params ReadOnlySpan<long> values)
    {
        command.Parameters.Clear();
        for (var i = 0; i < values.Length; i++) command.Parameters.AddWithValue($"${i + 1}", values[i]);
        return command;
    }
}
