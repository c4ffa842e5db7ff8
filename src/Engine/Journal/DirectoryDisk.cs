using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using static System.FormattableString;

namespace StreamRecorder.Engine.Journal;

/// <summary>
/// A journal's files in one directory: <c>segment.N</c>, <c>commits</c> and <c>lock</c>. Every handle that writes is opened write-through,
/// so a write that returned survives power loss; the directory is synced after a file is created.
/// </summary>
public sealed partial class DirectoryDisk : JournalDisk
{
    private const string SegmentPrefix = "segment.";

    private readonly string _directory;
    private readonly FileStream _lock;
    private readonly ConcurrentDictionary<int, SafeFileHandle> _segments = new();
    private SafeFileHandle? _slots;

    /// <summary>Opens (or creates) the directory. Throws <see cref="IOException"/> when another process has this journal open.</summary>
    public DirectoryDisk(string directory)
    {
        _directory = Path.GetFullPath(directory);
        Directory.CreateDirectory(_directory);
        _lock = Lock(Path.Combine(_directory, "lock"));
        SyncDirectory(Path.GetDirectoryName(_directory) ?? _directory);
        SyncDirectory(_directory);
    }

    public override string Name => _directory;

    public override string SlotsName => SlotsNameIn(_directory);

    public override string SegmentName(int number) => SegmentNameIn(_directory, number);

    public override IReadOnlyList<JournalSegment> Segments() => SegmentsIn(_directory);

    internal static string SlotsNameIn(string directory) => Path.Combine(directory, "commits");

    internal static string SegmentNameIn(string directory, int number) =>
        Path.Combine(directory, SegmentPrefix + number.ToString(CultureInfo.InvariantCulture));

    internal static List<JournalSegment> SegmentsIn(string directory)
    {
        var found = new List<JournalSegment>();
        foreach (var file in new DirectoryInfo(directory).EnumerateFiles(SegmentPrefix + "*"))
        {
            if (int.TryParse(file.Name.AsSpan(SegmentPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int number))
                found.Add(new JournalSegment(number, file.Length));
        }

        found.Sort((a, b) => a.Number.CompareTo(b.Number));
        return found;
    }

    public override void EnsureSegment(int number, long bytes)
    {
        string name = SegmentName(number);
        using var handle = File.OpenHandle(name, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite, FileOptions.WriteThrough);
        var zeros = new byte[JournalLimits.WriteAheadBytes];
        for (long at = RandomAccess.GetLength(handle); at < bytes;)
        {
            int piece = (int)Math.Min(zeros.Length, bytes - at);
            RandomAccess.Write(handle, zeros.AsSpan(0, piece), at);
            at += piece;
        }

        SyncDirectory(_directory);
    }

    public override void RemoveSegment(int number)
    {
        if (_segments.TryRemove(number, out var handle)) handle.Dispose();
        File.Delete(SegmentName(number));
    }

    public override void Write(int segment, long offset, ReadOnlySpan<byte> bytes) => RandomAccess.Write(Segment(segment), bytes, offset);

    public override int Read(int segment, long offset, Span<byte> bytes)
    {
        var handle = Segment(segment);
        int count = 0;
        while (count < bytes.Length)
        {
            int read = RandomAccess.Read(handle, bytes[count..], offset + count);
            if (read == 0) break;
            count += read;
        }

        return count;
    }

    public override byte[]? ReadSlots() => File.Exists(SlotsName) ? File.ReadAllBytes(SlotsName) : null;

    public override void CreateSlots(ReadOnlySpan<byte> bothSlots)
    {
        string fresh = SlotsName + ".new";
        using (var handle = File.OpenHandle(fresh, FileMode.Create, FileAccess.Write, FileShare.None, FileOptions.WriteThrough))
        {
            RandomAccess.Write(handle, bothSlots, 0);
            RandomAccess.FlushToDisk(handle);
        }

        File.Move(fresh, SlotsName);
        SyncDirectory(_directory);
    }

    public override void WriteSlot(int slot, ReadOnlySpan<byte> bytes)
    {
        _slots ??= File.OpenHandle(SlotsName, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, FileOptions.WriteThrough);
        RandomAccess.Write(_slots, bytes, (long)slot * CommitSlot.Bytes);
    }

    protected override void Dispose(bool disposing)
    {
        foreach (var handle in _segments.Values) handle.Dispose();
        _slots?.Dispose();
        _lock.Dispose();
    }

    private SafeFileHandle Segment(int number)
    {
        if (_segments.TryGetValue(number, out var handle)) return handle;
        handle = File.OpenHandle(SegmentName(number), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, FileOptions.WriteThrough);
        if (_segments.TryAdd(number, handle)) return handle;
        handle.Dispose();
        return _segments[number];
    }

    private static FileStream Lock(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new IOException($"The journal in {Path.GetDirectoryName(path)} cannot be locked; is another process using it? ({e.Message})", e);
        }
    }

    /// <summary>Makes the names in a directory durable. .NET has no call for it; elsewhere than on Unix there is no need.</summary>
    public static void SyncDirectory(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        int descriptor = Open(path, 0);
        int error = Marshal.GetLastPInvokeError();
        if (descriptor < 0) throw new IOException(Invariant($"The directory {path} cannot be opened to sync it (error {error})."));
        int failed = Fsync(descriptor);
        error = Marshal.GetLastPInvokeError();
        _ = Close(descriptor);
        if (failed != 0) throw new IOException(Invariant($"The directory {path} cannot be synced (error {error})."));
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
