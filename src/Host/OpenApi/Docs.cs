using static StreamRecorder.Host.OpenApi.FieldDoc;
using static StreamRecorder.Host.OpenApi.FieldDocs;

namespace StreamRecorder.Host.OpenApi;

/// <summary>What every route does, in one place.</summary>
public static class Docs
{
    private static readonly FieldDoc LabelInPath = String("label", "The token's label");

    public static readonly RouteDoc Webhook = new("signals", "Takes one alert; 200 means applied (or ignored, or a repeat) and durable")
    {
        Path = [String("token", "A webhook token of a recorder")],
        BodyTypes = "application/json;text/plain",
        Answer =
        [
            String("status", "accepted, duplicate or ignored"), Whole("sequence", "Its number in the journal"),
            String("effect", "opened, added, reduced, closed or reversed"),
            Whole("position_id", "The position"), String("position_status", "open or closed"),
            Whole("closed_position_id", "A position that it closed"), List("flags", "What is unusual"),
        ],
        Refusals = [400, 403, 404, 413, 422, 429],
    };

    public static readonly RouteDoc WebhookTest =
        new("signals", "Tells how a body would be understood and what it would do now; nothing is done or kept")
        {
            Path = [String("token", "A webhook token of a recorder")],
            BodyTypes = "application/json;text/plain",
            Answer =
        [
            String("recorder", "Whose token it is"), String("form", "json, name_value, autoview, or null when it is none of them"),
            List("dialects", "Senders whose names explain the most of its fields"),
            List("fields", "What was read", String("name", "As the body has it, dotted where nested"), String("means", "What it was taken for"),
                String("value", "Its value")),
            List("unknown_fields", "Names that were left alone"),
            Object("signal", "The alert in canonical form; null when refused", String("symbol", "Canonical symbol"),
                String("action", "What it asks for"),
                Decimal("target_position", "Signed position wanted"), String("target_side", "Side wanted without a size"),
                Decimal("previous_position", "Signed position before, as it says"),
                Decimal("quantity", "Quantity"), Decimal("exit_percent", "Per cent of the position to leave"),
                Flag("closes_opposite", "Whether it closes an opposite position first; null: as the recorder has it"),
                Flag("may_add", "Whether it may add to what is held"), Decimal("price", "Price"),
                Time("time", "Its own time"),
                Flag("has_firing_time", "Whether that is the time of firing"), String("id", "Key for repeats"),
                String("label", "Order id or comment"), Decimal("max_age", "Seconds it may be old"),
                Object("brackets", "Take-profit and stop-loss levels, kept and not acted upon")),
            String("contract", "Whose ticks a position opened now would take; null: none known"), Decimal("price", "At which it would fill"),
            String("price_source", "signal or tick"),
            Object("position", "What is held now; null: nothing", String("side", "LONG or SHORT"), Decimal("quantity", "Held"),
                Decimal("avg_entry_price", "Average cost of what is held")),
            Whole("would_answer", "The status that the webhook would answer"), Object("answer", "Its body, without numbers that only a real one has",
                String("status", "accepted, ignored or rejected"), String("effect", "opened, added, reduced, closed or reversed"),
                Decimal("held_after", "Signed quantity afterwards"),
                String("reason", "Why ignored or rejected"), String("detail", "What exactly was wrong"), String("field", "The field to blame"),
                List("flags", "What is unusual")),
            List("warnings", "What may surprise"),
        ],
            Refusals = [404, 413],
        };

    public static readonly RouteDoc Ticks = new("ticks", "Takes ticks of any length as a stream; 200 means applied and their effect durable")
    {
        BodyTypes = "application/x-ndjson;application/json;text/csv",
        Answer =
        [
            Whole("accepted", "Applied"), Whole("late", "Older than late_tolerance, not applied"), Whole("rejected", "Not understood"),
            List("errors", "The first 10 rejected lines", Whole("line", "Line"), String("reason", "Why")),
        ],
        Refusals = [400, 415],
    };

    public static readonly RouteDoc TickSocket =
        new("ticks",
            "A WebSocket for ticks in text or binary frames, with acknowledged sequences; frames and messages are described in docs/feeds.md")
        {
            Status = 101,
            Refusals = [426],
        };

    public static readonly RouteDoc PositionList = new("positions", "Positions, newest opening first")
    {
        Query =
        [
            String("status", "open, closed or all; default all"), String("recorder", "A recorder's name or id"),
            String("symbol", "A symbol in any spelling"),
            From, To, Limit, String("cursor", "next_cursor of the page before"),
        ],
        Answer = [List("positions", "The page", Position), String("next_cursor", "For the next page; null on the last")],
        Refusals = [400],
    };

    public static readonly RouteDoc PositionGet =
        new("positions", "One position with its fills and its price over time") { Path = [Id], Answer = PositionWhole, Refusals = [404] };

