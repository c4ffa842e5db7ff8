namespace StreamRecorder.Host.Replay;

/// <summary>Lines of a file as bytes without their ends, in bounded memory: of a line longer than the bound only the beginning is kept.</summary>
internal sealed class LineReader(RecordedFile file, int lengthMax)
{
    private readonly byte[] _buffer = new byte[lengthMax + 1];
    private int _start;
    private int _end;
    private bool _isFinal;

    /// <summary>Number of the line given last, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>The line given last was longer than the bound.</summary>
    public bool IsTooLong { get; private set; }

    /// <summary>False at the end. The line is valid until the next call.</summary>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        if (IsTooLong) SkipRest();
        while (true)
        {
            var length = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            IsTooLong = length < 0 && _end - _start == _buffer.Length;
            if (length >= 0 || _isFinal || IsTooLong) return TryTake(length, out line);
            Fill();
        }
    }

    private bool TryTake(int length, out ReadOnlySpan<byte> line)
    {
        var isEnded = length >= 0;
        if (!isEnded) length = _end - _start;
        line = _buffer.AsSpan(_start, length);
        _start += isEnded ? length + 1 : length;
        if (!isEnded && length == 0) return false;
        Line++;
        line = line.TrimEnd((byte)'\r');
        if (Line == 1 && line.StartsWith("\uFEFF"u8)) line = line["\uFEFF"u8.Length..];
        return true;
    }

    private void SkipRest()
    {
        while (true)
        {
            var length = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            _start = length < 0 ? _end : _start + length + 1;
            if (length >= 0 || _isFinal) return;
            Fill();
        }
    }

    private void Fill()
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        var count = file.Read(_buffer.AsSpan(_end));
        _end += count;
        _isFinal = count == 0;
    }
}
