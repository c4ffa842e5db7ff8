using static StreamRecorder.Host.OpenApi.FieldDoc;

namespace StreamRecorder.Host.OpenApi;

/// <summary>Fields that several routes have.</summary>
public static class FieldDocs
{
    public static readonly FieldDoc Id = Whole("id", "The id");
    public static readonly FieldDoc From = Time("from", "From this time on");
    public static readonly FieldDoc To = Time("to", "Before this time");
    public static readonly FieldDoc Limit = Whole("limit", "At most so many, 1 to 500; default 100");

    public static readonly FieldDoc[] Settings =
    [
        String("name", "1 to 100 printable characters; unique"),
        String("on_opposite", "What an action opposite to the open position does: auto, close, reverse or net"),
        Decimal("default_quantity", "Quantity of signals that name none; above 0, at most 1000000000, at most 9 decimals"),
        Decimal("duplicate_window", "Seconds within which an identical body with a firing time is a repeat; 0 to 86400"),
        Decimal("price_max_age", "Seconds after which a tick is too old to price a signal; 0 to 86400"),
        String("fill_price", "signal, or tick to always fill at the last tick"),
        Decimal("max_age", "Seconds after which an alert, by its own time, is refused as too old; 0, the default, is off; at most 86400"),
        Object("field_mapping",
            "Names of fields that no dialect knows, theirs (dotted where nested) to ours; "
            + "action_values: their words for actions to ours. {} for none"),
        Decimal("commission", "Per contract and side, in the instrument's currency; 0 or more"),
        Decimal("drawdown_limit", "Drawdown of one position above which metrics and their alerts say so; above 0, or null for none"),
        Flag("enabled", "false: paused, signals are kept as ignored"),
    ];

    public static readonly FieldDoc[] Token = [String("token", "Shown this once"), String("webhook_path", "Where its alerts go")];

    public static readonly FieldDoc[] Recorder =
    [
        Id, .. Settings, Time("created_at", "When it was made"),
        List("tokens", "Its webhook tokens, without their text", String("label", "Label"), Time("created_at", "When it was made")),
    ];

    public static readonly FieldDoc[] Instrument =
    [
        String("root", "Root, or the symbol itself for spot"), String("exchange", "Exchange"), String("name", "Name"),
        Decimal("tick_size", "Least step of its price"),
        Decimal("tick_value", "Money of one step"), String("currency", "Currency"), String("kind", "future or spot"),
    ];

    public static readonly FieldDoc[] FrontContract =
        [String("root", "Root"), String("contract", "Dated contract that is front"), Time("from_utc", "From this time on")];

    public static readonly FieldDoc[] Key = [String("name", "Name"), String("scope", "admin, feed or read"), Time("created_at", "When it was made")];

    public static readonly FieldDoc[] Trade =
    [
        Time("open_time", "Opening"), Time("closed_time", "Closing; null while open"), String("strategy", "The recorder's name"),
        String("symbol", "Symbol"),
        String("side", "LONG or SHORT"), Decimal("size", "Quantity held; when closed the largest held"), Decimal("entry_price", "Average entry"),
        Decimal("exit_price", "Average exit"), Decimal("profit", "Realized, while open plus unrealized"),
        Decimal("drawdown", "Worst unrealized loss, positive"),
        String("status", "OPEN, WIN, LOSS or EVEN"), String("source", "recorder or legacy"),
    ];

    public static readonly FieldDoc[] Signal =
    [
        Id, Whole("recorder_id", "Its recorder"), String("recorder", "The recorder's name then"),
        String("status", "accepted, duplicate, ignored or rejected"),
        String("reason", "Why it was ignored or rejected"), String("detail", "What exactly was wrong"), String("field", "The field to blame"),
        String("effect", "opened, added, reduced, closed or reversed"), String("action", "As understood; null: the alert speaks by its target alone"),
        String("symbol", "Symbol; as written where it belongs to no known instrument"), Decimal("price", "As sent"), Decimal("quantity", "As sent"),
        Whole("position_id", "The position it changed"), Whole("closed_position_id", "A position that it closed"), List("flags", "What is unusual"),
        String("key", "Its repeat key"), String("label", "Order id or comment"),
        Object("brackets", "Take-profit and stop-loss levels, kept and not acted upon; empty: none"),
        Whole("first_id", "Of a duplicate: the signal that it repeats"),
        Whole("retry_of", "Of a retry: the rejected signal"), Whole("retried_as", "Of a rejected signal: what it was applied as later"),
        String("body", "As it arrived, secrets masked, at most 4 KiB of it"), Flag("body_cut", "There was more of it"),
        Time("signal_at", "The alert's own time"),
        Time("received_at", "Arrival"), Time("decided_at", "Applied, ignored or refused"), Time("committed_at", "Durable"),
        Time("answered_at", "The answer left"),
    ];

    public static readonly FieldDoc[] Position =
    [
        Id, Whole("recorder_id", "Its recorder"), String("recorder", "The recorder's name"), String("symbol", "Symbol of the signals"),
        String("contract", "Whose ticks it takes; null while unpriced"), String("root", "Root"), String("currency", "Currency of its money"),
        String("side", "LONG or SHORT"), String("status", "open or closed"), String("outcome", "OPEN, WIN, LOSS or EVEN"),
        Decimal("total_quantity", "Held; when closed the largest held"), Decimal("max_quantity", "Largest held"),
        Decimal("entry_quantity", "Sum of entries"),
        Decimal("avg_entry_price", "Open: of what is held; closed: of all entries"), Decimal("exit_price", "Average of exits"),
        Decimal("current_price", "Its latest observation"), Time("current_price_at", "When that was"), Decimal("unrealized_pnl", "Of what is held"),
        Decimal("realized_pnl", "Of all exits"), Decimal("commission", "Booked so far"), Decimal("net_pnl", "realized_pnl less commission"),
        Decimal("worst_unrealized_pnl", "Least seen"), Decimal("best_unrealized_pnl", "Greatest seen"),
        Decimal("worst_total_pnl", "Least of realized and unrealized together"),
        Decimal("best_total_pnl", "Greatest of them"), Decimal("max_drawdown", "Greatest fall of their sum from its peak"),
        Decimal("drawdown", "Size of worst_unrealized_pnl"),
        Decimal("worst_price", "Where the worst was first reached"), Time("worst_at", "When"),
        Decimal("best_price", "Where the best was first reached"), Time("best_at", "When"),
        Whole("tick_count", "Ticks observed"), Whole("gap_seconds", "Seconds while open without a running service"), List("flags", "What is unusual"),
        String("close_reason", "Why it closed"), Time("opened_at", "Opening"), Time("closed_at", "Closing"), Time("updated_at", "Last fill"),
        Whole("tradovate_position_id", "The broker's id"),
    ];

    public static readonly FieldDoc[] Fill =
    [
        Decimal("price", "Price"), Decimal("quantity", "Quantity"), Time("time", "Arrival"), Time("signal_time", "The signal's own time"),
        String("price_source", "signal or tick"),
        List("flags", "What is unusual"), String("label", "Order id or comment of the signal"),
    ];

    public static readonly FieldDoc[] PositionWhole =
    [.. Position, List("entries", "Its entries", Fill), List("exits", "Its exits", Fill),
        List("price_path", "Its price over time, for charts", Time("time", "When"), Decimal("price", "Price")),
    ];
}
