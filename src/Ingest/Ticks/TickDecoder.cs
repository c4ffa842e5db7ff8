using StreamRecorder.Engine;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Prices;

namespace StreamRecorder.Ingest.Ticks;

/// <summary>
/// From the bytes of a stream to ticks, whatever the chunks: NDJSON, one JSON list, or CSV with a header, told by the first byte that is no blank. A
/// bad line is rejected alone. Does no I/O: its owner keeps the bytes that it leaves (at most one line). One object per stream, one thread.
/// </summary>
/// <param name="live">Is told of each symbol; null: nobody sends at the moment (files).</param>
public sealed class TickDecoder(SymbolTable symbols, LiveFeed? live = null)
{
    /// <summary>As arrival of what has none (files): every tick must have a time of its own then.</summary>
    public const long NoArrival = TickRules.NoArrival;

    /// <summary>What a step returns when it can do nothing before more bytes come.</summary>
    private const int NeedsMore = -1;

    private readonly TickRules _rules = new(symbols, live);
    private readonly JsonShape _shape = new();
    private readonly List<TickError> _errors = [];
    private State _state = State.Start;
    private State _afterSkip;
    private CsvTicks? _csv;
    private JsonElementScan _skipped;

    private enum State
    {
        Start,
        CsvHeader,
        CsvRow,
        JsonLine,
        SkippedLine,

        /// <summary>An element comes, or the end of an empty list.</summary>
        ListFirst,
        ListElement,

        /// <summary>Behind an element: a comma or the end.</summary>
        ListNext,
        SkippedElement,
        ListEnd,
        Ignored,
    }

    /// <summary>Lines (or elements of a list) seen so far, the bad ones included.</summary>
    public long Line { get; private set; }

    public long Rejected { get; private set; }

    /// <summary>The first <see cref="IngestLimits.TickErrorsMax"/> rejected ones.</summary>
    public IReadOnlyList<TickError> Errors => _errors;

    /// <summary>Set when the whole is not to be read: a CSV without a usable header. What follows is passed over.</summary>
    public Refusal? Refusal { get; private set; }

    /// <summary>Another stream begins; what is known of symbols and of the shape of lines stays.</summary>
    public void Restart()
    {
        (_state, _csv, Refusal, Line, Rejected) = (State.Start, null, null, 0, 0);
        _errors.Clear();
    }

    /// <summary>
    /// Decodes until <paramref name="into"/> is full or <paramref name="data"/> has no complete line more. Returns how many bytes are done with; the
    /// rest comes again, with more behind it. With <paramref name="isFinal"/> the rest is the last line.
    /// </summary>
    public int Decode(ReadOnlySpan<byte> data, bool isFinal, long arrival, Span<Tick> into, out int written)
    {
        _rules.Refresh();
        var consumed = 0;
        written = 0;
        while (written < into.Length)
        {
            var isTick = false;
            var rest = data[consumed..];
            var used = _state switch
            {
                State.JsonLine => StepJsonLine(rest, isFinal, arrival, out into[written], out isTick),
                State.CsvRow => StepCsvRow(rest, isFinal, arrival, out into[written], out isTick),
                State.ListFirst or State.ListElement => StepElement(rest, isFinal, arrival, out into[written], out isTick),
                _ => StepBetween(rest, isFinal),
            };
            if (used == NeedsMore) break;
            consumed += used;
            if (isTick) written++;
        }
        return consumed;
    }

    private int StepJsonLine(ReadOnlySpan<byte> data, bool isFinal, long arrival, out Tick tick, out bool isTick)
    {
        var used = _shape.TryRead(data, _rules, arrival, out tick);
        isTick = used > 0 && used < IngestLimits.LineBytesMax && EndsLine(data, ref used);
        if (isTick)
        {
            Line++;
            return used;
        }
        if (!TryTakeLine(data, isFinal, out var line, out used) || line.IsEmpty) return used;
        isTick = IsGood(JsonTick.TryRead(line.Trim(" \t"u8), _rules, arrival, out tick));
        return used;
    }

    private int StepCsvRow(ReadOnlySpan<byte> data, bool isFinal, long arrival, out Tick tick, out bool isTick)
    {
        (tick, isTick) = (default, false);
        if (!TryTakeLine(data, isFinal, out var row, out var used) || row.IsEmpty) return used;
        isTick = IsGood(_csv!.TryRead(row, arrival, out tick));
        return used;
    }

    private int StepElement(ReadOnlySpan<byte> data, bool isFinal, long arrival, out Tick tick, out bool isTick)
    {
        (tick, isTick) = (default, false);
        var start = BlanksOf(data);
        var rest = data[start..];
        if (rest.IsEmpty) return isFinal ? EndUnclosed(data.Length) : start > 0 ? start : NeedsMore;
        if (rest[0] == ']' && _state == State.ListFirst)
        {
            _state = State.ListEnd;
            return start + 1;
        }
        var used = _shape.TryRead(rest, _rules, arrival, out tick);
        isTick = used > 0 && EndsElement(rest[used..], IngestLimits.LineBytesMax - used);
        if (isTick)
        {
            Line++;
            _state = State.ListNext;
            return start + used;
        }
        used = StepAnyElement(rest, isFinal, arrival, out tick, out isTick);
        return used != NeedsMore ? start + used : start > 0 ? start : NeedsMore;
    }

