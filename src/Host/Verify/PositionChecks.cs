using StreamRecorder.Engine;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Sink;
using static System.FormattableString;

namespace StreamRecorder.Host.Verify;

/// <summary>Records recomputed from the journal against those of the database, field for field.</summary>
internal sealed class PositionChecks(VerificationReader database, Findings findings, GapChecks gaps)
{
    public long ClosedCount { get; private set; }

    public long OpenCount { get; private set; }

    public void CheckClosed(KeyState key, Symbol symbol, Symbol contract, long recorderId, CloseReason reason)
    {
        ref readonly var recomputed = ref key.Record;
        ClosedCount++;
        var place = Invariant($"recorder_positions, id {recomputed.Id}");
        if (database.Position(recomputed.Id) is not { } row)
        {
            findings.Add(Invariant($"{place}: the row is missing; the journal opens it and closes it at sequence {recomputed.Sequence}"));
            return;
        }
        if (!row.IsClosed) findings.Add(Invariant($"{place}, status: open, but the journal closes it at sequence {recomputed.Sequence}"));
        if (row.RecorderId != recorderId) findings.Add(Invariant($"{place}, recorder_id: {row.RecorderId} instead of {recorderId}"));
        if (row.Symbol != symbol.Name) findings.Add($"{place}, symbol: {row.Symbol} instead of {symbol.Name}");
        var expected = recomputed.Flags.HasFlag(Flags.Unpriced) ? null : contract.Name;
        if (row.Contract != expected) findings.Add($"{place}, contract: {row.Contract ?? "NULL"} instead of {expected ?? "NULL"}");
        if (row.Root != symbol.Root) findings.Add($"{place}, root: {row.Root} instead of {symbol.Root}");
        if (row.IsClosed && row.CloseReason != Words.Of(reason))
            findings.Add($"{place}, close_reason: {row.CloseReason ?? "NULL"} instead of {Words.Of(reason)}");
        if (row.TryExact(out var exact)) Compare($"{place}, exact", exact, key, contract);
    }

    /// <summary>A key as of its last change, flat or open.</summary>
    public void CheckKey(StoredKeyRow stored, KeyState key, Symbol contract)
    {
        if (key.Record.IsOpen) OpenCount++;
        var place = Invariant($"position_keys, recorder {stored.RecorderId}, symbol {stored.Symbol}");
        if (stored.Contract != contract.Name) findings.Add($"{place}, contract: {stored.Contract} instead of {contract.Name}");
        if (stored.Record is { } record) Compare($"{place}, record", record, key, contract);
    }

    private void Compare(string place, in Position stored, KeyState key, Symbol contract)
    {
        var expected = key.Record;
        if (!key.IsAlertKnown) expected.AlertAt = Math.Max(expected.AlertAt, stored.AlertAt);
        if (expected.IsOpen && key.IsGapKnown) expected.GapBase += gaps.Before(contract, stored.GapBase - expected.GapBase);
        else if (expected.IsOpen) (expected.GapBase, expected.GapSeconds) = (stored.GapBase, stored.GapSeconds);
        if (RecordDifference.Of(stored, expected) is { } difference)
            findings.Add(Invariant($"{place}: {difference}, which the journal gives up to sequence {expected.Sequence}"));
    }
}
