using static System.FormattableString;

namespace StreamRecorder.Engine.Journal;

/// <summary>
/// Decides at start what the disk holds, before FasterLog sees any of it: FasterLog would take a missing commit for an empty journal and
/// create missing files. The cases are the table of docs/journal-layout.md; whatever is not in it is refused and nothing is changed.
/// </summary>
internal sealed class JournalStart
{
    private readonly JournalDisk _disk;
    private readonly JournalOptions _options;
    private readonly TimeProvider _time;
    private readonly bool _mayChange;

    private JournalStart(JournalDisk disk, JournalOptions options, TimeProvider time, bool mayChange)
    {
        _disk = disk;
        _options = options;
        _time = time;
        _mayChange = mayChange;
    }

    public JournalLayout Layout { get; private set; }

    /// <summary>What counts from here on.</summary>
    public CommitPoint Commit { get; private set; }

    /// <summary>Begin address of the other slot: segments from there on are kept.</summary>
    public long OlderBegin { get; private set; }

    /// <summary>Throws <see cref="JournalDamagedException"/> when the journal must not be used.</summary>
    public static JournalStart Look(JournalDisk disk, JournalOptions options, TimeProvider time)
    {
        options.Check();
        var start = new JournalStart(disk, options, time, mayChange: true);
        if (!start.TryOpen()) start.Create();
        start.RequireMemory();
        start.PrepareSegments();
        return start;
    }

    /// <summary>Decides the same without changing anything, for <see cref="JournalInspection"/>. Null when there is no journal at all.</summary>
    public static JournalStart? LookOnly(JournalDisk disk, JournalOptions options, TimeProvider time)
    {
        var start = new JournalStart(disk, options, time, mayChange: false);
        return start.TryOpen() ? start : null;
    }

    /// <summary>The newest of the commits that both slots hold, whatever else is there; null when neither is whole.</summary>
    public static CommitPoint? NewestCommit(JournalDisk disk)
    {
        CommitPoint? newest = null;
        var slots = disk.ReadSlots() ?? [];
        for (int at = 0; at + CommitSlot.Bytes <= slots.Length; at += CommitSlot.Bytes)
        {
            if (CommitSlot.Read(slots.AsSpan(at, CommitSlot.Bytes)) is { } read && (newest is null || read.Point.Number > newest.Value.Number))
                newest = read.Point;
        }

        return newest;
    }

    private bool TryOpen()
    {
        var segments = _disk.Segments();
        if (_disk.ReadSlots() is not { } slots)
        {
            if (segments.Count == 0) return false;
            throw Damaged(_disk.SlotsName, $"the file is missing, but {_disk.SegmentName(segments[0].Number)} exists: no commit can be trusted");
        }

        Open(slots, segments);
        return true;
    }

    private void Create()
    {
        Layout = new JournalLayout(_options.PageBytes, _options.SegmentBytes);
        Commit = CommitPoint.Empty;
        OlderBegin = Commit.Begin;
        RequireMemory();
        // The slots come first: a crash before the first segment leaves an empty journal, not data without commits.
        var both = new byte[CommitSlot.Bytes * CommitSlot.Count];
        CommitSlot.Write(both.AsSpan(0, CommitSlot.Bytes), Layout, Commit.Number, Commit.ToMetadata());
        _disk.CreateSlots(both);
    }

    private void Open(byte[] slots, IReadOnlyList<JournalSegment> segments)
    {
        var first = ReadSlot(slots, 0);
        var second = ReadSlot(slots, 1);
        if (first is null && second is null)
            throw new JournalDamagedException($"{_disk.SlotsName}: neither of its two slots holds a valid commit; the journal cannot be trusted");
        bool secondIsNewest = second is not null && (first is null || second.Value.Point.Number > first.Value.Point.Number);
        var newest = secondIsNewest ? second!.Value : first!.Value;
        var older = secondIsNewest ? first : second;
        (Commit, Layout) = newest;
        CheckLayout();
        CheckSegments(segments);
        bool olderIsWhole = older is { } other && other.Point.Number == Commit.Number - 1;
        OlderBegin = olderIsWhole ? older!.Value.Point.Begin : Commit.Begin;
        if (!olderIsWhole && !IsUnused(slots)) Repair(segments);
    }

