using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Signals;
using StreamRecorder.Sink;
using static System.FormattableString;

namespace StreamRecorder.Host.Verify;

/// <summary>
/// Rows of <c>signals</c> against the journal, both in the order of sequences: each journalled body has its row and each row its body,
/// from the oldest row that is kept on. Rows that went for their age are not missed; how many there must be is counted beside them.
/// </summary>
internal sealed class LedgerChecks : IDisposable
{
    private readonly Findings _findings;
    private readonly IEnumerator<StoredLedgerRow> _stored;
    private readonly long _oldest;
    private bool _hasStored;

    public LedgerChecks(VerificationReader database, Findings findings, long first)
    {
        _findings = findings;
        var (counted, found) = (database.LedgerCounted(), database.LedgerTotals());
        if (counted != (found.Rows, found.Bytes))
            findings.Add(Invariant($"signals: {found.Rows} rows of {found.Bytes} bytes, state counts {counted.Rows} of {counted.Bytes}"));
        _oldest = found.Rows + counted.Rows == 0 ? long.MaxValue : found.Oldest;
        _stored = database.Ledger(first).GetEnumerator();
        _hasStored = _stored.MoveNext();
    }

    /// <summary>A journalled input; most have no body that is kept.</summary>
    public void Check(Place place, Input input)
    {
        var (recorderId, receipt) = input switch
        {
            SignalInput signal => (signal.RecorderId, signal.Receipt),
            SignalNoted noted => (noted.RecorderId, noted.Receipt),
            _ => (0, null),
        };
        if (receipt is null) return;
        SkipBefore(place.Sequence);
        if (!_hasStored || _stored.Current.Id != place.Sequence)
        {
            if (place.Sequence >= _oldest) _findings.Add($"{RowOf(place.Sequence)}: the row is missing; the journal has its body at {place}");
            return;
        }
        Compare(place, _stored.Current, recorderId, receipt);
        _hasStored = _stored.MoveNext();
    }

    /// <summary>All inputs up to the database's sequence were checked.</summary>
    public void End() => SkipBefore(long.MaxValue);

    public void Dispose() => _stored.Dispose();

    private void Compare(Place place, StoredLedgerRow row, long recorderId, Receipt receipt)
    {
        if (row.RecorderId != recorderId)
            _findings.Add(Invariant($"{RowOf(row.Id)}, recorder_id: {row.RecorderId} instead of {recorderId}, as at {place}"));
        if (!receipt.Body.Span.SequenceEqual(row.Body)) _findings.Add($"{RowOf(row.Id)}, body: is not what was received, as at {place}");
    }

    private void SkipBefore(long sequence)
    {
        for (; _hasStored && _stored.Current.Id < sequence; _hasStored = _stored.MoveNext())
            _findings.Add($"{RowOf(_stored.Current.Id)}: the journal has no body that leaves it");
    }

    private static string RowOf(long id) => Invariant($"signals, id {id}");
}
