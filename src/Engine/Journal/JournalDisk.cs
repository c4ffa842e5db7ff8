namespace StreamRecorder.Engine.Journal;

/// <summary>One segment file that exists.</summary>
public readonly record struct JournalSegment(int Number, long Bytes);

/// <summary>
/// The disk under the journal: numbered segments and one small file of two commit slots. <see cref="DirectoryDisk"/> is the real one;
/// a simulator puts a failing disk here. All methods block and throw <see cref="IOException"/> (or what the system gives) on failure.
/// They are called at start on the caller's thread, later on threads of the pool, several at once for different places.
/// </summary>
public abstract class JournalDisk : IDisposable
{
    /// <summary>Where it is, for messages.</summary>
    public abstract string Name { get; }

    /// <summary>Name of the file with the two commit slots, for messages.</summary>
    public abstract string SlotsName { get; }

    /// <summary>Name of a segment's file, for messages.</summary>
    public abstract string SegmentName(int number);

    /// <summary>All segments that exist, in order of their number.</summary>
    public abstract IReadOnlyList<JournalSegment> Segments();

    /// <summary>
    /// Makes a segment exist with at least <paramref name="bytes"/> bytes. New bytes are written zeros (space is reserved, later writes overwrite),
    /// old ones stay. Content and name are on stable storage on return.
    /// </summary>
    public abstract void EnsureSegment(int number, long bytes);

    /// <summary>Removes a segment; one that does not exist is no error.</summary>
    public abstract void RemoveSegment(int number);

    /// <summary>Writes into a segment that exists; on stable storage on return. Never creates a file.</summary>
    public abstract void Write(int segment, long offset, ReadOnlySpan<byte> bytes);

    /// <summary>Reads from a segment; fewer bytes than asked for only at its end. Never creates a file.</summary>
    public abstract int Read(int segment, long offset, Span<byte> bytes);

    /// <summary>The whole content of the slot file, null when there is none.</summary>
    public abstract byte[]? ReadSlots();

    /// <summary>Creates the slot file at once with both slots, or not at all; on stable storage on return.</summary>
    public abstract void CreateSlots(ReadOnlySpan<byte> bothSlots);

    /// <summary>Overwrites one slot (0 or 1) in place; on stable storage on return.</summary>
    public abstract void WriteSlot(int slot, ReadOnlySpan<byte> bytes);

    /// <summary>Closes what is open. Nothing is written.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes what is open; called once.</summary>
    protected abstract void Dispose(bool disposing);
}
