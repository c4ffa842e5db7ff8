using StreamRecorder.Engine.Journal;

namespace StreamRecorder.Engine.Tests.Support;

/// <summary>A journal whose commits end, or fail, when the test says so.</summary>
/// <param name="records">What is in it, committed, from the beginning: of an earlier life.</param>
internal sealed class HeldJournal(IEnumerable<byte[]>? records = null) : IJournal
{
    private readonly List<byte[]> _records = [.. records ?? []];
    private long _committing = records?.Count() ?? 0;

    public event Action? Committed;

    public long AppendedSequence => _records.Count;

    public long CommittedSequence { get; private set; } = records?.Count() ?? 0;

    public long BytesAppended => _records.Sum(r => r.Length);

    public Exception? Fault { get; set; }

    /// <summary>False: as if the disk had not caught up.</summary>
    public bool HasRoom { get; set; } = true;

    /// <summary>Commits end as soon as they start.</summary>
    public bool CommitsAtOnce { get; set; }

    public IReadOnlyList<byte[]> Records => _records;

    public long FirstSequence => 1;

    public long DiskBytes => 0;

    public bool CanAppend(int length) => HasRoom;

    public void Append(long sequence, ReadOnlySpan<byte> payload)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(sequence, AppendedSequence + 1);
        _records.Add(payload.ToArray());
    }

    public void StartCommit()
    {
        if (_committing == CommittedSequence) _committing = AppendedSequence;
        if (CommitsAtOnce) EndCommit();
    }

    /// <summary>The commit under way ends: what was appended when it started is safe.</summary>
    public void EndCommit()
    {
        CommittedSequence = _committing;
        Committed?.Invoke();
    }

    public void Replay(JournalReader reader)
    {
        for (var i = 0; i < CommittedSequence; i++) reader(i + 1, _records[i]);
    }

    public void TruncateBefore(long sequence) { }

    public void Dispose() { }
}
