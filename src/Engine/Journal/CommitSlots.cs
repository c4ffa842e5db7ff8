using FASTER.core;

namespace StreamRecorder.Engine.Journal;

/// <summary>
/// Where FasterLog keeps its commits: two slots of 4 KiB in one file that was written in full beforehand, used in turn by commit number.
/// A commit needs no space, creates and deletes nothing, and a torn write leaves the other slot. Called by FasterLog's committer, one commit
/// at a time.
/// </summary>
internal sealed class CommitSlots(JournalDisk disk, JournalLayout layout, CommitPoint newest, long olderBegin) : ILogCommitManager
{
    private readonly byte[] _slot = new byte[CommitSlot.Bytes];
    private readonly byte[] _recovered = newest.ToMetadata();
    private long _newestBegin = newest.Begin;
    private long _olderBegin = olderBegin;
    private volatile bool _writing;

    /// <summary>Called when a slot could not be written. FasterLog swallows the exception and its waiters would hang.</summary>
    public Action<Exception>? Failed { get; set; }

    /// <summary>Below this address both slots need nothing: whichever survives, the segments below can go.</summary>
    public long FreeUntil => Math.Min(Volatile.Read(ref _newestBegin), Volatile.Read(ref _olderBegin));

    /// <summary>True while a slot is being written: FasterLog's disposal would wait for it without end.</summary>
    public bool Busy => _writing;

    public void Commit(long beginAddress, long untilAddress, byte[] commitMetadata, long commitNum, bool forceWriteMetadata)
    {
        _writing = true;
        try
        {
            CommitSlot.Write(_slot, layout, commitNum, commitMetadata);
            disk.WriteSlot((int)(commitNum % CommitSlot.Count), _slot);
        }
        catch (Exception e)
        {
            Failed?.Invoke(e);
            throw;
        }
        finally
        {
            _writing = false;
        }

        Volatile.Write(ref _olderBegin, _newestBegin);
        Volatile.Write(ref _newestBegin, beginAddress);
    }

    public byte[]? GetCommitMetadata(long commitNum) => commitNum == newest.Number ? _recovered : null;

    public IEnumerable<long> ListCommits() => newest.Number > 0 ? [newest.Number] : [];

    // A slot is only ever overwritten by the commit after next: FasterLog has nothing to remove.
    public void RemoveCommit(long commitNum) { }

    public void RemoveAllCommits() { }

    public void OnRecovery(long commitNum) { }

    public void Dispose() { }
}
