namespace StreamRecorder.Engine;

/// <summary>
/// Every way to say no, each with its HTTP status, its sentence and its metric label in this one place. Bad input is a value: a
/// <see cref="Refusal"/> carries the kind and what exactly was wrong, and changes nothing.
/// </summary>
public sealed record Rejection(string Label, int Status, string Title)
{
    // 400: what arrived cannot be understood
    public static readonly Rejection BodyUnreadable = new("body_unreadable", 400, "The body is neither JSON nor one of the text dialects.");
    public static readonly Rejection BodyEmpty = new("body_empty", 400, "The body is empty.");
    public static readonly Rejection DuplicateKey = new("duplicate_key", 400, "A key is given twice.");
    public static readonly Rejection PlaceholderUnresolved = new("placeholder_unresolved", 400, "A {{placeholder}} was not replaced by TradingView.");
    public static readonly Rejection ActionUnknown = new("action_unknown", 400, "The action is not known.");
    public static readonly Rejection ActionMissing = new("action_missing", 400, "The signal says neither an action nor a target position.");
    public static readonly Rejection FieldInvalid = new("field_invalid", 400, "A field has a value that it cannot have.");
    public static readonly Rejection NumberInvalid = new("number_invalid", 400, "A field that needs a number has something else.");
    public static readonly Rejection NumberOutOfRange =
        new("number_out_of_range", 400, "A number is outside the range that can be recorded exactly.");
    public static readonly Rejection QuantityNotPositive = new("quantity_not_positive", 400, "A quantity is needed and must be above 0.");
    public static readonly Rejection Contradiction = new("contradiction", 400, "Two fields contradict each other.");
    public static readonly Rejection SymbolMissing = new("symbol_missing", 400, "The signal names no symbol.");
    public static readonly Rejection TimeInvalid = new("time_invalid", 400, "A time is neither ISO 8601 nor an epoch number.");
    public static readonly Rejection RequestInvalid = new("request_invalid", 400, "A parameter of the request is wrong.");

    // 401 … 413: who asks, and how much
    public static readonly Rejection KeyMissing = new("key_missing", 401, "A valid key is needed: Authorization: Bearer KEY.");
    public static readonly Rejection ScopeMissing = new("scope_missing", 403, "The key has not the scope that this needs.");
    public static readonly Rejection SourceRefused = new("source_refused", 403, "Webhooks are not taken from this address.");
    public static readonly Rejection TokenUnknown = new("token_unknown", 404, "There is nothing here.");
    public static readonly Rejection NotFound = new("not_found", 404, "There is nothing here.");
    public static readonly Rejection Conflict = new("conflict", 409, "The present state does not allow this.");
    public static readonly Rejection BodyTooLarge = new("body_too_large", 413, "The body is larger than 64 KiB.");

    // 422: understood, but impossible
    public static readonly Rejection InstrumentUnknown = new("instrument_unknown", 422, "The symbol belongs to no known instrument.");
    public static readonly Rejection PriceUnknown = new("price_unknown", 422, "No price is given and none is known that is fresh enough.");
    public static readonly Rejection CommandsSeveral = new("commands_several", 422, "The body holds several commands; one is taken a body.");
    public static readonly Rejection PositionMissing = new("position_missing", 422, "There is no open position that this could act on.");
    public static readonly Rejection QuantityTypeUnsupported =
        new("quantity_type_unsupported", 422, "The quantity type needs an account, which a recorder has not.");
    public static readonly Rejection QuantityTooSmall = new("quantity_too_small", 422, "The share asked for comes to less than can be traded.");
    public static readonly Rejection SignalTooOld = new("signal_too_old", 422, "The alert is older than it may be.");
    public static readonly Rejection PositionTooLarge =
        new("position_too_large", 422, "The position would become larger than can be recorded exactly.");

    // 429 and 503: not now
    public static readonly Rejection RateExceeded = new("rate_exceeded", 429, "More signals a second than the recorder's hard rate.");
    public static readonly Rejection InboxFull = new("inbox_full", 503, "The inbox is full; send it again.");
    public static readonly Rejection PositionsFull = new("positions_full", 503, "The configured number of positions is reached.");
    public static readonly Rejection CommitSlow =
        new("commit_slow", 503, "The journal did not confirm in time; sending the same body again is harmless.");
    public static readonly Rejection BodySlow = new("body_slow", 503, "The body did not arrive in time; nothing was taken.");
    public static readonly Rejection SenderGone = new("sender_gone", 503, "The sender has gone before its answer.");
    public static readonly Rejection JournalFailed = new("journal_failed", 503, "The journal cannot be written.");
    public static readonly Rejection ShuttingDown = new("shutting_down", 503, "The service is stopping.");

    public static IReadOnlyList<Rejection> All { get; } =
    [
        BodyUnreadable, BodyEmpty, DuplicateKey, PlaceholderUnresolved, ActionUnknown, ActionMissing, FieldInvalid, NumberInvalid, NumberOutOfRange,
        QuantityNotPositive, Contradiction, SymbolMissing, TimeInvalid, RequestInvalid, KeyMissing, ScopeMissing, SourceRefused, TokenUnknown,
        NotFound, Conflict,
        BodyTooLarge, InstrumentUnknown, PriceUnknown, CommandsSeveral, PositionMissing, QuantityTypeUnsupported, QuantityTooSmall, SignalTooOld,
        PositionTooLarge, RateExceeded, InboxFull, PositionsFull, CommitSlow, BodySlow, SenderGone,
        JournalFailed, ShuttingDown,
    ];

    /// <summary>Not now: the sender sends it again, so it is not kept.</summary>
    public bool IsOverload => Status >= 500;

    public Refusal Because(string detail, string? field = null) => new(this, detail, field);
}

/// <summary>One refusal: its kind, a sentence that helps, and the field it is about (null when it is about the whole).</summary>
public sealed record Refusal(Rejection Kind, string Detail, string? Field = null);
