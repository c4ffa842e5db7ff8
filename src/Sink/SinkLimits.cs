namespace StreamRecorder.Sink;

/// <summary>Every bound of the sink, with its reason.</summary>
public static class SinkLimits
{
    /// <summary>
    /// Outputs of one transaction: at about 5 µs each, 40 ms. A snapshot waits no longer for its turn. Twice as many are cheaper to write
    /// (bench/RESULTS.md), but not to keep in memory until they are.
    /// </summary>
    public const int RowsPerBatch = 8192;

    /// <summary>Groups of one transaction; most groups have one or two outputs, so rows are the bound that counts.</summary>
    public const int GroupsPerBatch = 8192;

    /// <summary>
    /// How long a group may wait for company when nothing else is waiting. No answer and no read waits for the sink, and what is joined saves most of
    /// its work: of 256 recorders' signals one costs 36 µs among 140 in a transaction, 23 among 560, 16 among 2 300, because each writes its pages
    /// anew. With a full transaction before it a closed position is in the database after some 0.3 s, of the 1 s promised.
    /// </summary>
    public static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Of the thread that writes: a third of the weight of those that take ticks and answer, so that these run when they wake, and enough to keep up
    /// on a busy machine. What it cannot keep up with waits in the outbox, whose bound holds the engine up.
    /// </summary>
    public const int Niceness = 5;

    /// <summary>First and greatest pause between two tries on a failing database: soon enough for a lock, rare enough for a full disk.</summary>
    public static readonly TimeSpan BackoffMin = TimeSpan.FromMilliseconds(20);
    public static readonly TimeSpan BackoffMax = TimeSpan.FromSeconds(2);

    /// <summary>
    /// After being told to abandon what is not written: for the transaction under way. One that hangs in the operating system is not waited for.
    /// </summary>
    public static readonly TimeSpan AbandonWait = TimeSpan.FromSeconds(3);

    /// <summary>How long SQLite itself waits for another program's lock before it is an error that is counted and logged.</summary>
    public const int BusyTimeoutMs = 250;

    /// <summary>How long the driver goes on asking a busy database before a query fails. Its own default of 30 s would outlast any request.</summary>
    public const int CommandTimeoutSeconds = 1;

    /// <summary>Pieces of work (snapshots, thinning) waiting for the writer; whoever brings more waits.</summary>
    public const int JobsMax = 8;

    /// <summary>Snapshots of one transaction: about 20 ms, then closings get their turn.</summary>
    public const int SnapshotsPerTransaction = 2048;

    /// <summary>Rows that one step of thinning looks at or deletes: about 20 ms.</summary>
    public const int ThinRowsPerStep = 4096;

    /// <summary>
    /// Rows of deliveries that one step deletes: about 20 ms when each has a full transaction's. A transaction makes two at most,
    /// ten times a second while the sink lingers, as often as it is full otherwise: 100 steps a minute delete more.
    /// </summary>
    public const int ThinRunsPerStep = 64;

    /// <summary>
    /// Steps of one run, once a minute: 400 000 rows, more than the default budget of 5 000 snapshots a second brings in that time.
    /// </summary>
    public const int ThinStepsMax = 100;

    /// <summary>How long snapshots are kept in full, and one a minute.</summary>
    public static readonly TimeSpan SnapshotAgeFull = TimeSpan.FromDays(1);
    public static readonly TimeSpan SnapshotAgeMax = TimeSpan.FromDays(30);

    /// <summary>
    /// How long, and how much, the ledger keeps, unless told otherwise: a quarter of a year, or about two million bodies of the usual size.
    /// </summary>
    public static readonly TimeSpan LedgerAge = TimeSpan.FromDays(90);
    public const long LedgerBytesMax = 1L << 30;

    /// <summary>
    /// Oldest rows of a full ledger deleted with a batch for each row that it adds: more than come in, so that a lowered limit is reached too.
    /// </summary>
    public const int LedgerPrunedPerRow = 2;

    /// <summary>
    /// Rows written before the time of their answer was known, which is looked up again
    /// with later batches, and for how long: answers leave at most 2.5 s after arrival.
    /// </summary>
    public const int AnswersAwaitedMax = 65_536;
    public const long AnswerAwaitedFor = 10 * Engine.Numbers.Timestamp.Second;

    /// <summary>
    /// Characters of <c>entries</c> or <c>exits</c> (some 14 000 fills) after which no more are appended: each fill rewrites the text. The table
    /// <c>fills</c> has all.
    /// </summary>
    public const int FillsTextMax = 1_000_000;

    /// <summary>Connections that read at the same time: more than the processors there are gains nothing.</summary>
    public const int ReadersMax = 4;

    /// <summary>How long a query waits for one of them before the database counts as unreadable for the moment.</summary>
    public static readonly TimeSpan ReaderWait = TimeSpan.FromSeconds(2);

    /// <summary>Rows that one query gives at most, whatever is asked for.</summary>
    public const int RowsPerQuery = 10_000;

    /// <summary>Points of a chart: more than its pixels show nothing.</summary>
    public const int PathPointsMax = 500;

    /// <summary>Memory for pages of the writer (KiB): the inner pages of every index, so that an insert reads nothing.</summary>
    public const int WriterCacheKiB = 64 * 1024;

    /// <summary>
    /// Pages of 4 KiB in the -wal file after which they are moved into the main file: 16 MiB, so that a page which is written again and again (the
    /// ends of the indexes) is moved once for several transactions. SQLite's own 1000 is less than a full transaction.
    /// </summary>
    public const int WalPagesPerCheckpoint = 4000;

    /// <summary>Size to which the -wal file is cut back after it grew (a long reader holds up checkpoints).</summary>
    public const long WalBytesKept = 64 << 20;
}
