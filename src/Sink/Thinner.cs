using Microsoft.Data.Sqlite;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Numbers;

namespace StreamRecorder.Sink;

/// <summary>
/// Deletes what is too old: snapshots (a day in full, then one a minute for 30 days) and deliveries that the engine has forgotten.
/// </summary>
internal sealed class Thinner : IDisposable
{
    private readonly (Statement Delete, long Age)[] _rules;

    public Thinner(SqliteConnection connection) => _rules =
    [
        (new Statement(connection, Snapshots("snapshots_between", isMinute: 0)), Micros(SinkLimits.SnapshotAgeFull)),
        (new Statement(connection, Snapshots("snapshots_of_minutes", isMinute: 1)), Micros(SinkLimits.SnapshotAgeMax)),
        (new Statement(connection, """
            DELETE FROM deliveries WHERE sequence IN (SELECT sequence FROM deliveries INDEXED BY deliveries_by_end WHERE until < ?1 ORDER BY until LIMIT ?2)
            """), 0),
    ];

    /// <summary>Deletes up to a step's rows; returns how many: 0 when nothing is too old.</summary>
    public int Step(long now)
    {
        foreach (var (delete, age) in _rules)
        {
            var deleted = delete.Add(Timestamp.Format(Math.Max(0, now - age))).Add((long)SinkLimits.ThinRowsPerStep).Run();
            if (deleted > 0) return deleted;
        }
        return 0;
    }

    public void Dispose()
    {
        foreach (var (delete, _) in _rules) delete.Dispose();
    }

    private static long Micros(TimeSpan age) => age.Ticks / TimeSpan.TicksPerMicrosecond;

    private static string Snapshots(string index, int isMinute) => $"""
        DELETE FROM position_snapshots WHERE (position_id, taken_at) IN (
          SELECT position_id, taken_at FROM position_snapshots INDEXED BY {index}
          WHERE is_minute = {isMinute} AND taken_at < ?1 ORDER BY taken_at LIMIT ?2)
        """;
}
