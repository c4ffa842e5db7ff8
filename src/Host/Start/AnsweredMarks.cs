using System.IO.MemoryMappedFiles;
using System.Text;

namespace StreamRecorder.Host.Start;

/// <summary>
/// Which answers were handed to their connections, in a small file mapped into memory: one store an answer, no system call. The pages belong to the operating system, so the marks survive
/// <c>kill -9</c>; after a restart only deliveries without a mark are in doubt. They do not survive a power cut, so the file names the boot it belongs to, and under another one nothing is
/// known. Any thread.
/// </summary>
public sealed class AnsweredMarks : IDisposable
{
    /// <summary>Answers remembered: a minute of 2000 a second. What has been overwritten counts as unknown.</summary>
    private const int Slots = 1 << 17;
    private const int HeaderBytes = 4096;
    private const int BootBytes = 64;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    public AnsweredMarks(string path)
    {
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.OpenOrCreate, null, HeaderBytes + Slots * sizeof(long), MemoryMappedFileAccess.ReadWrite);
        _view = _file.CreateViewAccessor();
        var boot = new byte[BootBytes];
        Encoding.ASCII.GetBytes(BootId(), boot);
        var written = new byte[BootBytes];
        _view.ReadArray(0, written, 0, BootBytes);
        AreKnown = boot[0] != 0 && boot.AsSpan().SequenceEqual(written);
        if (AreKnown) return;
        for (var slot = 0; slot < Slots; slot++) _view.Write(HeaderBytes + (long)slot * sizeof(long), 0L);
        _view.WriteArray(0, boot, 0, BootBytes);
    }

    /// <summary>False when the marks are of another boot of the machine, or there were none: then nobody knows what was answered.</summary>
    public bool AreKnown { get; }

    public void Mark(long sequence) => _view.Write(PlaceOf(sequence), sequence);

    public bool IsMarked(long sequence) => _view.ReadInt64(PlaceOf(sequence)) == sequence;

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }

    private static long PlaceOf(long sequence) => HeaderBytes + sequence % Slots * sizeof(long);

    /// <summary>Empty where the system names no boot: then marks are never trusted.</summary>
    private static string BootId()
    {
        const string source = "/proc/sys/kernel/random/boot_id";
        return File.Exists(source) ? File.ReadAllText(source).Trim() : "";
    }
}
