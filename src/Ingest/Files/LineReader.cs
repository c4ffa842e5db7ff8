namespace StreamRecorder.Ingest.Files;

/// <summary>Lines of a file without their ends, in bounded memory.</summary>
internal sealed class LineReader(PackedFile file, string path, int lengthMax)
{
    private readonly byte[] _buffer = new byte[lengthMax + 1];
    private int _start;
    private int _end;
    private bool _isFinal;

    /// <summary>Number of the last line given, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>False at the end. The line is valid until the next call.</summary>
    public bool TryRead(out ReadOnlyMemory<byte> line)
    {
        while (true)
        {
            var length = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (length >= 0 || _isFinal) return TryTake(length, out line);
            Fill();
        }
    }

    private bool TryTake(int length, out ReadOnlyMemory<byte> line)
    {
        var isLast = length < 0;
        if (isLast) length = _end - _start;
        line = _buffer.AsMemory(_start, length);
        _start = Math.Min(_start + length + 1, _end);
        if (isLast && length == 0) return false;
        Line++;
        if (Line == 1 && line.Span.StartsWith("\uFEFF"u8)) line = line["\uFEFF"u8.Length..];
        return true;
    }

    private void Fill()
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        if (_end == _buffer.Length) throw new InputFileException(path, Line + 1, $"the line has more than {lengthMax} bytes");
        try
        {
            var count = file.Read(_buffer.AsSpan(_end));
            _end += count;
            _isFinal = count == 0;
        }
        catch (InvalidDataException)
        {
            throw new InputFileException(path, Line + 1, "the gzip stream is broken");
        }
    }
}
