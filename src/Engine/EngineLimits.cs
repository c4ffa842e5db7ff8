using StreamRecorder.Engine.Numbers;

namespace StreamRecorder.Engine;

/// <summary>Every bound of the engine, with its reason.</summary>
public static class EngineLimits
{
    /// <summary>
    /// Most that one position may hold (E9): 4e9 units. With |price| ≤ 4.6e9 the cost stays below 1.84e37 (10⁻¹⁸ units) and an unrealized
    /// result below 3.7e37.
    /// </summary>
    public const long HeldMax = 4_000_000_000 * Fixed9.One;

    /// <summary>
    /// Most that |realized| and the running sums of one position may reach, in 10⁻¹⁸: with an unrealized result of 3.7e37 a total stays below
    /// 5.7e37 and a fall from peak to trough below 1.2e38, inside Int128 (1.7e38). Fills beyond are refused, so ticks can never overflow.
    /// </summary>
    public static readonly Int128 RealizedMax = (Int128)1_000_000_000_000_000_000 * 1_000_000_000_000_000_000 * 20;

    /// <summary>Greatest point value: keeps every money figure within <see cref="Amount"/> (5.7e19 × 1e8 × 1e10 &lt; 1.7e38).</summary>
    public const long PointValueMax = 100_000_000;

    /// <summary>
    /// Distinct symbols a process keeps. Ticks may bring half of them, so that no feed can keep alerts from theirs; those of alerts are bounded by
    /// the years that they may name: with the instruments that are built in, all their contracts together are some 40 000.
    /// </summary>
    public const int SymbolsMax = 131_072;
    public const int TickSymbolsMax = SymbolsMax / 2;

    /// <summary>Years of a dated contract before and after an alert: Eurodollars were listed for ten, and old alerts are tried again.</summary>
    public const int ContractYears = 15;

    /// <summary>Arrivals kept of batches that are merged, for the histogram of latencies: enough for its percentiles, 32 KB.</summary>
    public const int MergedStampsMax = 4096;

    /// <summary>Longest symbol text that is looked at; the longest real one (NinjaTrader form with prefix) is under 32.</summary>
    public const int SymbolLengthMax = 64;

    /// <summary>Spellings of symbols remembered for the fast look-up; beyond it, parsing is merely slower.</summary>
    public const int SymbolSpellingsMax = 65_536;

    /// <summary>Ticks of one batch: past 4096 a larger batch gains nothing, and one batch bounds how long a signal waits behind it.</summary>
    public const int TicksPerBatch = 4096;

    /// <summary>Batches of ticks waiting in the inbox (24 MiB at 24 B a tick); feeds wait beyond it.</summary>
    public const int TickBatchesMax = 256;

    /// <summary>
    /// Signals not answered yet, wherever they wait: for the engine, a commit, or room on the way to a database that is behind. At 10 000 a second the
    /// last is answered within a second. Beyond it webhooks get 503 at once, for which connections remain: TradingView sends again after a 503 only.
    /// </summary>
    public const int SignalsMax = 8192;

    /// <summary>Queries and commands waiting; each does bounded work a turn.</summary>
    public const int QueriesMax = 256;

    /// <summary>Positions looked at by one query in one turn, so that a page of a million never stalls ticks.</summary>
    public const int PositionsPerTurn = 256;

    /// <summary>
    /// Entries of the list of open positions that one query may pass over in one turn because they do not match: 100 KiB of keys, some 10 µs.
    /// </summary>
    public const int OpenEntriesPerTurn = 4096;

    /// <summary>Messages one turn takes from the inbox before it looks at commits and timers again.</summary>
    public const int MessagesPerTurn = 512;

    /// <summary>Answers and outputs waiting for their commit; full means the loop takes no further input until the disk catches up.</summary>
    public const int ReleasesMax = 65_536;

    /// <summary>Repeat keys remembered (24 h): 1 M × about 250 B. Beyond it the oldest goes, counted.</summary>
    public const int RepeatKeysMax = 1_000_000;

