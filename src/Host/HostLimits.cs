namespace StreamRecorder.Host;

/// <summary>Every bound of the host, with its reason.</summary>
public static class HostLimits
{
    /// <summary>Greatest PositionsMax: a record takes about 0.5 KB, so 50 M of them 25 GB, more than one machine of the intended size has.</summary>
    public const int PositionsMaxMax = 50_000_000;

    /// <summary>Greatest hard rate: what the inbox could ever take.</summary>
    public const int HardRateMax = 1_000_000;

    /// <summary>Most snapshot rows a second: what the database takes beside its other work.</summary>
    public const int SnapshotRowsMax = 50_000;

    /// <summary>Ten years of the ledger, and what one file may come to: beyond a TiB a check or a backup takes hours.</summary>
    public const int LedgerDaysMax = 3650;
    public const long LedgerBytesMax = 1L << 40;

    /// <summary>Least ledger: some thousand signals, or a rejected one is gone before anybody could look.</summary>
    public const long LedgerBytesMin = 1 << 20;

    /// <summary>Greatest age of the journal: a year, after which nobody restores a backup from before it.</summary>
    public const int JournalAgeSecondsMax = 366 * 86_400;

    /// <summary>
    /// Least segment of the journal: what one message may append, 1 MiB, must fit behind any tail into the segments that are ready.
    /// </summary>
    public const long JournalSegmentBytesMin = 2 << 20;

    /// <summary>Greatest size of the journal: a TiB.</summary>
    public const long JournalBytesMax = 1L << 40;

    /// <summary>A tick later than an hour belongs to another session.</summary>
    public const int LateToleranceSecondsMax = 3600;

    /// <summary>
    /// Groups on their way to the sink, those in its hands included: half a minute of a locked database at 1 000 inputs a second. With twice as many
    /// an overload left a backlog of 5 s behind, some 80 MB, whose writing kept alerts waiting after it was over.
    /// </summary>
    public const int OutboxCapacity = 32_768;

    /// <summary>Rows of a table sent to the engine as one command: keeps its journal record far below the greatest one.</summary>
    public const int TableRowsPerCommand = 500;

    /// <summary>Rows of front_contracts.csv: fifty years of quarterly rolls for ten roots; one journal record holds them all.</summary>
    public const int FrontContractsMax = 2000;

    /// <summary>A read that the engine has not answered by then is answered 503.</summary>
    public static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(5);

    /// <summary>A change waits for its commit; the journal's own limit is 10 s, after which the process ends.</summary>
    public static readonly TimeSpan ChangeTimeout = TimeSpan.FromSeconds(12);

    /// <summary>
    /// How long a read waits for the database to learn a deleted recorder's name, and how often it looks: the sink lingers 100 ms, behind a full
    /// transaction the row is there after some 0.2 s.
    /// </summary>
    public static readonly TimeSpan CatchUpTimeout = TimeSpan.FromMilliseconds(500);
    public static readonly TimeSpan CatchUpStep = TimeSpan.FromMilliseconds(5);

    /// <summary>
    /// Bytes of an answer that may be under way to the operating system when its writing completes: none,
    /// so that an answer counts as sent only once it is (a kill between the two would make a delivered
    /// order of a lost answer). One is the least bound that the server knows; 0 means none at all.
    /// </summary>
    public const int UnsentBytesMax = 1;

    /// <summary>Kestrel's own size: what a webhook needs.</summary>
    public const int SmallBlockBytes = 4096;

    /// <summary>700 lines of ticks at a time: as much as what reads them takes at once.</summary>
    public const int LargeBlockBytes = 64 * 1024;

    /// <summary>
    /// Large blocks lent at a time by a listener: 16 MiB. A feed that waits for the engine has up to 32 of them; whoever comes when all are lent gets
    /// small ones.
    /// </summary>
    public const int LargeBlocksMax = 256;

    /// <summary>Small blocks that a listener keeps when nobody needs them: 16 MiB.</summary>
    public const int SmallBlocksKept = 4096;

    /// <summary>Connections at a time, each a few KB while idle; TradingView opens one an alert, feeds one each.</summary>
    public const int ConnectionsMax = 10_000;

    /// <summary>When all places are taken, one of so many is taken from those that were idle the longest, and as many newcomers may wait.</summary>
    public const int ConnectionsShare = 10;

    /// <summary>Idle for less is spared: a new connection's first bytes are still under way. Who opens 10 000 a second gets all places for it.</summary>
    public static readonly TimeSpan IdleSpared = TimeSpan.FromSeconds(1);

