namespace StreamRecorder.Engine.Journal;

/// <summary>Every bound of the journal, with its reason. Sizes are bytes.</summary>
public static class JournalLimits
{
    /// <summary>
    /// Largest payload of a record: a webhook body (64 KiB at most) with its resolved settings fits with room to spare, and a page holds
    /// three such records.
    /// </summary>
    public const int PayloadBytesMax = 256 * 1024;

    /// <summary>
    /// A page is the unit of FasterLog's memory and of reading. 1 MiB: a record never crosses a page, and little more
    /// than a quarter of it is padding at worst.
    /// </summary>
    public const int PageBytesDefault = 1024 * 1024;

    /// <summary>Smallest page: the log's address 64 and one small record must fit; only tests go this low.</summary>
    public const int PageBytesMin = 4 * 1024;

    /// <summary>Largest page: two of them are held as buffers during a replay.</summary>
    public const int PageBytesMax = 16 * 1024 * 1024;

    /// <summary>A segment is one file, the unit of freeing and of writing ahead. 16 MiB are written in well under a second on a slow disk.</summary>
    public const long SegmentBytesDefault = 16 * 1024 * 1024;

    /// <summary>Largest segment: writing ahead must end before the segment before it is full.</summary>
    public const long SegmentBytesMax = 1024 * 1024 * 1024;

    /// <summary>Memory for records that are not on disk yet. 16 MiB is ten times what a slow disk takes in a second of small commits.</summary>
    public const long MemoryBytesDefault = 16 * 1024 * 1024;

    /// <summary>Fewest pages in memory: two are the margin of <see cref="IJournal.CanAppend"/>, two are for work.</summary>
    public const int MemoryPagesMin = 4;

    /// <summary>
    /// A commit that hangs this long is a fault. Ten times the worst stall of a busy disk that was seen; a webhook is answered 503 long before.
    /// </summary>
    public static readonly TimeSpan CommitTimeoutDefault = TimeSpan.FromSeconds(10);

    /// <summary>Reading one page at start may take this long before the start is refused.</summary>
    public static readonly TimeSpan ReadTimeoutDefault = TimeSpan.FromSeconds(30);

    /// <summary>One point of the index from sequences to addresses for so many appended bytes: 10 GiB of journal cost 2.6 MB of memory.</summary>
    public const int IndexStrideBytes = 64 * 1024;

    /// <summary>Zeros are written ahead in pieces of this size, so that a commit between two of them waits for one only.</summary>
    public const int WriteAheadBytes = 256 * 1024;

    /// <summary>Pause before a segment ahead is tried again: soon after space is back, and a full disk is not kept busy.</summary>
    public static readonly TimeSpan AheadPauseDefault = TimeSpan.FromSeconds(1);

    /// <summary>FasterLog starts at this address; the 64 bytes below it are never used.</summary>
    public const long FirstAddress = 64;

    /// <summary>A sector: what a disk writes whole. FasterLog writes whole sectors.</summary>
    public const int SectorBytes = 512;
}
