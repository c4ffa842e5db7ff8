using StreamRecorder.Load.Processes;
using StreamRecorder.Sink;

namespace StreamRecorder.Load.Ledger;

/// <summary>A data directory of the real program whose ledger holds a whole history, written by its own writer of the ledger.</summary>
internal static class LedgerFile
{
    /// <summary>A directory that is kept: what was written there once is used again, for writing ten million rows takes minutes.</summary>
    private const string KeptVariable = "STREAMRECORDER_BENCH_LEDGER";

    private const int RowsPerTransaction = 100_000;

    /// <summary>The ledger's own bounds would take away what a run is about.</summary>
    private static readonly string[] Unbounded = ["LedgerDays=3650", "LedgerBytes=1099511627776"];

    public static async Task<string> PrepareAsync(Bench bench, LedgerHistory history)
    {
        var kept = Environment.GetEnvironmentVariable(KeptVariable) is { Length: > 0 } text ? text : null;
        var directory = kept ?? bench.NewDirectory("ledger");
        if (kept is not null && File.Exists(DatabaseIn(kept)) && RowsIn(kept) == history.Count) return kept;
        var server = await StartAsync(directory).ConfigureAwait(false);
        await using (server.ConfigureAwait(false))
        {
            await server.AddRecordersAsync(history.Recorders).ConfigureAwait(false);
            await server.SettleAsync().ConfigureAwait(false);
        }
        Fill(bench, directory, history);
        return directory;
    }

    public static Task<Server> StartAsync(string directory) => Server.StartAsync(directory, Unbounded);

    public static string DatabaseIn(string directory) => Path.Combine(directory, "stream_recorder.db");

    private static void Fill(Bench bench, string directory, LedgerHistory history)
    {
        using var connection = Sink.Database.Open(DatabaseIn(directory)).OpenWriter();
        // Nobody loses anything when this ends half-way, and the rows need not be written twice.
        Sink.Database.Execute(connection, "PRAGMA journal_mode = OFF");
        Sink.Database.Execute(connection, "PRAGMA synchronous = OFF");
        using var statements = new Statements(connection);
        var writer = new LedgerWriter(statements, new LedgerSettings { BytesMax = long.MaxValue, AnsweredAt = id => history.TimeOf(id) });
        foreach (var rows in Enumerable.Range(0, history.Count).Chunk(RowsPerTransaction))
        {
            if (rows[0] % (10 * RowsPerTransaction) == 0) bench.Say($"{rows[0]} of {history.Count} rows written");
            Sink.Database.Execute(connection, "BEGIN");
            writer.Write([.. rows.Select(history.Entry)], history.TimeOf(rows[^1]));
            Sink.Database.Execute(connection, "COMMIT");
        }
    }

    private static long RowsIn(string directory)
    {
        using var connection = Sink.Database.Open(DatabaseIn(directory)).OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT ledger_rows FROM state";
        return (long)command.ExecuteScalar()!;
    }
}
