using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Prices;
using StreamRecorder.Ingest;
using StreamRecorder.Ingest.Ticks;

namespace StreamRecorder.Host.Replay;

/// <summary>Ticks of one file, decoded as those of a feed are: a bad row is rejected alone. Every row needs a time of its own.</summary>
internal sealed class TickReader(RecordedFile file, SymbolTable symbols, ReplayReport report)
{
    private readonly TickDecoder _decoder = new(symbols);
    private readonly byte[] _buffer = new byte[IngestLimits.ReadBufferBytes];
    private int _start;
    private int _end;
    private bool _isFinal;
    private long _ticks;

    /// <summary>Fills the array from its beginning; 0 at the end.</summary>
    public int Read(Tick[] into)
    {
        while (true)
        {
            _start += _decoder.Decode(_buffer.AsSpan(_start, _end - _start), _isFinal, TickDecoder.NoArrival, into, out var written);
            if (_decoder.Refusal is { } refusal) throw new ReplayException($"{file.Path}: {refusal.Detail}");
            _ticks += written;
            if (written > 0) return written;
            if (_isFinal) return End();
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

    private int End()
    {
        if (_ticks == 0 && _decoder.Rejected > 0)
            throw new ReplayException($"{file.Path}: no row can be read; line {_decoder.Errors[0].Line}: {_decoder.Errors[0].Reason}");
        report.RejectRows(file.Path, _decoder.Rejected, _decoder.Errors);
        return 0;
    }
}
