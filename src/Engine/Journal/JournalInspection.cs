namespace StreamRecorder.Engine.Journal;

/// <summary>
/// A look at a journal's files as they are, for <c>verify</c>: what is committed now, every record of it checked.
/// Takes no lock, creates and changes nothing; the service may go on appending and truncating meanwhile. One thread.
/// </summary>
public sealed class JournalInspection : IDisposable
{
    private readonly ReadOnlyDisk _disk;
    private readonly JournalStart _start;
    private readonly TimeProvider _time;

    private JournalInspection(ReadOnlyDisk disk, JournalStart start, TimeProvider time)
    {
        _disk = disk;
        _start = start;
        _time = time;
    }

    /// <summary>Sequence of the first kept record; one more than the last when there is none.</summary>
    public long FirstSequence => _start.Commit.FirstSequence;

    /// <summary>Sequence of the last committed record.</summary>
    public long LastSequence => _start.Commit.LastSequence;

    /// <summary>Null when the directory holds no journal. Throws <see cref="JournalDamagedException"/> when a start would refuse it.</summary>
    public static JournalInspection? Open(string directory, TimeProvider time)
    {
        var disk = new ReadOnlyDisk(Path.GetFullPath(directory));
        try
        {
            if (JournalStart.LookOnly(disk, new JournalOptions(), time) is { } start) return new JournalInspection(disk, start, time);
        }
        catch
        {
            disk.Dispose();
            throw;
        }

        disk.Dispose();
        return null;
    }

    /// <summary>
    /// Number and first kept sequence of the newest commit; null when no slot is whole. Damage that was seen
    /// before this changed may be no more than a file that the running service gave up or has just made.
    /// </summary>
    public static (long Number, long FirstSequence)? NewestCommit(string directory)
    {
        using var disk = new ReadOnlyDisk(Path.GetFullPath(directory));
        return JournalStart.NewestCommit(disk) is { } newest ? (newest.Number, newest.FirstSequence) : null;
    }

    /// <summary>
    /// Reads all records in order. Throws <see cref="JournalDamagedException"/>,
    /// naming file, address and sequence, where one is not what was written.
    /// </summary>
    public void Read(PlacedRecordReader reader)
    {
        var scan = new JournalScan(_disk, _start.Layout, JournalLimits.ReadTimeoutDefault, _time);
        scan.ReadAll(_start.Commit, (sequence, address, checksum, payload) => reader(sequence, address, checksum, payload));
    }

    /// <summary>The file that holds an address.</summary>
    public string FileOf(long address) => _disk.SegmentName(_start.Layout.SegmentOf(address));

    public void Dispose() => _disk.Dispose();
}

/// <summary>
/// Receives one record of a <see cref="JournalInspection"/> with the address of its entry, and its checksum, which covers all records before it.
/// </summary>
public delegate void PlacedRecordReader(long sequence, long address, uint checksum, ReadOnlySpan<byte> payload);
