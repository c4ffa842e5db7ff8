using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Positions;

namespace StreamRecorder.Sink;

/// <summary>Rows of <c>position_snapshots</c> and the live figures of open rows.</summary>
internal sealed class SnapshotWriter(Statements statements)
{
    private const long Minute = 60 * Timestamp.Second;

    // ?8: beginning of the minute. The first of a minute is marked at once, so that thinning need not look for it.
    private readonly Statement _insert = statements.Prepare("""
        INSERT INTO position_snapshots (position_id, taken_at, price, price_e9, unrealized_pnl, worst_unrealized_pnl, best_unrealized_pnl, is_minute)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, NOT EXISTS (SELECT 1 FROM position_snapshots WHERE position_id = ?1 AND taken_at >= ?8 AND taken_at < ?2))
        ON CONFLICT DO NOTHING
        """);

    // Only while the row is of the same fill as the view: a view overtaken by a fill must not undo it, nor one ahead of its fill show half of it.
    private readonly Statement _refresh = statements.Prepare("""
        UPDATE recorder_positions SET contract = ?1, flags = ?2, current_price = ?3, current_price_at = ?4, unrealized_pnl = ?5,
          worst_unrealized_pnl = ?6, best_unrealized_pnl = ?7, worst_total_pnl = ?8, best_total_pnl = ?9, max_drawdown = ?10, drawdown = ?11,
          worst_price = ?12, worst_at = ?13, best_price = ?14, best_at = ?15, tick_count = ?16, updated_at = ?17
        WHERE id = ?18 AND status = 'open' AND changed_at = ?19 AND updated_at <= ?17
        """);

    public void Write(PositionView view, long takenAt)
    {
        var time = Timestamp.Format(takenAt);
        var price = Columns.Real(view.CurrentPrice);
        var (unrealized, worst, best) =
            (Columns.Real(view.UnrealizedPnl), Columns.Real(view.WorstUnrealizedPnl), Columns.Real(view.BestUnrealizedPnl));
        _insert.Add(view.Id).Add(time).Add(price).Add(E9(view.CurrentPrice)).Add(unrealized).Add(worst).Add(best)
            .AddTime(takenAt - takenAt % Minute).Run();
        _refresh.Add(view.Contract).Add(Columns.Words(view.Flags)).Add(price).AddTime(view.CurrentPriceAt).Add(unrealized)
            .Add(worst).Add(best).Add(Columns.Real(view.WorstTotalPnl)).Add(Columns.Real(view.BestTotalPnl))
            .Add(Columns.Real(view.MaxDrawdown)).Add(Columns.Real(view.Drawdown))
            .Add(Columns.Real(view.WorstPrice)).AddTime(view.WorstAt).Add(Columns.Real(view.BestPrice)).AddTime(view.BestAt)
            .Add(view.TickCount).Add(time).Add(view.Id).AddTime(view.UpdatedAt).Run();
    }

    /// <summary>A price of a view is a whole number of 1e-9: nothing is lost.</summary>
    private static long E9(Amount price) => (long)(price.Units / 10);
}