    /// <summary>Reads slot 0 or 1; null when it is not whole. A slot of a newer program is a refusal of its own.</summary>
    private (CommitPoint Point, JournalLayout Layout)? ReadSlot(byte[] slots, int index)
    {
        int at = index * CommitSlot.Bytes;
        if (slots.Length < at + CommitSlot.Bytes) return null;
        var slot = slots.AsSpan(at, CommitSlot.Bytes);
        if (CommitSlot.NewerVersion(slot) is { } version)
            throw Damaged(_disk.SlotsName, $"slot {index} has version {version}, from a newer program (known is up to {CommitSlot.Version})");
        return CommitSlot.Read(slot);
    }

    /// <summary>A journal that never committed has one slot that was never written.</summary>
    private bool IsUnused(byte[] slots) =>
        Commit.Number == 0 && slots.Length == CommitSlot.Count * CommitSlot.Bytes && slots.AsSpan(CommitSlot.Bytes).IndexOfAnyExcept((byte)0) < 0;

    private void CheckLayout()
    {
        var kept = _options with { PageBytes = Layout.PageBytes, SegmentBytes = Layout.SegmentBytes };
        try
        {
            kept.Check();
        }
        catch (ArgumentException e)
        {
            throw new JournalDamagedException($"{_disk.SlotsName}: {e.Message}", e);
        }
    }

    private void RequireMemory()
    {
        if (_options.MemoryBytes < (long)JournalLimits.MemoryPagesMin * Layout.PageBytes)
            throw new ArgumentException(Invariant($"The journal's memory must hold four of its pages of {Layout.PageBytes} bytes."));
    }

    /// <summary>Every file that the committed part touches must be there and be long enough.</summary>
    private void CheckSegments(IReadOnlyList<JournalSegment> segments)
    {
        if (Commit.Begin == Commit.Until) return;
        var bytes = segments.ToDictionary(s => s.Number, s => s.Bytes);
        int last = Layout.SegmentOf(Commit.Until - 1);
        string of = Invariant($"of the journal's sequences {Commit.FirstSequence} to {Commit.LastSequence}");
        for (int number = Layout.SegmentOf(Commit.Begin); number <= last; number++)
        {
            long start = number * Layout.SegmentBytes;
            long needed = Math.Min(Layout.SegmentBytes, Commit.Until - start);
            if (!bytes.TryGetValue(number, out long length))
                throw Damaged(_disk.SegmentName(number), $"the file is missing; it holds addresses {start} to {start + needed} {of}");
            if (length < needed)
                throw Damaged(_disk.SegmentName(number), $"the file ends at address {start + length}, but must reach to {start + needed} {of}");
        }
    }

    /// <summary>
    /// One slot is bad. If that is a torn write, its commit was never acknowledged; if the medium lost it, it was. Data is written
    /// before its commit, so whatever chains on from the other slot's end is taken, and a new commit is written into the bad slot.
    /// </summary>
    private void Repair(IReadOnlyList<JournalSegment> segments)
    {
        var end = new ScanPoint(Commit.Until, Commit.LastSequence, Commit.LastChecksum);
        int known = Layout.SegmentOf(Commit.Until);
        while (segments.Any(s => s.Number == known)) known++;
        var scan = new JournalScan(_disk, Layout, _options.ReadTimeout, _time);
        var rolled = scan.RollForward(end, known);
        if (rolled.Sequence == end.Sequence) rolled = end;
        Commit = Commit with { Number = Commit.Number + 1, Until = rolled.Address, LastSequence = rolled.Sequence, LastChecksum = rolled.Checksum };
        if (!_mayChange) return;
        var slot = new byte[CommitSlot.Bytes];
        CommitSlot.Write(slot, Layout, Commit.Number, Commit.ToMetadata());
        _disk.WriteSlot((int)(Commit.Number % CommitSlot.Count), slot);
    }

    /// <summary>
    /// Frees what an earlier run no longer needed and makes the segment of the tail whole (a tail torn behind the committed part is no damage).
    /// </summary>
    private void PrepareSegments()
    {
        int first = Layout.SegmentOf(Math.Min(Commit.Begin, OlderBegin));
        foreach (var segment in _disk.Segments())
        {
            if (segment.Number < first) _disk.RemoveSegment(segment.Number);
        }

        _disk.EnsureSegment(Layout.SegmentOf(Commit.Until), Layout.SegmentBytes);
    }

    private static JournalDamagedException Damaged(string file, FormattableString what) => new(file + ": " + Invariant(what));
}
