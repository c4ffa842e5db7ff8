using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;

namespace StreamRecorder.Engine.Journal;

/// <summary>
/// A journal's files as they are, without the lock and with handles that cannot write: another process may have the journal open and go on.
/// What writes throws; nothing that reads asks for it.
/// </summary>
internal sealed class ReadOnlyDisk(string directory) : JournalDisk
{
    private readonly ConcurrentDictionary<int, SafeFileHandle> _segments = new();

    public override string Name => directory;

    public override string SlotsName => DirectoryDisk.SlotsNameIn(directory);

    public override string SegmentName(int number) => DirectoryDisk.SegmentNameIn(directory, number);

    public override IReadOnlyList<JournalSegment> Segments() => Directory.Exists(directory) ? DirectoryDisk.SegmentsIn(directory) : [];

    public override int Read(int segment, long offset, Span<byte> bytes)
    {
        var handle = _segments.GetOrAdd(segment, number => OpenRead(SegmentName(number)));
        return ReadFully(handle, offset, bytes);
    }

    public override byte[]? ReadSlots()
    {
        if (!File.Exists(SlotsName)) return null;
        using var handle = OpenRead(SlotsName);
        var both = new byte[CommitSlot.Bytes * CommitSlot.Count];
        return both[..ReadFully(handle, 0, both)];
    }

    public override void EnsureSegment(int number, long bytes) => throw CannotWrite();

    public override void RemoveSegment(int number) => throw CannotWrite();

    public override void Write(int segment, long offset, ReadOnlySpan<byte> bytes) => throw CannotWrite();

    public override void CreateSlots(ReadOnlySpan<byte> bothSlots) => throw CannotWrite();

    public override void WriteSlot(int slot, ReadOnlySpan<byte> bytes) => throw CannotWrite();

    protected override void Dispose(bool disposing)
    {
        foreach (var handle in _segments.Values) handle.Dispose();
    }

    private static SafeFileHandle OpenRead(string path) =>
        File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    private static int ReadFully(SafeFileHandle handle, long offset, Span<byte> bytes)
    {
        int count = 0;
        while (count < bytes.Length)
        {
            int read = RandomAccess.Read(handle, bytes[count..], offset + count);
            if (read == 0) break;
            count += read;
        }

        return count;
    }

    private NotSupportedException CannotWrite() => new($"The journal in {directory} was opened for reading only.");
}