    private int StepAnyElement(ReadOnlySpan<byte> data, bool isFinal, long arrival, out Tick tick, out bool isTick)
    {
        (tick, isTick) = (default, false);
        var scan = new JsonElementScan();
        var end = scan.FindEnd(data);
        if (end < 0 && isFinal) return EndUnclosed(data.Length);
        if (end < 0 && data.Length <= IngestLimits.LineBytesMax) return NeedsMore;
        Line++;
        if (end is < 0 or > IngestLimits.LineBytesMax)
        {
            Reject($"the element has more than {IngestLimits.LineBytesMax} bytes");
            (_state, _skipped) = (end < 0 ? State.SkippedElement : State.ListNext, scan);
            return end < 0 ? data.Length : end;
        }
        isTick = IsGood(JsonTick.TryRead(data[..end], _rules, arrival, out tick));
        _state = State.ListNext;
        return end;
    }

    /// <summary>All that gives no tick by itself.</summary>
    private int StepBetween(ReadOnlySpan<byte> data, bool isFinal)
    {
        if (data.IsEmpty && _state != State.ListNext) return NeedsMore;
        return _state switch
        {
            State.Start => StepStart(data, isFinal),
            State.CsvHeader => StepHeader(data, isFinal),
            State.SkippedLine => StepSkippedLine(data),
            State.SkippedElement => StepSkippedElement(data),
            State.ListNext => StepNext(data, isFinal),
            State.ListEnd => StepListEnd(data),
            _ => data.Length,
        };
    }

    private int StepStart(ReadOnlySpan<byte> data, bool isFinal)
    {
        var bom = "\uFEFF"u8;
        if (data.StartsWith(bom)) return bom.Length;
        if (data.Length < bom.Length && bom.StartsWith(data) && !isFinal) return NeedsMore;
        var start = BlanksOf(data);
        Line += data[..start].Count((byte)'\n');
        if (start == data.Length) return start;
        _state = data[start] switch { (byte)'{' => State.JsonLine, (byte)'[' => State.ListFirst, _ => State.CsvHeader };
        if (_state != State.ListFirst) return start;
        Line = 0;
        return start + 1;
    }

    private int StepHeader(ReadOnlySpan<byte> data, bool isFinal)
    {
        if (!TryTakeLine(data, isFinal, out var line, out var used)) return used;

        // Too long is no header either: its line is empty here.
        _csv = CsvTicks.FromHeader(line, _rules, out var refusal);
        Refusal = refusal;
        _state = refusal is null ? State.CsvRow : State.Ignored;
        return used;
    }

    private int StepSkippedLine(ReadOnlySpan<byte> data)
    {
        var end = data.IndexOf((byte)'\n');
        if (end < 0) return data.Length;
        _state = _afterSkip;
        return end + 1;
    }

    private int StepSkippedElement(ReadOnlySpan<byte> data)
    {
        var end = _skipped.FindEnd(data);
        if (end < 0) return data.Length;
        _state = State.ListNext;
        return end;
    }

    private int StepNext(ReadOnlySpan<byte> data, bool isFinal)
    {
        var start = BlanksOf(data);
        if (start == data.Length) return isFinal ? EndUnclosed(start) : start > 0 ? start : NeedsMore;

        // Elements end at a comma or a bracket, nowhere else.
        _state = data[start] == ',' ? State.ListElement : State.ListEnd;
        return start + 1;
    }

    private int StepListEnd(ReadOnlySpan<byte> data)
    {
        if (BlanksOf(data) == data.Length) return data.Length;
        Line++;
        Reject("there is something behind the end of the list");
        _state = State.Ignored;
        return data.Length;
    }

    private int EndUnclosed(int used)
    {
        Line++;
        Reject("the list is not closed");
        _state = State.Ignored;
        return used;
    }

    /// <summary>
    /// The next line without its end. True with an empty line when there is nothing in
    /// it to read (blank, or too long). False: <paramref name="used"/> tells to wait.
    /// </summary>
    private bool TryTakeLine(ReadOnlySpan<byte> data, bool isFinal, out ReadOnlySpan<byte> line, out int used)
    {
        line = default;
        used = NeedsMore;
        var end = data.IndexOf((byte)'\n');
        var isComplete = end >= 0 || (isFinal && !data.IsEmpty);
        if (!isComplete && data.Length <= IngestLimits.LineBytesMax) return false;
        Line++;
        used = end < 0 ? data.Length : end + 1;
        line = end < 0 ? data : data[..end];
        if (line.Length > IngestLimits.LineBytesMax)
        {
            Reject($"the line has more than {IngestLimits.LineBytesMax} bytes");
            if (!isComplete) (_afterSkip, _state) = (_state, State.SkippedLine);
            line = default;
            return true;
        }
        line = line.TrimEnd((byte)'\r');
        if (BlanksOf(line) == line.Length) line = default;
        return true;
    }

    private bool IsGood(string? reason)
    {
        if (reason is not null) Reject(reason);
        return reason is null;
    }

    private void Reject(string reason)
    {
        Rejected++;
        if (_errors.Count < IngestLimits.TickErrorsMax) _errors.Add(new TickError(Line, reason));
    }

    private static int BlanksOf(ReadOnlySpan<byte> data)
    {
        var end = data.IndexOfAnyExcept(" \t\r\n"u8);
        return end < 0 ? data.Length : end;
    }

    /// <summary>True when the line ends right behind <paramref name="used"/>, which then moves behind its end.</summary>
    private static bool EndsLine(ReadOnlySpan<byte> data, ref int used)
    {
        var end = used;
        if (end < data.Length && data[end] == '\r') end++;
        if (end >= data.Length || data[end] != '\n') return false;
        used = end + 1;
        return true;
    }

    /// <summary>True when only blanks, within the bound of an element, are between here and a comma or the list's end.</summary>
    private static bool EndsElement(ReadOnlySpan<byte> data, int bytesMax)
    {
        var end = BlanksOf(data);
        return end < data.Length && end <= bytesMax && (data[end] is (byte)',' or (byte)']');
    }
}
