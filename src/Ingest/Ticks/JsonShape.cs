using StreamRecorder.Engine.Prices;

namespace StreamRecorder.Ingest.Ticks;

/// <summary>
/// The layout that the lines of a stream share: the same names, in the same order, with the same blanks. Between its values a
/// line is then constant bytes, which are compared in a few instructions instead of being read one by one. The layout is learned
/// from a line that <see cref="PlainJsonTick"/> has read; a line of another layout is left to it. One object per stream.
/// </summary>
internal sealed class JsonShape
{
    private const int PartsMax = 16;
    private const int TextBytesMax = 512;

    /// <summary>A stream of two kinds of lines in turn keeps the layout of one of them.</summary>
    private const int MissesMax = 2;

    private readonly byte[] _text = new byte[TextBytesMax];
    private readonly Part[] _parts = new Part[PartsMax];
    private int _count;

    /// <summary>The bytes behind the last value, from here to <see cref="_length"/>.</summary>
    private int _endAt;
    private int _length;
    private int _misses;
    private bool _hasPrice;
    private bool _hasTime;

    /// <summary>Constant bytes, and the value behind them.</summary>
    private readonly record struct Part(int Start, int Length, TickField Field, bool IsQuoted);

    /// <summary>As <see cref="PlainJsonTick.TryRead"/>, and with the same result.</summary>
    public int TryRead(ReadOnlySpan<byte> data, TickRules rules, long arrival, out Tick tick)
    {
        var used = TryReadShaped(data, rules, arrival, out tick);
        if (used > 0)
        {
            _misses = 0;
            return used;
        }
        used = PlainJsonTick.TryRead(data, rules, arrival, out tick);
        if (used > 0 && (_count == 0 || ++_misses >= MissesMax)) Learn(data[..used]);
        return used;
    }

    private int TryReadShaped(ReadOnlySpan<byte> data, TickRules rules, long arrival, out Tick tick)
    {
        tick = default;
        ReadOnlySpan<byte> symbol = default;
        long price = 0, bid = 0, ask = 0, at = arrival;
        var i = 0;
        foreach (ref readonly var part in _parts.AsSpan(0, _count))
        {
            if (!data[i..].StartsWith(_text.AsSpan(part.Start, part.Length))) return 0;
            i += part.Length;
            var isRead = part.Field switch
            {
                TickField.Symbol => PlainText.TryRead(data, ref i, out symbol),
                TickField.Price => PlainNumber.TryRead(data, ref i, out price),
                TickField.Bid => PlainNumber.TryRead(data, ref i, out bid),
                TickField.Ask => PlainNumber.TryRead(data, ref i, out ask),
                TickField.Size => PlainNumber.TryRead(data, ref i, out var size) && size >= 0,
                TickField.Time => TryTime(data, ref i, part.IsQuoted, rules, out at),
                _ => part.IsQuoted ? PlainText.TryRead(data, ref i, out _) : PlainNumber.TryRead(data, ref i, out _),
            };
            if (!isRead) return 0;
        }
        if (_count == 0 || !data[i..].StartsWith(_text.AsSpan(_endAt, _length - _endAt)) || (!_hasTime && arrival == TickRules.NoArrival)) return 0;
        if (!_hasPrice) price = TickRules.Mid(bid, ask);
        return rules.TryMake(symbol, price, at, arrival, out tick) ? i + _length - _endAt : 0;
    }

    private static bool TryTime(ReadOnlySpan<byte> data, ref int i, bool isQuoted, TickRules rules, out long at)
    {
        at = 0;
        if (!isQuoted) return PlainNumber.TryReadWhole(data, ref i, out var whole) && TickTime.TryFromEpoch(whole, out at);
        return PlainText.TryRead(data, ref i, out var text) && !text.IsEmpty && rules.Time.TryParse(text, out at);
    }

    /// <summary>
    /// Takes over the layout of a line that was read as plain: nothing else is in it than names, colons, values, commas and blanks.
    /// </summary>
    private void Learn(ReadOnlySpan<byte> line)
    {
        (_count, _length, _misses, _hasPrice, _hasTime) = (0, 0, 0, false, false);
        if (line.Length > _text.Length) return;
        var from = 0;
        for (var i = 1; line[i - 1] != '}'; i++)
        {
            var field = NextName(line, ref i);
            var isQuoted = line[i] == '"';
            if (isQuoted) i++;
            if (!TryAdd(line, from, i, field, isQuoted)) return;
            _hasPrice |= field == TickField.Price;
            _hasTime |= field == TickField.Time;
            i += isQuoted ? line[i..].IndexOf((byte)'"') : line[i..].IndexOfAny(" \t,}"u8);
            from = i;
            i += line[i..].IndexOfAny(",}"u8);
        }
        _endAt = _length;
        line[from..].CopyTo(_text.AsSpan(_length));
        _length += line.Length - from;
    }

    /// <summary>Goes to the next value and says what its name means.</summary>
    private static TickField NextName(ReadOnlySpan<byte> line, ref int i)
    {
        i += line[i..].IndexOf((byte)'"') + 1;
        var name = line.Slice(i, line[i..].IndexOf((byte)'"'));
        i += name.Length + 1;
        i += line[i..].IndexOf((byte)':') + 1;
        i += line[i..].IndexOfAnyExcept(" \t"u8);
        return TickNames.Find(name, out _);
    }

    private bool TryAdd(ReadOnlySpan<byte> line, int from, int until, TickField field, bool isQuoted)
    {
        if (_count == _parts.Length)
        {
            _count = 0;
            return false;
        }
        line[from..until].CopyTo(_text.AsSpan(_length));
        _parts[_count++] = new Part(_length, until - from, field, isQuoted);
        _length += until - from;
        return true;
    }
}
