using StreamRecorder.Engine.Messages;
using StreamRecorder.Sink;
using static System.FormattableString;

namespace StreamRecorder.Host.Verify;

/// <summary>
/// Rows of <c>fills</c> against the journal, both in the order of sequences: each applied signal has its fills, each fill its signal.
/// </summary>
internal sealed class FillChecks : IDisposable
{
    private readonly Findings _findings;
    private readonly IEnumerator<StoredFill> _stored;
    private readonly List<StoredFill> _found = [];
    private bool _hasStored;

    public FillChecks(VerificationReader database, Findings findings, long first)
    {
        _findings = findings;
        _stored = database.FillsBySequence(first).GetEnumerator();
        _hasStored = _stored.MoveNext();
    }

    /// <summary>Whether a signal left fills; asked before it is checked.</summary>
    public bool Has(long sequence)
    {
        SkipBefore(sequence);
        return _hasStored && _stored.Current.Sequence == sequence;
    }

    /// <summary>A journalled signal and the fills it leaves; none when it is ignored.</summary>
    public void Check(Place place, IReadOnlyList<(int Ordinal, FillOutput Fill)> expected)
    {
        SkipBefore(place.Sequence);
        _found.Clear();
        for (; _hasStored && _stored.Current.Sequence == place.Sequence; _hasStored = _stored.MoveNext()) _found.Add(_stored.Current);
        foreach (var (ordinal, fill) in expected)
        {
            var index = _found.FindIndex(f => f.Ordinal == ordinal && f.PositionId == fill.PositionId);
            var row = Invariant($"fills, position {fill.PositionId}, seq {place.Sequence}, ordinal {ordinal}");
            if (index < 0)
            {
                _findings.Add($"{row}: the row is missing; the journal has its signal at {place}");
                continue;
            }
            if (_found[index].Fill != fill) _findings.Add($"{row}: {Difference(_found[index].Fill, fill)}, as the signal gives it at {place}");
            _found.RemoveAt(index);
        }
        foreach (var extra in _found) AddExtra(extra);
    }

    /// <summary>All signals up to the database's sequence were checked.</summary>
    public void End() => SkipBefore(long.MaxValue);

    public void Dispose() => _stored.Dispose();

    private void SkipBefore(long sequence)
    {
        for (; _hasStored && _stored.Current.Sequence < sequence; _hasStored = _stored.MoveNext()) AddExtra(_stored.Current);
    }

    private void AddExtra(StoredFill fill) =>
        _findings.Add(
            Invariant($"fills, position {fill.PositionId}, seq {fill.Sequence}, ordinal {fill.Ordinal}: the journal has no signal that leaves it"));

    private static string Difference(FillOutput stored, FillOutput expected)
    {
        (string Column, object? Stored, object? Expected)[] columns =
        [
            ("is_entry", stored.IsEntry, expected.IsEntry), ("price_e9", stored.Price, expected.Price),
            ("quantity_e9", stored.Quantity, expected.Quantity),
            ("at", stored.At, expected.At), ("signal_at", stored.SignalAt, expected.SignalAt),
            ("price_source", stored.PriceSource, expected.PriceSource),
            ("flags", stored.Flags, expected.Flags), ("label", stored.Label, expected.Label),
        ];
        return string.Join(
            ", ", columns.Where(c => !Equals(c.Stored, c.Expected))
                .Select(c => Invariant($"{c.Column} {c.Stored ?? "NULL"} instead of {c.Expected ?? "NULL"}")));
    }
}