    public static readonly RouteDoc PositionClose = new("positions", "Closes by hand, at the price given or else the last tick")
    {
        Path = [Id],
        Body = [Decimal("price", "Price of the exit")],
        Answer = PositionWhole,
        Refusals = [400, 404, 409, 415, 422],
    };

    public static readonly RouteDoc TradeHistory = new("dashboard", "Trades, latest closing first; open ones before them when asked for")
    {
        Query = [Limit, From, To, Flag("include_open", "Open positions too; default false")],
        Answer = [List("trades", "The trades", Trade)],
        Refusals = [400],
    };

    public static readonly RouteDoc SignalList = new("signals", "Every body that a valid token sent, newest first, with what became of it")
    {
        Query =
        [
            String("recorder", "A recorder's name or id"), String("status", "accepted, duplicate, ignored or rejected"), From, To, Limit,
            String("cursor", "next_cursor of the page before"),
        ],
        Answer = [List("signals", "The page", Signal), String("next_cursor", "For the next page; null on the last")],
        Refusals = [400],
    };

    public static readonly RouteDoc SignalGet = new("signals", "One body and what became of it") { Path = [Id], Answer = Signal, Refusals = [404] };

    public static readonly RouteDoc SignalRetry =
        new("signals", "Applies a rejected signal as of now, flagged late, after its cause is mended; the answer is its new entry")
        {
            Path = [Id],
            Query = [Flag("force", "Although a later signal of that recorder and symbol was applied; default false")],
            Answer = Signal,
            Refusals = [400, 404, 409, 422],
        };

    public static readonly RouteDoc RecorderList = new("recorders", "All recorders") { Answer = [List("recorders", "The recorders", Recorder)] };
    public static readonly RouteDoc RecorderGet = new("recorders", "One recorder") { Path = [Id], Answer = Recorder, Refusals = [404] };

    public static readonly RouteDoc RecorderAdd = new("recorders", "Makes a recorder with its first token")
    {
        Body = Settings,
        Status = 201,
        Answer = [.. Recorder, .. Token],
        Refusals = [400, 409, 415],
    };

    public static readonly RouteDoc RecorderChange = new("recorders", "Changes the settings given, leaves the others")
    {
        Path = [Id],
        Body = Settings,
        Answer = Recorder,
        Refusals = [400, 404, 409, 415],
    };

    public static readonly RouteDoc RecorderRemove =
        new("recorders", "Removes a recorder without open positions; its closed ones stay") { Path = [Id], Status = 204, Refusals = [404, 409] };

    public static readonly RouteDoc TokenAdd = new("recorders", "Makes one more webhook token")
    {
        Path = [Id],
        Body = [String("label", "Letters, digits, spaces and . _ - @; unique within the recorder")],
        Status = 201,
        Answer = [String("label", "Label"), Time("created_at", "When it was made"), .. Token],
        Refusals = [400, 404, 409, 415],
    };

    public static readonly RouteDoc TokenRevoke =
        new("recorders", "Revokes a token: its path answers 404 from now on") { Path = [Id, LabelInPath], Status = 204, Refusals = [404] };

    public static readonly RouteDoc TokenRevokeByQuery = TokenRevoke with
    {
        Path = [Id],
        Query = [String("label", "Of the token")],
        Refusals = [400, 404],
    };

    public static readonly RouteDoc KeyList = new("keys", "API keys, without their text") { Answer = [List("keys", "The keys", Key)] };

    public static readonly RouteDoc KeyAdd = new("keys", "Makes an API key")
    {
        Body = [String("name", "Letters, digits, spaces and . _ - @; unique"), String("scope", "admin (includes read), feed or read")],
        Status = 201,
        Answer = [.. Key, String("key", "Shown this once")],
        Refusals = [400, 409, 415],
    };

    public static readonly RouteDoc KeyRevoke =
        new("keys", "Revokes an API key") { Path = [String("name", "The key's name")], Status = 204, Refusals = [404] };

    public static readonly RouteDoc InstrumentList = new("tables", "The instrument table") { Answer = [List("instruments", "Its rows", Instrument)] };

    public static readonly RouteDoc InstrumentSet = new("tables", "Adds or changes rows, all or none; at most 500 at a time")
    {
        Body = [List("instruments", "Rows", Instrument)],
        Answer = [Whole("changed", "Rows that were new or different")],
        Refusals = [400, 409, 413, 415],
    };

    public static readonly RouteDoc FrontList =
        new("tables", "The front-contract table") { Answer = [List("front_contracts", "Its rows", FrontContract)] };

    public static readonly RouteDoc FrontSet = new("tables", "Adds or changes rows, all or none; at most 500 at a time")
    {
        Body = [List("front_contracts", "Rows", FrontContract)],
        Answer = [Whole("taken", "Rows that now hold")],
        Refusals = [400, 409, 413, 415],
    };
}
