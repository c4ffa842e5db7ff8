using System.Text;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Sink;

namespace StreamRecorder.Host.Verify;

/// <summary>
/// The fills of one position, in order, as what they come to: the JSON of its row, and all of its record that no tick
/// has a part in. So positions that are older than the journal are recomputed as far as the database alone allows.
/// </summary>
internal sealed class FillTally(Side side, int entriesLength, int exitsLength)
{
    private readonly FillText _entries = new(entriesLength);
    private readonly FillText _exits = new(exitsLength);
    private Position _record = new() { Side = side };

    /// <summary>False when there is none, or more leaves than was held: then the record says nothing.</summary>
    public bool IsWhole { get; private set; }

    public long? ExitTime { get; private set; }

    public void Add(StoredFill stored)
    {
        var fill = stored.Fill;
        (fill.IsEntry ? _entries : _exits).Append(fill.Price, fill.Quantity, fill.At);
        if (!fill.IsEntry) ExitTime = fill.At;
        if (_record.Id == 0) IsWhole = Begin(stored);
        if (!IsWhole) return;
        if (fill.Quantity <= 0) IsWhole = false;
        else if (fill.IsEntry) PositionMath.Enter(ref _record, fill.Price, fill.Quantity, 0, fill.At);
        else if (fill.Quantity <= _record.Held) PositionMath.Exit(ref _record, fill.Price, fill.Quantity, 0, fill.At);
        else IsWhole = false;
        _record.Sequence = stored.Sequence;
        _record.UpdatedAt = fill.At;
    }

    public bool SaysEntries(string text) => _entries.Is(text);

    public bool SaysExits(string text) => _exits.Is(text);

    /// <summary>How the record differs in what fills alone decide; null: it does not.</summary>
    public string? Difference(in Position exact)
    {
        var expected = exact;
        expected.Id = _record.Id;
        expected.OpenedAt = _record.OpenedAt;
        expected.Sequence = _record.Sequence;
        expected.UpdatedAt = _record.UpdatedAt;
        expected.Quantity = _record.Quantity;
        expected.MaxQuantity = _record.MaxQuantity;
        expected.Cost = _record.Cost;
        expected.Realized = _record.Realized;
        expected.EntryQuantity = _record.EntryQuantity;
        expected.EntryValue = _record.EntryValue;
        expected.ExitQuantity = _record.ExitQuantity;
        expected.ExitValue = _record.ExitValue;
        // Nothing comes between a fill and the record made of it.
        expected.LastPrice = _record.LastPrice;
        expected.LastAt = _record.LastAt;
        return RecordDifference.Of(exact, expected);
    }

    private bool Begin(StoredFill first)
    {
        _record.Id = first.Sequence;
        _record.OpenedAt = first.Fill.At;
        return first.Fill.IsEntry && side != Side.Flat;
    }
}

/// <summary>The text of <c>entries</c> or <c>exits</c> that fills give, built no further than the stored text is long.</summary>
internal sealed class FillText(int storedLength)
{
    private readonly StringBuilder _text = new("[");

    public void Append(long price, long quantity, long at)
    {
        if (_text.Length > storedLength) return;
        if (_text.Length > 1) _text.Append(',');
        _text.Append("{\"price\":").Append(Fixed9.Format(price)).Append(",\"qty\":").Append(Fixed9.Format(quantity))
            .Append(",\"time\":\"").Append(Timestamp.Format(at)).Append("\"}");
    }

    public bool Is(string stored)
    {
        var text = _text.ToString();
        if (stored.Length == text.Length + 1) return stored[^1] == ']' && stored.AsSpan(0, text.Length).SequenceEqual(text);
        // Beyond its greatest length the row was given no more fills: it must say the first of them.
        return stored.Length > VerificationReader.FillsTextMax && stored.Length <= text.Length
            && stored[^1] == ']' && text[stored.Length - 1] == ','
            && text.AsSpan(0, stored.Length - 1).SequenceEqual(stored.AsSpan(0, stored.Length - 1));
    }
}
