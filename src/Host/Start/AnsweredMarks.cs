using System.IO.MemoryMappedFiles;
using System.Text;
using StreamRecorder.Ingest.Webhooks;

namespace StreamRecorder.Host.Start;

/// <summary>
/// Which answers were sent and when, in a small file mapped into memory: a few stores an answer, no system call. The pages belong
/// to the operating system, so the marks survive <c>kill -9</c>; after a restart only deliveries without a mark are in doubt.
/// They do not survive a power cut, so the file names the boot it belongs to, and under another one nothing is known. Any thread.
/// </summary>
public sealed class AnsweredMarks : IDisposable
{
    /// <summary>Answers remembered: a minute of 2000 a second. What has been overwritten counts as unknown.</summary>
    private const int Slots = 1 << 17;
    private const int HeaderBytes = 4096;
    private const int BootBytes = 64;

    /// <summary>Sequence, then time.</summary>
    private const int SlotBytes = 2 * sizeof(long);
    private const int FileBytes = HeaderBytes + Slots * SlotBytes;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    public AnsweredMarks(string path)
    {
        var boot = new byte[BootBytes];
        Encoding.ASCII.GetBytes(BootId(), boot);
        using (var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite)) AreKnown = Prepare(file, boot);
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, FileBytes, MemoryMappedFileAccess.ReadWrite);
        _view = _file.CreateViewAccessor();
    }

    /// <summary>False when the marks are of another boot of the machine, or there were none: then nobody knows what was answered.</summary>
    public bool AreKnown { get; }

    public void Mark(WrittenAnswer answer)
    {
        if (answer.EntryId != 0) Write(answer.EntryId, answer.At);
        // A repeat's answer settles the first one too, unless that has its own mark or a newer answer has taken the place.
        if (answer.Sequence != answer.EntryId && answer.Sequence > _view.ReadInt64(PlaceOf(answer.Sequence))) Write(answer.Sequence, answer.At);
    }

    /// <summary>Whether the process before this one sent that answer for certain.</summary>
    public bool WasSent(long sequence) => TimeOf(sequence) is not null;

    /// <summary>When the answer with that sequence was sent, µs; null: not known, or not any more.</summary>
    public long? TimeOf(long sequence)
    {
        var place = PlaceOf(sequence);
        if (_view.ReadInt64(place) != sequence) return null;
        Interlocked.MemoryBarrier();
        var at = _view.ReadInt64(place + sizeof(long));
        Interlocked.MemoryBarrier();
        return _view.ReadInt64(place) == sequence ? at : null;
    }

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }

    /// <summary>Without a sequence while the time is another's: a reader must never pair the two.</summary>
    private void Write(long sequence, long at)
    {
        var place = PlaceOf(sequence);
        _view.Write(place, 0L);
        Interlocked.MemoryBarrier();
        _view.Write(place + sizeof(long), at);
        Interlocked.MemoryBarrier();
        _view.Write(place, sequence);
    }

    /// <summary>
    /// True when the file holds marks of this boot. Otherwise all of it is written before it is mapped: a store into a page that the file system
    /// has no room for would kill the process without a word. The boot comes last, so that a crash in between leaves marks that nobody trusts.
    /// </summary>
    private static bool Prepare(FileStream file, byte[] boot)
    {
        var written = new byte[BootBytes];
        if (boot[0] != 0 && file.Length == FileBytes && file.Read(written) == BootBytes && boot.AsSpan().SequenceEqual(written)) return true;
        file.Position = BootBytes;
        file.Write(new byte[FileBytes - BootBytes]);
        file.Flush();
        file.Position = 0;
        file.Write(boot);
        file.SetLength(FileBytes);
        return false;
    }

    private static long PlaceOf(long sequence) => HeaderBytes + sequence % Slots * SlotBytes;

    /// <summary>Empty where the system names no boot: then marks are never trusted.</summary>
    private static string BootId()
    {
        const string source = "/proc/sys/kernel/random/boot_id";
        return File.Exists(source) ? File.ReadAllText(source).Trim() : "";
    }
}
