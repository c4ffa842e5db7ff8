namespace StreamRecorder.Sink;

/// <summary>
/// Deletes what is too old: snapshots (a day in full, then one a minute for 30 days) and deliveries that the engine has forgotten, by the time as of
/// which the file is: when the sink lags behind the clock, what is not written yet may still be a repeat of them after the next start. The engine
/// forgets by number too: of the deliveries with a key only the newest are kept.
/// </summary>
internal sealed class Thinner
{
    private readonly Rule[] _rules;
    private readonly Statement _deleteSurplus;
    private readonly long _keyedMax;

    /// <param name="statements">Of the writer.</param>
    /// <param name="keyedMax">Deliveries with a key that the engine remembers.</param>
    public Thinner(Statements statements, long keyedMax)
    {
        _rules =
        [
            new(statements.Prepare(Snapshots("snapshots_between", isMinute: 0)), SinkLimits.SnapshotAgeFull, SinkLimits.ThinRowsPerStep),
            new(statements.Prepare(Snapshots("snapshots_of_minutes", isMinute: 1)), SinkLimits.SnapshotAgeMax, SinkLimits.ThinRowsPerStep),
            new(statements.Prepare("""
                DELETE FROM delivery_runs WHERE last_sequence IN (
                  SELECT last_sequence FROM delivery_runs INDEXED BY delivery_runs_by_end WHERE until_us < ?1 ORDER BY until_us LIMIT ?2)
                """), null, SinkLimits.ThinRunsPerStep),
            new(statements.Prepare("""
                DELETE FROM delivery_repeats WHERE sequence IN (
                  SELECT sequence FROM delivery_repeats INDEXED BY delivery_repeats_by_end WHERE until_us < ?1 ORDER BY until_us LIMIT ?2)
                """), null, SinkLimits.ThinRowsPerStep),
        ];
        _deleteSurplus = statements.Prepare($"""
            DELETE FROM delivery_runs WHERE last_sequence IN (
              SELECT last_sequence FROM delivery_runs INDEXED BY delivery_runs_by_total
              WHERE keyed_total <= ({DeliveryRun.NewestTotal}) - ?1 ORDER BY keyed_total LIMIT ?2)
            """);
        _keyedMax = keyedMax;
    }

    /// <summary>Which rows go; without an age those whose end (µs) is past.</summary>
    private readonly record struct Rule(Statement Delete, TimeSpan? Age, long RowsPerStep);

    /// <summary>
    /// Deletes up to a step's rows; returns how many: 0 when nothing is too old.
    /// <paramref name="writtenAt"/>: engine time as of which the file is.
    /// </summary>
    public int Step(long now, long writtenAt)
    {
        foreach (var (delete, age, rows) in _rules)
        {
            if (age is { } known) delete.AddTime(Math.Max(0, now - known.Ticks / TimeSpan.TicksPerMicrosecond));
            else delete.Add(Math.Min(now, writtenAt));
            var deleted = delete.Add(rows).Run();
            if (deleted > 0) return deleted;
        }
        return _deleteSurplus.Add(_keyedMax).Add((long)SinkLimits.ThinRunsPerStep).Run();
    }

    private static string Snapshots(string index, int isMinute) => $"""
        DELETE FROM position_snapshots WHERE (position_id, taken_at) IN (
          SELECT position_id, taken_at FROM position_snapshots INDEXED BY {index}
          WHERE is_minute = {isMinute} AND taken_at < ?1 ORDER BY taken_at LIMIT ?2)
        """;
}
