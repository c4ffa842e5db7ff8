using System.Globalization;

namespace StreamRecorder.Engine.Journal;

/// <summary>
/// Sizes and time limits of a journal. Page and segment size are chosen when a journal is created; a journal that exists keeps its own.
/// </summary>
public sealed record JournalOptions
{
    /// <summary>Bytes of one segment file; a power of two, at least a page.</summary>
    public long SegmentBytes { get; init; } = JournalLimits.SegmentBytesDefault;

    /// <summary>Bytes of one page; a power of two. A record must fit a page.</summary>
    public int PageBytes { get; init; } = JournalLimits.PageBytesDefault;

    /// <summary>Bytes of records kept in memory until the disk has them; a power of two, at least four pages.</summary>
    public long MemoryBytes { get; init; } = JournalLimits.MemoryBytesDefault;

    /// <summary>How long a commit may take before the journal is declared failed.</summary>
    public TimeSpan CommitTimeout { get; init; } = JournalLimits.CommitTimeoutDefault;

    /// <summary>How long the read of one page may take at start before the start is refused.</summary>
    public TimeSpan ReadTimeout { get; init; } = JournalLimits.ReadTimeoutDefault;

    /// <summary>Pause before a segment that could not be written ahead is tried again.</summary>
    public TimeSpan AheadPause { get; init; } = JournalLimits.AheadPauseDefault;

    /// <summary>Throws <see cref="ArgumentException"/> when a size or the relation of two is not possible.</summary>
    internal void Check()
    {
        bool page = long.IsPow2(PageBytes) && PageBytes is >= JournalLimits.PageBytesMin and <= JournalLimits.PageBytesMax;
        bool segment = long.IsPow2(SegmentBytes) && SegmentBytes >= PageBytes && SegmentBytes <= JournalLimits.SegmentBytesMax;
        Require(page, $"a page of {PageBytes} bytes");
        Require(segment, $"a segment of {SegmentBytes} bytes");
        Require(long.IsPow2(MemoryBytes), $"a memory of {MemoryBytes} bytes");
        Require(CommitTimeout > TimeSpan.Zero && ReadTimeout > TimeSpan.Zero && AheadPause > TimeSpan.Zero, $"a time limit that is not positive");
    }

    private static void Require(bool holds, FormattableString what)
    {
        if (!holds) throw new ArgumentException("The journal cannot have " + what.ToString(CultureInfo.InvariantCulture) + ".");
    }
}

/// <summary>How addresses of the log fall into pages and files. Fixed for the life of a journal, kept in each commit slot.</summary>
internal readonly record struct JournalLayout(int PageBytes, long SegmentBytes)
{
    public int SegmentOf(long address) => (int)(address / SegmentBytes);

    public long OffsetInSegment(long address) => address & (SegmentBytes - 1);

    public int OffsetInPage(long address) => (int)(address & (PageBytes - 1));

    public long PageStart(long address) => address & ~(long)(PageBytes - 1);

    public long NextPage(long address) => PageStart(address) + PageBytes;

    /// <summary>
    /// Address behind an entry of so many bytes appended at <paramref name="tail"/>: it moves to the next page where it does not fit.
    /// </summary>
    public long EndOf(long tail, int entryBytes) =>
        (OffsetInPage(tail) + entryBytes > PageBytes ? NextPage(tail) : tail) + entryBytes;
}
