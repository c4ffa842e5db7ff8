using StreamRecorder.Engine.Positions;
using StreamRecorder.Sink;
using static System.FormattableString;

namespace StreamRecorder.Host.Verify;

/// <summary>
/// What people read in the database against what the program reads: readable columns, texts of fills, exact
/// records and keys, each against the other; and the bytes of deliveries. Needs no journal, so it covers every position however old.
/// </summary>
internal sealed class RowChecks(VerificationReader database, Findings findings)
{
    public long PositionCount { get; private set; }

    public long FillCount { get; private set; }

    public long KeyCount { get; private set; }

    public void Run()
    {
        CheckPositions();
        foreach (var key in database.Keys()) Check(key);
        var keyedTotal = 0L;
        foreach (var run in database.DeliveryRuns())
        {
            Check(run, keyedTotal);
            keyedTotal = run.KeyedTotal ?? keyedTotal;
        }
    }

    /// <summary>Positions and fills are both in the order of the position's id: merged like two sorted lists.</summary>
    private void CheckPositions()
    {
        using var fills = database.FillsByPosition().GetEnumerator();
        var hasFill = fills.MoveNext();
        foreach (var row in database.Positions())
        {
            PositionCount++;
            for (; hasFill && fills.Current.PositionId < row.Id; hasFill = fills.MoveNext()) AddOrphan(fills.Current);
            var isReadable = row.TryExact(out var exact);
            var tally = new FillTally(exact.Side, row.Entries.Length, row.Exits.Length);
            for (; hasFill && fills.Current.PositionId == row.Id; hasFill = fills.MoveNext())
            {
                CheckColumns(fills.Current);
                tally.Add(fills.Current);
            }
            if (isReadable) Check(row, exact, tally);
            else Add(row, "exact", "its version, length or checksum is not what was written");
        }
        for (; hasFill; hasFill = fills.MoveNext()) AddOrphan(fills.Current);
    }

    private void CheckColumns(StoredFill fill)
    {
        FillCount++;
        foreach (var difference in fill.Differences()) findings.Add($"{PlaceOf(fill)}, {Said(difference)}");
    }

    private void Check(StoredPosition row, in Position exact, FillTally tally)
    {
        CheckColumns(row, exact, tally.ExitTime);
        if (!tally.SaysEntries(row.Entries)) Add(row, "entries", "differs from its rows of fills");
        if (!tally.SaysExits(row.Exits)) Add(row, "exits", "differs from its rows of fills");
        if (!tally.IsWhole) findings.Add(Invariant($"fills, position {row.Id}: its rows are not those of a position: one is missing or altered"));
        else if (tally.Difference(exact) is { } difference) Add(row, "exact", $"differs from its rows of fills: {difference}");
        if (row.IsClosed && exact.Quantity != 0) Add(row, "status", "closed, but its exact record holds a quantity");
        if (!row.IsClosed) CheckOpen(row, exact);
    }

    private void CheckColumns(StoredPosition row, in Position exact, long? exitTime)
    {
        try
        {
            if (exact.Id != row.Id) Add(row, "exact", Invariant($"is the record of position {exact.Id}"));
            foreach (var difference in row.Differences(exact, exitTime))
            {
                // A snapshot may have been taken in the very microsecond of the fill.
                if (row.IsClosed || !StoredPosition.IsLive(difference.Column) || !database.HasSnapshot(row)) Add(row, Said(difference));
            }
        }
        catch (Exception impossible) when (impossible is ArithmeticException or ArgumentException)
        {
            // A checksum can be right over values that no position ever had.
            Add(row, "exact", $"no figures can be made of it ({impossible.Message})");
        }
    }

    private void CheckOpen(StoredPosition row, in Position exact)
    {
        var key = database.Key(row.RecorderId, row.Symbol);
        if (key is not { IsOpen: true, Record: { } record } || record.Id != row.Id)
            Add(row, "status", $"open, but position_keys of recorder and symbol {row.Symbol} holds another or none");
        else if (RecordDifference.Of(exact, record) is { } difference)
            Add(row, "exact", $"differs from the record in position_keys: {difference}");
        else if (row.Contract is { } contract && contract != key.Contract)
            Add(row, "contract", $"{contract}, but position_keys has {key.Contract}");
    }

    private void Check(StoredKeyRow key)
    {
        KeyCount++;
        var place = Invariant($"position_keys, recorder {key.RecorderId}, symbol {key.Symbol}");
        if (key.Record is not { } record)
        {
            findings.Add($"{place}, record: its version, length or checksum is not what was written");
            return;
        }
        if (record.Sequence != key.Sequence) findings.Add(Invariant($"{place}, sequence: {key.Sequence}, its record says {record.Sequence}"));
        if (record.IsOpen != key.IsOpen) findings.Add($"{place}, is_open: {key.IsOpen}, its record says {record.IsOpen}");
        if (!record.IsOpen) return;
        if (database.Position(record.Id) is not { IsClosed: false } row)
            findings.Add(Invariant($"{place}, record: position {record.Id}, of which recorder_positions has no open row"));
        else if (row.Root != key.Root) findings.Add(Invariant($"{place}, root: {key.Root}, recorder_positions has {row.Root}"));
    }

    private void Check(StoredDeliveryRun run, long keyedBefore)
    {
        var place = Invariant($"delivery_runs, last_sequence {run.LastSequence}");
        if (run.Deliveries is not { } deliveries)
        {
            findings.Add($"{place}, deliveries: their length or checksum is not what was written");
            return;
        }
        var last = deliveries[^1].Answer.Sequence;
        if (last != run.LastSequence) findings.Add(Invariant($"{place}: the last of its deliveries is of sequence {last}"));
        var keyed = deliveries.Count(d => d.Key is not null);
        // Runs before it may be gone, so there can be more than these.
        if (keyed != (run.KeyedTotal is null ? 0 : deliveries.Count) || run.KeyedTotal < keyedBefore + keyed)
            findings.Add(Invariant($"{place}, keyed_total: {run.KeyedTotal} after {keyedBefore}; {keyed} of {deliveries.Count} have a key"));
        foreach (var delivery in deliveries)
            if (delivery.Until > run.Until)
                findings.Add(Invariant($"{place}, until_us: before that of its delivery of sequence {delivery.Answer.Sequence}"));
    }

    private void AddOrphan(StoredFill fill)
    {
        FillCount++;
        findings.Add($"{PlaceOf(fill)}: recorder_positions has no such position");
    }

    private static string PlaceOf(StoredFill fill) => Invariant($"fills, position {fill.PositionId}, seq {fill.Sequence}, ordinal {fill.Ordinal}");

    private static string Said(ColumnDifference difference) =>
        $"{difference.Column}: {difference.Stored}, the exact value gives {difference.Expected}";

    private void Add(StoredPosition row, string column, string what) => Add(row, $"{column}: {what}");

    private void Add(StoredPosition row, string what) => findings.Add(Invariant($"recorder_positions, id {row.Id}, {what}"));
}
