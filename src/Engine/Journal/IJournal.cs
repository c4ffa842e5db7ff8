namespace StreamRecorder.Engine.Journal;

/// <summary>
/// The one ordered log of inputs. The engine's thread appends and starts commits; nobody else writes. A record is safe (survives <c>kill -9</c> and
/// power loss) once its sequence is at or below <see cref="CommittedSequence"/>. Two implementations: <see cref="FasterJournal"/> on disk, <see
/// cref="MemoryJournal"/> for <c>replay</c> and tests of pure figures.
/// </summary>
public interface IJournal : IDisposable
{
    /// <summary>Sequence of the newest record appended; 0 for an empty journal.</summary>
    long AppendedSequence { get; }

    /// <summary>Sequence up to which records are on stable storage. Read from any thread.</summary>
    long CommittedSequence { get; }

    /// <summary>
    /// Of the record that was appended, or given to a replay's reader, last: it covers all records before it too. 0: not known, nothing is kept.
    /// </summary>
    uint Checksum => 0;

    /// <summary>Bytes appended since the process started (for the metric).</summary>
    long BytesAppended { get; }

    /// <summary>
    /// Set once when a write or commit failed or hung; the journal refuses every later append. The loop reads it each turn and stops the process.
    /// </summary>
    Exception? Fault { get; }

    /// <summary>True when the journal can take another record of <paramref name="length"/> payload bytes without waiting for the disk.</summary>
    bool CanAppend(int length);

    /// <summary>
    /// Copies a record into the log's memory. <paramref name="sequence"/> must be <see cref="AppendedSequence"/> +
    /// 1; payload 1 … <see cref="JournalLimits.PayloadBytesMax"/> bytes. Throws <see cref="JournalFailedException"/>
    /// after a <see cref="Fault"/>, <see cref="ArgumentException"/> for a record that cannot be,
    /// <see cref="InvalidOperationException"/> when <see cref="CanAppend"/> would have said no. Never waits.
    /// </summary>
    void Append(long sequence, ReadOnlySpan<byte> payload);

    /// <summary>Something is not committed yet, or files that were given up can be removed by further commits.</summary>
    bool WantsCommit => AppendedSequence > CommittedSequence;

    /// <summary>
    /// Starts writing what is appended and not yet committed; returns at once. Does nothing while a commit is under way or nothing is new
    /// (group commit: the next call takes all that came meanwhile). <see cref="Committed"/> is raised when it ends, on another thread.
    /// </summary>
    void StartCommit();

    /// <summary>Sequence of the first record that is kept; one more than the last when there is none.</summary>
    long FirstSequence { get; }

    /// <summary>Bytes on disk. Read from any thread.</summary>
    long DiskBytes { get; }

    /// <summary>
    /// Gives up records before <paramref name="sequence"/>, as far as whole files allow
    /// and never beyond what is committed; the space comes back some commits later.
    /// </summary>
    void TruncateBefore(long sequence);

    /// <summary>
    /// Raised after <see cref="CommittedSequence"/> or <see cref="Fault"/> changed, on a thread of the pool: it only wakes the loop.
    /// Nothing is raised when <see cref="CanAppend"/> turns true because a file was written ahead: a loop that waits for it looks again in a
    /// few milliseconds.
    /// </summary>
    event Action? Committed;

    /// <summary>
    /// Reads every committed record in order, from the first kept one. Called once, before the first append. Throws
    /// <see cref="JournalDamagedException"/> (naming file, address and sequence) on a gap, a bad checksum or an unreadable page.
    /// </summary>
    void Replay(JournalReader reader);
}

/// <summary>Receives one record of <see cref="IJournal.Replay"/>.</summary>
public delegate void JournalReader(long sequence, ReadOnlySpan<byte> payload);
