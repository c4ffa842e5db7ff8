using static System.FormattableString;

namespace StreamRecorder.Engine.Journal;

/// <summary>Where a scan stands: the next address, and the sequence and checksum of the record before it.</summary>
internal readonly record struct ScanPoint(long Address, long Sequence, uint Checksum);

/// <summary>
/// Reads records from the disk page by page, the next page while this one is checked. It knows FasterLog's layout (four
/// length bytes, a zero length or the page's end leads to the next page) instead of using its iterator, which skips zeroed
/// pages in silence, creates missing files and spins for ever on a lost read. No allocation per record. One scan at a time.
/// </summary>
internal sealed class JournalScan(JournalDisk disk, JournalLayout layout, TimeSpan readTimeout, TimeProvider time)
{
    private byte[] _page = new byte[layout.PageBytes];
    private byte[] _ahead = new byte[layout.PageBytes];
    private long _aheadStart = -1;
    private Task<int>? _aheadRead;
    private long _skippedFrom = -1;

    /// <summary>
    /// Reads all records of a committed stretch; <paramref name="visit"/> gets their address too. Everything
    /// must be there and be ours, up to the very last byte, or <see cref="JournalDamagedException"/> is thrown.
    /// The first record may have any predecessor when <paramref name="first"/> starts a truncated journal.
    /// </summary>
    public void ReadAll(CommitPoint commit, RecordVisitor visit)
    {
        var at = new ScanPoint(commit.Begin, commit.FirstSequence - 1, 0);
        bool any = commit.FirstSequence > 1;
        while (at.Address < commit.Until)
        {
            int length = PageOf(at.Address, commit.Until);
            at = ReadPage(at, Math.Min(layout.NextPage(at.Address), commit.Until), length, ref any, visit);
        }

        if (at.Sequence != commit.LastSequence || at.Checksum != commit.LastChecksum)
            throw Damaged(at, $"the last record has sequence {at.Sequence}, the commit names {commit.LastSequence}");
    }

    /// <summary>
    /// Goes on from <paramref name="end"/> as long as whole records follow that name their predecessor, in segments
    /// below <paramref name="segmentsEnd"/>; returns where they end. Bytes that end the chain are no error here.
    /// </summary>
    public ScanPoint RollForward(ScanPoint end, int segmentsEnd)
    {
        var at = end;
        while (layout.SegmentOf(at.Address) < segmentsEnd)
        {
            int have = PageOf(at.Address, 0);
            long pageEnd = layout.NextPage(at.Address);
            while (at.Address < pageEnd && TryNext(at, have, out var record, out long next))
            {
                if (JournalRecord.Check(record) is not null || !Follows(record, end)) return end;
                at = end = new ScanPoint(next, end.Sequence + 1, JournalRecord.Checksum(record));
            }

            if (at.Address == pageEnd - layout.PageBytes) return end;
            at = at with { Address = pageEnd };
        }

        return end;
    }

    private static bool Follows(ReadOnlySpan<byte> record, ScanPoint before) =>
        JournalRecord.Sequence(record) == before.Sequence + 1 && JournalRecord.Previous(record) == before.Checksum;

    private ScanPoint ReadPage(ScanPoint at, long until, int have, ref bool anyPredecessor, RecordVisitor visit)
    {
        while (at.Address < until)
        {
            if (!TryNext(at, have, out var record, out long end))
            {
                _skippedFrom = at.Address;
                return at with { Address = layout.NextPage(at.Address) };
            }

            if (end > until) throw Damaged(at, $"an entry of {record.Length} bytes crosses the end of its page or of the committed part");
            if (JournalRecord.Check(record) is { } wrong) throw Damaged(at, $"{wrong}");
            long sequence = JournalRecord.Sequence(record);
            if (sequence != at.Sequence + 1) throw Damaged(at, $"the record has sequence {sequence}");
            if (JournalRecord.Previous(record) != at.Checksum && !anyPredecessor)
                throw Damaged(at, $"the record follows another one than sequence {at.Sequence}");
            anyPredecessor = false;
            _skippedFrom = -1;
            uint checksum = JournalRecord.Checksum(record);
            visit(sequence, at.Address, checksum, record[JournalRecord.HeaderBytes..]);
            at = new ScanPoint(end, sequence, checksum);
        }

        return at;
    }

    /// <summary>
    /// The entry at an address of the page in memory; false where FasterLog left the page (a zero length). An impossible length gives an
    /// empty record.
    /// </summary>
    private bool TryNext(ScanPoint at, int have, out ReadOnlySpan<byte> record, out long end)
    {
        record = default;
        end = at.Address;
        int offset = layout.OffsetInPage(at.Address);
        if (offset + JournalRecord.EntryHeaderBytes > have) return false;
        int length = BitConverter.ToInt32(_page, offset);
        if (length == 0) return false;
        long bytes = JournalRecord.EntryHeaderBytes + (((long)length + 3) & ~3);
        end = at.Address + Math.Max(bytes, JournalRecord.EntryHeaderBytes);
        if (length > 0 && offset + JournalRecord.EntryHeaderBytes + length <= have)
            record = _page.AsSpan(offset + JournalRecord.EntryHeaderBytes, length);
        return true;
    }

    /// <summary>Brings the page of an address into memory (and starts reading the next one); returns how many of its bytes there are.</summary>
    private int PageOf(long address, long until)
    {
        long start = layout.PageStart(address);
        if (_aheadStart != start) StartRead(start);
        int have = Finish(start);
        (_page, _ahead) = (_ahead, _page);
        if (start + layout.PageBytes < until) StartRead(start + layout.PageBytes);
        return have;
    }

    private void StartRead(long start)
    {
        var target = _ahead;
        _aheadStart = start;
        _aheadRead = Task.Run(() => disk.Read(layout.SegmentOf(start), layout.OffsetInSegment(start), target));
    }

    private int Finish(long start)
    {
        try
        {
            int have = _aheadRead!.WaitAsync(readTimeout, time).GetAwaiter().GetResult();
            _aheadStart = -1;
            return have;
        }
        catch (Exception e)
        {
            throw new JournalDamagedException(Invariant($"{FileOf(start)}, address {start}: the page cannot be read: {e.Message}"), e);
        }
    }

    private string FileOf(long address) => disk.SegmentName(layout.SegmentOf(address));

    private JournalDamagedException Damaged(ScanPoint at, FormattableString what)
    {
        string skipped = _skippedFrom < 0 ? "" : Invariant($" (the page before was left at address {_skippedFrom}, in {FileOf(_skippedFrom)})");
        string place = Invariant($"{FileOf(at.Address)}, address {at.Address}, sequence {at.Sequence + 1}");
        return new JournalDamagedException($"{place}: {Invariant(what)}{skipped}");
    }
}

/// <summary>Receives one record of a scan with the address of its entry, and its checksum, which covers all records before it.</summary>
internal delegate void RecordVisitor(long sequence, long address, uint checksum, ReadOnlySpan<byte> payload);