    /// <summary>
    /// When all places are taken, so long a newcomer waits for one, and looks so often: all that is idle may be closed by then.
    /// </summary>
    public static readonly TimeSpan PlaceWait = TimeSpan.FromSeconds(1.5);
    public static readonly TimeSpan PlaceStep = TimeSpan.FromMilliseconds(50);

    /// <summary>Connections are looked through for idle ones so often at most, which takes a few ms, and so often the log is told.</summary>
    public static readonly TimeSpan MakeRoomInterval = TimeSpan.FromMilliseconds(100);
    public static readonly TimeSpan MakeRoomTold = TimeSpan.FromMinutes(1);

    /// <summary>Connections of the management address: a scraper, a probe, some people.</summary>
    public const int ManagementConnectionsMax = 100;

    /// <summary>Headers of one request; a key and a proxy's additions take under 2 KB.</summary>
    public const int HeaderBytesMax = 16 * 1024;

    /// <summary>Bodies unless a route says otherwise: what a webhook may have.</summary>
    public const int BodyBytesMax = 64 * 1024;

    /// <summary>Bodies of tables: 500 rows of an instrument with a long name.</summary>
    public const int TableBodyBytesMax = 1024 * 1024;

    /// <summary>A request's headers must arrive within this.</summary>
    public static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Telling the engine that an answer did not arrive: for the 5 s after which TradingView sends again.</summary>
    public const int DoubtTries = 20;
    public static readonly TimeSpan DoubtPause = TimeSpan.FromMilliseconds(250);

    public const int PageLimitDefault = 100;

    public const int PageLimitMax = 500;

    /// <summary>Greatest window or age in a recorder's settings: a day.</summary>
    public const int SettingSecondsMax = 86_400;

    /// <summary>Log lines of positions waiting for the console; beyond it they are dropped and counted, never waited for.</summary>
    public const int PositionLogLines = 4096;

    /// <summary>Views asked of the engine at once for snapshots: two of its turns.</summary>
    public const int SnapshotChunk = 500;

    /// <summary>
    /// Greatest MetricRecorders and MetricPairs: their series come to some 100 MB of memory and a scrape of seconds, which nobody should go beyond.
    /// </summary>
    public const int MetricRecordersMax = 2000;
    public const int MetricPairsMax = 20_000;

    /// <summary>Points of an instrument whose labels are fixed by the program; the most have the outcomes of webhooks, below 50.</summary>
    public const int MetricPoints = 100;

    /// <summary>Open positions are asked for so often for metrics; scrapes are seldom closer.</summary>
    public static readonly TimeSpan OpenSeriesInterval = TimeSpan.FromSeconds(1);

    /// <summary>Snapshots are taken so often.</summary>
    public static readonly TimeSpan SnapshotInterval = TimeSpan.FromSeconds(1);

    /// <summary>The journal's size is looked at so often; once in so many looks, a minute, old rows are thinned and old journal is given up.</summary>
    public static readonly TimeSpan JournalLookInterval = TimeSpan.FromSeconds(5);
    public const int LooksPerUpkeep = 12;

    // Stopping, step by step. Together below the 30 s that service managers usually give, for a healthy disk.

    /// <summary>Requests under way may end; webhooks are answered within 2.5 s, reads within 5 s.</summary>
    public static readonly TimeSpan StopListening = TimeSpan.FromSeconds(6);

    /// <summary>The last snapshots of open positions; at 20 000 rows a second, those of 100 000.</summary>
    public static readonly TimeSpan StopSnapshots = TimeSpan.FromSeconds(5);

    /// <summary>The engine applies and commits what waits; a hanging commit is declared failed after 10 s.</summary>
    public static readonly TimeSpan StopEngine = TimeSpan.FromSeconds(12);

    /// <summary>The sink writes what waits. What it cannot write stays in the journal.</summary>
    public static readonly TimeSpan StopSink = TimeSpan.FromSeconds(20);

    /// <summary>
    /// The last lines of the log go to a pipe or a file in no time; a reader that stands still must not keep the process from ending.
    /// </summary>
    public static readonly TimeSpan StopLog = TimeSpan.FromSeconds(1.5);

    /// <summary>
    /// How long a line waits for a reader of the log that takes nothing of the MiB before it: longer than one that is merely slow, short enough that
    /// a line on the way to the end, like "Stopping", does not use up the time for stopping.
    /// </summary>
    public static readonly TimeSpan LogPatience = TimeSpan.FromSeconds(3);

    /// <summary>After a fault nothing is worth waiting for but the answers that say so.</summary>
    public static readonly TimeSpan StopAfterFault = TimeSpan.FromSeconds(2);
}
