using StreamRecorder.Engine.Positions;

namespace StreamRecorder.Sink;

/// <summary>
/// What stands in the readable columns of a row of <c>recorder_positions</c> whose view this is: the same
/// conversions as <see cref="PositionWriter"/>'s, in a form that can be compared. Not used for writing.
/// </summary>
internal static class PositionColumns
{
    public const string Names = """
        recorder_id, recorder, symbol, contract, root, currency, side, status, outcome, total_quantity, max_quantity, entry_quantity, avg_entry_price,
        exit_price, exit_time, current_price, current_price_at, unrealized_pnl, realized_pnl, commission, net_pnl, worst_unrealized_pnl, best_unrealized_pnl,
        worst_total_pnl, best_total_pnl, max_drawdown, drawdown, worst_price, worst_at, best_price, best_at, tick_count, gap_seconds, flags, close_reason,
        opened_at, closed_at, updated_at, changed_at
        """;

    /// <summary>Columns of an open row that follow the market between fills; the others change with a fill alone.</summary>
    private static readonly HashSet<string> Live = new(StringComparer.Ordinal)
    {
        "contract", "flags", "current_price", "current_price_at", "unrealized_pnl", "worst_unrealized_pnl", "best_unrealized_pnl", "worst_total_pnl",
        "best_total_pnl",
        "max_drawdown", "drawdown", "worst_price", "worst_at", "best_price", "best_at", "tick_count", "updated_at",
    };

    public static bool IsLive(string column) => Live.Contains(column);

    public static IEnumerable<(string Name, object? Value)> Of(PositionView view, long? exitTime) =>
    [
        ("recorder_id", view.RecorderId), ("recorder", view.Recorder), ("symbol", view.Symbol), ("contract", view.Contract), ("root", view.Root),
        ("currency", view.Currency), ("side", Engine.Words.Of(view.Side)), ("status", view.Status), ("outcome", view.Outcome),
        ("total_quantity", Columns.Real(view.TotalQuantity)), ("max_quantity", Columns.Real(view.MaxQuantity)),
        ("entry_quantity", Columns.Real(view.EntryQuantity)), ("avg_entry_price", Columns.Real(view.AvgEntryPrice)),
        ("exit_price", Columns.Real(view.ExitPrice)), ("exit_time", Columns.Time(exitTime)),
        ("current_price", Columns.Real(view.CurrentPrice)), ("current_price_at", Columns.Time(view.CurrentPriceAt)),
        ("unrealized_pnl", Columns.Real(view.UnrealizedPnl)), ("realized_pnl", Columns.Real(view.RealizedPnl)),
        ("commission", Columns.Real(view.Commission)), ("net_pnl", Columns.Real(view.NetPnl)),
        ("worst_unrealized_pnl", Columns.Real(view.WorstUnrealizedPnl)), ("best_unrealized_pnl", Columns.Real(view.BestUnrealizedPnl)),
        ("worst_total_pnl", Columns.Real(view.WorstTotalPnl)), ("best_total_pnl", Columns.Real(view.BestTotalPnl)),
        ("max_drawdown", Columns.Real(view.MaxDrawdown)), ("drawdown", Columns.Real(view.Drawdown)),
        ("worst_price", Columns.Real(view.WorstPrice)), ("worst_at", Columns.Time(view.WorstAt)),
        ("best_price", Columns.Real(view.BestPrice)), ("best_at", Columns.Time(view.BestAt)),
        ("tick_count", view.TickCount), ("gap_seconds", view.GapSeconds), ("flags", Columns.Words(view.Flags)),
        ("close_reason", view.IsOpen ? null : Engine.Words.Of(view.CloseReason)),
        ("opened_at", Columns.Time(view.OpenedAt)), ("closed_at", Columns.Time(view.ClosedAt)),
        ("updated_at", Columns.Time(view.UpdatedAt)), ("changed_at", Columns.Time(view.UpdatedAt)),
    ];
}