    /// <summary>How long a key is remembered.</summary>
    public const long RepeatKeyAge = Timestamp.Day;

    /// <summary>TradingView sends again after 5 s, three times; a relay may be slower. Beyond a minute an identical body is another order.</summary>
    public const long DoubtAge = 60 * Timestamp.Second;

    /// <summary>
    /// Doubtful deliveries that a start names one by one (80 KB of its record); those in flight at a kill are at most <see cref="SignalsMax"/>.
    /// </summary>
    public const int DoubtfulMax = 10_000;

    /// <summary>Bodies without a key remembered; at 10 000 signals a second a minute's worth. Beyond it the one that would end first goes.</summary>
    public const int BodiesMax = 600_000;

    /// <summary>A tick may wait this long before it is journalled when nobody waits for it.</summary>
    public static readonly TimeSpan FoldInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>How often to look again for room in the journal that comes without a signal.</summary>
    public static readonly TimeSpan RoomInterval = TimeSpan.FromMilliseconds(5);

    /// <summary>
    /// Inputs are kept this long in the journal after the database has them, so that a restored backup and the journal give back everything.
    /// </summary>
    public static readonly TimeSpan JournalAge = TimeSpan.FromHours(24);

    /// <summary>Beyond this the journal gives up inputs that the database has, however young: 4 GiB are a day of 500 signals a second.</summary>
    public const long JournalBytesMax = 4L << 30;

    /// <summary>Contracts of one <see cref="Messages.ContractsLost"/>: at most 150 bytes each, so that they fit a record.</summary>
    public const int ContractsPerLoss = 1024;

    /// <summary>
    /// A contract that ticked within this time before the process ended had a feed, whose return is then part
    /// of the gap. A minute: quiet contracts tick every few seconds, and a market that is closed does not.
    /// </summary>
    public const long FedAge = 60 * Timestamp.Second;

    /// <summary>A contract that ticked within this time counts for resolving a continuous symbol (contract rule 3).</summary>
    public const long ContractAge = Timestamp.Day;

    /// <summary>
    /// A tick whose own time is further ahead of its arrival is a mistake of clock, zone or unit; applied, it would make all
    /// honest ticks late. Twice the default tolerance for late ones: what a clock that is a little fast can do is over in seconds.
    /// </summary>
    public const long TickAheadMax = 10 * Timestamp.Second;

    /// <summary>
    /// An alert's own time counts at most this far ahead of its arrival when later ones are judged
    /// stale by it: a clock may be off by minutes, a time in another year must not silence a strategy.
    /// </summary>
    public const long AlertAheadMax = 600 * Timestamp.Second;

    /// <summary>
    /// Symbols of one connection that numbers its batches, and symbols whose ticks may be pending while
    /// a feed's sequence is, so that all fit one record: at most 230 bytes each, 230 KiB of its 256.
    /// </summary>
    public const int FoldsPerRecord = 1024;

    /// <summary>Feeds whose sequences may be pending at a time: at most 74 bytes each, 18 KiB of the same record.</summary>
    public const int FeedsPerRecord = 256;

    /// <summary>
    /// Names of feeds remembered, connected or not: each a row and some 100
    /// bytes. A service has a handful; a client that makes up names finds an end.
    /// </summary>
    public const int FeedsMax = 1000;

    /// <summary>A feed not heard of for so long may be forgotten: nobody still holds a batch from then to send again.</summary>
    public const long FeedAge = 30 * Timestamp.Day;

    /// <summary>Longest name of a feed.</summary>
    public const int FeedNameLengthMax = 64;

    /// <summary>Recorders, tokens and keys that one service manages.</summary>
    public const int RecordersMax = 100_000;
    public const int TokensPerRecorderMax = 32;
    public const int ApiKeysMax = 1000;
    public const int InstrumentsMax = 20_000;
    public const int NameLengthMax = 100;
    public const int LabelLengthMax = 200;
}
