using System.IO.MemoryMappedFiles;
using System.Text;
using StreamRecorder.Ingest.Webhooks;

namespace StreamRecorder.Host.Start;

/// <summary>
/// Which answers were handed to their connections and when, in a small file mapped into memory: a few stores an answer, no system call. The pages belong to the operating
/// system, so the marks survive <c>kill -9</c>; after a restart only deliveries without a mark are in doubt. They do not survive a power cut, so the file names the boot it
/// belongs to, and under another one nothing is known. Any thread.
/// </summary>
public sealed class AnsweredMarks : IDisposable
{
    /// <summary>Answers remembered: a minute of 2000 a second. What has been overwritten counts as unknown.</summary>
    private const int Slots = 1 << 17;
    private const int HeaderBytes = 4096;
    private const int BootBytes = 64;

    /// <summary>Sequence, then time.</summary>
    private const int SlotBytes = 2 * sizeof(long);

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    public AnsweredMarks(string path)
    {
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.OpenOrCreate, null, HeaderBytes + Slots * SlotBytes, MemoryMappedFileAccess.ReadWrite);
        _view = _file.CreateViewAccessor();
        var boot = new byte[BootBytes];
        Encoding.ASCII.GetBytes(BootId(), boot);
        var written = new byte[BootBytes];
        _view.ReadArray(0, written, 0, BootBytes);
        AreKnown = boot[0] != 0 && boot.AsSpan().SequenceEqual(written);
        if (AreKnown) return;
        for (var slot = 0; slot < Slots; slot++) _view.Write(HeaderBytes + (long)slot * SlotBytes, 0L);
        _view.WriteArray(0, boot, 0, BootBytes);
    }

    /// <summary>False when the marks are of another boot of the machine, or there were none: then nobody knows what was answered.</summary>
    public bool AreKnown { get; }

    public void Mark(WrittenAnswer answer)
    {
        if (answer.EntryId != 0) Write(answer.EntryId, answer.At);
        // A repeat's answer settles the first one too, unless that has its own mark or a newer answer has taken the place.
        if (answer.Sequence != answer.EntryId && answer.Sequence > _view.ReadInt64(PlaceOf(answer.Sequence))) Write(answer.Sequence, answer.At);
    }

    public bool IsMarked(long sequence) => _view.ReadInt64(PlaceOf(sequence)) == sequence;

    /// <summary>When the answer with that sequence was handed over, µs; null: not known, or not any more.</summary>
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

    private static long PlaceOf(long sequence) => HeaderBytes + sequence % Slots * SlotBytes;

    /// <summary>Empty where the system names no boot: then marks are never trusted.</summary>
    private static string BootId()
    {
        const string source = "/proc/sys/kernel/random/boot_id";
        return File.Exists(source) ? File.ReadAllText(source).Trim() : "";
    }
}
