using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Prices;
using StreamRecorder.Ingest.Ticks;

namespace StreamRecorder.Ingest.Files;

/// <summary>
/// Recorded ticks: a file in any of the formats of <c>POST /ticks</c>, <c>.gz</c> too. Strict where a feed is lenient: the first bad row ends it, since a replay with
/// holes would show wrong figures. Every row needs a time. Read by one thread.
/// </summary>
public sealed class TickFile : IDisposable
{
    private readonly string _path;
    private readonly PackedFile _file;
    private readonly TickDecoder _decoder;
    private readonly byte[] _buffer = new byte[IngestLimits.ReadBufferBytes];
    private int _start;
    private int _end;
    private bool _isFinal;

    public TickFile(string path, SymbolTable symbols)
    {
        _path = path;
        _file = new PackedFile(path);
        _decoder = new TickDecoder(symbols);
    }

    /// <summary>Bytes of the file and how many of them are read.</summary>
    public long Length => _file.Length;

    public long Position => _file.Position;

    /// <summary>Line of the last tick given.</summary>
    public long Line => _decoder.Line;

    /// <summary>Fills <paramref name="into"/> with the next ticks, in file order; 0 at the end. Throws <see cref="InputFileException"/> at a bad row.</summary>
    public int Read(Span<Tick> into)
    {
        while (true)
        {
            _start += _decoder.Decode(_buffer.AsSpan(_start, _end - _start), _isFinal, TickDecoder.NoArrival, into, out var written);
            Check();
            if (written > 0 || _isFinal) return written;
            Fill();
        }
    }

    public void Dispose() => _file.Dispose();

    private void Fill()
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        try
        {
            var count = _file.Read(_buffer.AsSpan(_end));
            _end += count;
            _isFinal = count == 0;
        }
        catch (InvalidDataException)
        {
            throw new InputFileException(_path, _decoder.Line + 1, "the gzip stream is broken");
        }
    }

    private void Check()
    {
        if (_decoder.Refusal is { } refusal) throw new InputFileException(_path, _decoder.Line, refusal.Detail);
        if (_decoder.Rejected > 0) throw new InputFileException(_path, _decoder.Errors[0].Line, _decoder.Errors[0].Reason);
    }
}
