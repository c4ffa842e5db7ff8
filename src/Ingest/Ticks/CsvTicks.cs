using StreamRecorder.Engine;
using StreamRecorder.Engine.Prices;

namespace StreamRecorder.Ingest.Ticks;

/// <summary>
/// Rows of one CSV: what its header calls the columns, and a tick from each row. Comma, semicolon or tab between columns, told by the header. A row
/// of plain numbers is read in one pass; any other is split into its texts first, with the same result.
/// </summary>
internal sealed class CsvTicks
{
    private readonly TickField[] _columns;
    private readonly byte _separator;
    private readonly TickRules _rules;

    private CsvTicks(TickField[] columns, byte separator, TickRules rules)
    {
        _columns = columns;
        _separator = separator;
        _rules = rules;
    }

    /// <summary>Null and a refusal when the line is no header that ticks can be read by.</summary>
    public static CsvTicks? FromHeader(ReadOnlySpan<byte> line, TickRules rules, out Refusal? refusal)
    {
        var separator = line.Contains((byte)',') ? (byte)',' : line.Contains((byte)';') ? (byte)';' : (byte)'\t';
        var columns = new TickField[IngestLimits.ColumnsMax];
        var ranks = new int[IngestLimits.ColumnsMax];
        var count = 0;
        foreach (var range in line.Split(separator))
        {
            if (count == columns.Length) break;
            columns[count] = TickNames.Find(Unquoted(line[range]), out ranks[count]);
            count++;
        }
        refusal = Check(columns.AsSpan(0, count), ranks) is { } detail ? Rejection.RequestInvalid.Because(detail) : null;
        return refusal is null ? new CsvTicks(columns[..count], separator, rules) : null;
    }

    /// <summary>Null and a tick, or the reason why there is none.</summary>
    public string? TryRead(ReadOnlySpan<byte> row, long arrival, out Tick tick) =>
        TryReadPlain(row, arrival, out tick) ? null : TryReadAny(row, arrival, out tick);

    /// <summary>Says what is wrong with a header. Of several columns for one field only the one of the lowest rank stays.</summary>
    private static string? Check(Span<TickField> columns, ReadOnlySpan<int> ranks)
    {
        for (var i = 0; i < columns.Length; i++)
        {
            for (var j = 0; j < i && columns[i] != TickField.None; j++)
            {
                if (columns[j] != columns[i]) continue;
                if (ranks[j] == ranks[i]) return "The first line names a column twice.";
                columns[ranks[j] < ranks[i] ? i : j] = TickField.None;
            }
        }
        if (!columns.Contains(TickField.Symbol)) return "The body is neither JSON nor a CSV whose first line names its columns: symbol is missing.";
        var isPriced = columns.Contains(TickField.Price) || (columns.Contains(TickField.Bid) && columns.Contains(TickField.Ask));
        return isPriced ? null : "The first line names neither price nor bid and ask.";
    }

    private static ReadOnlySpan<byte> Unquoted(ReadOnlySpan<byte> text)
    {
        text = text.Trim(" \t"u8);
        return text.Length >= 2 && text[0] == '"' && text[^1] == '"' ? text[1..^1].Trim(" \t"u8) : text;
    }

    private bool TryReadPlain(ReadOnlySpan<byte> row, long arrival, out Tick tick)
    {
        tick = default;
        ReadOnlySpan<byte> symbol = default;
        long price = 0, bid = 0, ask = 0, at = arrival;
        int met = 0, i = 0;
        foreach (var column in _columns)
        {
            if (i > row.Length) return false;
            met |= 1 << (int)column;
            var isRead = column switch
            {
                TickField.Price => TryNumber(row, ref i, out price),
                TickField.Bid => TryNumber(row, ref i, out bid),
                TickField.Ask => TryNumber(row, ref i, out ask),
                TickField.Size => TryNumber(row, ref i, out var size) && size >= 0,
                TickField.Time => TryTime(row, ref i, out at),
                _ => TryText(row, ref i, out var text) && (column != TickField.Symbol || !(symbol = text).IsEmpty),
            };
            if (!isRead || (i < row.Length && row[i] != _separator)) return false;
            i++;
        }
        if ((met & 1 << (int)TickField.Time) == 0 && arrival == TickRules.NoArrival) return false;
        if ((met & 1 << (int)TickField.Price) == 0) price = TickRules.Mid(bid, ask);
        return _rules.TryMake(symbol, price, at, arrival, out tick);
    }

    /// <summary>The readers of numbers want a byte behind the number; the row's last has none.</summary>
    private static bool TryNumber(ReadOnlySpan<byte> row, ref int i, out long value)
    {
        if (PlainNumber.TryRead(row, ref i, out value)) return true;
        var rest = row[i..];
        Span<byte> ended = stackalloc byte[24];
        if (rest.Length >= ended.Length) return false;
        rest.CopyTo(ended);
        ended[rest.Length] = (byte)'\n';
        var index = 0;
        if (!PlainNumber.TryRead(ended[..(rest.Length + 1)], ref index, out value) || index != rest.Length) return false;
        i = row.Length;
        return true;
    }

    private bool TryTime(ReadOnlySpan<byte> row, ref int i, out long at)
    {
        var start = i;
        if (PlainNumber.TryReadWhole(row, ref i, out var whole) && row[i] == _separator) return TickTime.TryFromEpoch(whole, out at);
        i = start;
        at = 0;
        return TryText(row, ref i, out var text) && !text.IsEmpty && _rules.Time.TryParse(text, out at);
    }

    private bool TryText(ReadOnlySpan<byte> row, scoped ref int i, out ReadOnlySpan<byte> text)
    {
        var rest = row[i..];
        var end = rest.IndexOf(_separator);
        text = end < 0 ? rest : rest[..end];
        i += text.Length;
        return text.IsEmpty || text[0] is not ((byte)'"' or (byte)' ' or (byte)'\t');
    }

    private string? TryReadAny(ReadOnlySpan<byte> row, long arrival, out Tick tick)
    {
        tick = default;
        var text = new TickText();
        var column = 0;
        for (var i = 0; i <= row.Length && column < _columns.Length; column++)
        {
            var end = EndOfCell(row, i);
            if (end < 0) return "a quote is not closed";
            var cell = Unquoted(row[i..end]);
            switch (_columns[column])
            {
                case TickField.Symbol: text.Symbol = cell; break;
                case TickField.Price: text.Price = cell; break;
                case TickField.Size: text.Size = cell; break;
                case TickField.Bid: text.Bid = cell; break;
                case TickField.Ask: text.Ask = cell; break;
                case TickField.Time: text.Time = cell; break;
            }
            i = end + 1;
        }
        return _rules.TryMake(text, arrival, out tick);
    }

    /// <summary>
    /// Index of the separator behind the cell that begins at <paramref name="start"/>, or the row's length; −1: its quote is not closed.
    /// </summary>
    private int EndOfCell(ReadOnlySpan<byte> row, int start)
    {
        var isQuoted = false;
        var begun = false;
        for (var i = start; i < row.Length; i++)
        {
            if (row[i] == '"' && (isQuoted || !begun)) isQuoted = !isQuoted;
            else if (row[i] == _separator && !isQuoted) return i;
            begun |= row[i] is not ((byte)' ' or (byte)'\t');
        }
        return isQuoted ? -1 : row.Length;
    }
}
