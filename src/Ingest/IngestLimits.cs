using StreamRecorder.Engine;

namespace StreamRecorder.Ingest;

/// <summary>Every bound of what comes in, with its reason.</summary>
public static class IngestLimits
{
    /// <summary>
    /// Longest webhook body. TradingView's messages stay near 4 KiB; this is the contract's bound, and one parse of it takes well under 50 ms.
    /// </summary>
    public const int BodyBytesMax = 64 * 1024;

    /// <summary>How long after its last request an HTTP sender of ticks counts as connected: most that post at all post more often.</summary>
    public static readonly TimeSpan SenderAway = TimeSpan.FromMinutes(1);

    /// <summary>Deepest nesting of a JSON body; the deepest known template has 3 levels.</summary>
    public const int JsonDepthMax = 16;

    /// <summary>Keys in one body, all levels together. Each is compared with those before it, so this also bounds the time.</summary>
    public const int KeysMax = 1024;

    /// <summary>Longest dotted name that can be a known field (<c>strategy_info.prev_market_position_size</c> has 41).</summary>
    public const int FieldNameBytesMax = 64;

    /// <summary>Names, and words for actions, in a recorder's mapping; the longest template has 30 fields.</summary>
    public const int MappedNamesMax = 64;

    /// <summary>Longest repeat key; a UUID has 36 characters. A million of them are remembered for a day.</summary>
    public const int KeyLengthMax = 200;

    /// <summary>How much of a wrong value is shown back in a sentence.</summary>
    public const int ShownLengthMax = 60;

    /// <summary>How much of a body is kept and shown, as the contract's ledger has it.</summary>
    public const int KeptBodyBytesMax = 4096;

    /// <summary>A webhook is answered within this time of its arrival. TradingView gives up after 3 s and does not send again then.</summary>
    public static readonly TimeSpan AnswerTime = TimeSpan.FromMilliseconds(2500);

    /// <summary>How often waiting webhooks are looked at for those whose time is over: a fiftieth of the time they have.</summary>
    public static readonly TimeSpan DeadlineInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>Well-formed signals a second and recorder, unless configured otherwise. TradingView stops an alert at 15 in 3 minutes.</summary>
    public const int SignalsPerSecond = 1000;

    /// <summary>
    /// Refusals for too high a rate (429) that the ledger keeps, a second and recorder; the others are only counted.
    /// One is enough to see a sender gone wild, and a whole day of them is some 40 MB: the entries of others stay.
    /// </summary>
    public const int ExcessKeptPerSecond = 1;

    /// <summary>Sent as Retry-After with 503: TradingView waits 5 s anyway.</summary>
    public const int RetryAfterSeconds = 5;

    /// <summary>Before the engine is told again of contracts that are lost: it has room for commands as a rule at once.</summary>
    public static readonly TimeSpan LossPause = TimeSpan.FromMilliseconds(50);

    /// <summary>Longest line of ticks; a real one has under 200 bytes. Longer ones are rejected and skipped without being kept.</summary>
    public const int LineBytesMax = 4096;

    /// <summary>Bytes read from a sender at a time; must hold several of the longest lines.</summary>
    public const int ReadBufferBytes = 64 * 1024;

    /// <summary>Rejected lines that are shown with line and reason; all are counted.</summary>
    public const int TickErrorsMax = 10;

    /// <summary>Spellings of symbols that one stream remembers for the fast look-up; a power of two. Others take the symbol table's way.</summary>
    public const int SymbolCacheSize = 1024;

    /// <summary>
    /// Longest frame of the tick socket, text or binary: a full batch in binary takes 80 KiB. Each connection holds a buffer of this size.
    /// </summary>
    public const int FrameBytesMax = 128 * 1024;

    /// <summary>Connections of the tick socket at a time: 32 MiB of buffers. A feed needs one.</summary>
    public const int SocketsMax = 256;

    /// <summary>
    /// Requests to POST /ticks at a time: with a batch and a buffer each, some 92 KiB, they take 94 MiB, and leave nine connections of ten to others.
    /// </summary>
    public const int SendersMax = 1024;

    /// <summary>
    /// Symbols of one connection; a feed of more uses several names. What is pending of a numbered batch must fit one journal record.
    /// </summary>
    public const int SymbolsPerSocket = EngineLimits.FoldsPerRecord;

    /// <summary>
    /// A connection that ends waits so long until all that it brought is durable;
    /// a disk that stalls longer leaves it unacknowledged, and it is sent again.
    /// </summary>
    public static readonly TimeSpan SocketFlushTime = TimeSpan.FromSeconds(3);

    /// <summary>How long the other side may take to close too, or to read its last message, before the connection is cut.</summary>
    public static readonly TimeSpan SocketCloseTime = TimeSpan.FromSeconds(2);

    /// <summary>
    /// A name is opened within this time, or the connection is closed as busy: it waits for the commit of what the name's last connection brought.
    /// </summary>
    public static readonly TimeSpan SocketOpenTime = TimeSpan.FromSeconds(5);

    /// <summary>An unasked-for pong so often keeps the connection alive in proxies, which cut silent ones after a minute.</summary>
    public static readonly TimeSpan SocketKeepAlive = TimeSpan.FromSeconds(30);

    /// <summary>Columns of a CSV that are looked at; beyond it a header is refused.</summary>
    public const int ColumnsMax = 256;
}
