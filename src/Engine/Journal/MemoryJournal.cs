namespace StreamRecorder.Engine.Journal;

/// <summary>
/// A journal without a disk, for <c>replay</c> and for tests of pure figures: it counts, and keeps the records only when asked to.
/// All on the caller's thread; <see cref="Committed"/> is raised inside <see cref="StartCommit"/>.
/// </summary>
public sealed class MemoryJournal(bool keepRecords = false) : IJournal
{
    private readonly List<byte[]>? _records = keepRecords ? [] : null;
    private long _appended;
    private long _committed;
    private long _bytes;

    public event Action? Committed;

    public long AppendedSequence => _appended;

    public long CommittedSequence => Volatile.Read(ref _committed);

    public long BytesAppended => Volatile.Read(ref _bytes);

    public Exception? Fault => null;

    public long FirstSequence => 1;

    public long DiskBytes => 0;

    public bool CanAppend(int length) => true;

    public void Append(long sequence, ReadOnlySpan<byte> payload)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(sequence, _appended + 1);
        ArgumentOutOfRangeException.ThrowIfZero(payload.Length, nameof(payload));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payload.Length, JournalLimits.PayloadBytesMax, nameof(payload));
        _records?.Add(payload.ToArray());
        Volatile.Write(ref _bytes, _bytes + JournalRecord.EntryBytes(payload.Length));
        _appended = sequence;
    }

    public void StartCommit()
    {
        if (_committed == _appended) return;
        Volatile.Write(ref _committed, _appended);
        Committed?.Invoke();
    }

    /// <summary>Gives the committed records back, when they are kept; nothing otherwise. May be called again.</summary>
    public void Replay(JournalReader reader)
    {
        for (int i = 0; _records is not null && i < _committed; i++) reader(i + 1, _records[i]);
    }

    /// <summary>Nothing is on disk, so nothing is given up.</summary>
    public void TruncateBefore(long sequence) { }

    public void Dispose() { }
}
