using StreamRecorder.Engine;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Prices;
using StreamRecorder.Engine.Signals;

namespace StreamRecorder.Sink;

/// <summary>A fill and where in the order of all inputs it stands.</summary>
internal readonly record struct SequencedFill(long Sequence, int Ordinal, FillOutput Fill);

/// <summary>What becomes of one position's row in a batch: its last state, and the fills to append.</summary>
internal sealed class PositionChange(long id)
{
    public long Id { get; } = id;

    public PositionChanged? Open { get; set; }

    public PositionClosed? Closed { get; set; }

    public List<SequencedFill> Fills { get; } = [];
}

/// <summary>The record of a key after the batch.</summary>
internal readonly record struct KeyChange(long Sequence, PositionChanged Change);

/// <summary>A signal that may come again, and its engine time.</summary>
internal readonly record struct Delivery(long At, SignalApplied Applied);

/// <summary>A table's change; applied one by one in order, since names may pass from one row to another.</summary>
internal readonly record struct TableChange(long At, Output Output);

/// <summary>
/// Outputs of whole groups as the rows they come to: what changed several times is written once. Pure; the same groups cut into other batches come to
/// the same rows. (Folds of a symbol and deliveries may then be more or fewer rows that say the same.)
/// </summary>
internal sealed class Batch
{
    private readonly Dictionary<long, PositionChange> _positions = [];
    private readonly Dictionary<(long RecorderId, string Symbol), KeyChange> _keys = [];
    private readonly Dictionary<string, FoldRun> _folds = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OutageChanged> _outages = new(StringComparer.Ordinal);
    private readonly List<TableChange> _tables = [];
    private readonly List<LedgerEntry> _ledger = [];
    private readonly List<Delivery> _deliveries = [];

    /// <summary>Groups up to <paramref name="durable"/> are in the database already and left out.</summary>
    public Batch(IReadOnlyList<OutputGroup> groups, long durable)
    {
        Sequence = durable;
        foreach (var group in groups)
        {
            if (group.Sequence <= Sequence) SkippedCount++;
            else Add(group);
        }
    }

    public long Sequence { get; private set; }

    /// <summary>Engine time of the last group.</summary>
    public long At { get; private set; }

    /// <summary>Of the last group's record in the journal.</summary>
    public uint Checksum { get; private set; }

    public int GroupCount { get; private set; }

    public int SkippedCount { get; }

    /// <summary>Outputs taken in.</summary>
    public int RowCount { get; private set; }

    public IReadOnlyCollection<PositionChange> Positions => _positions.Values;

    public IReadOnlyCollection<KeyChange> Keys => _keys.Values;

    public IReadOnlyCollection<FoldRun> Folds => _folds.Values;

    public IReadOnlyCollection<OutageChanged> Outages => _outages.Values;

    public IReadOnlyList<TableChange> Tables => _tables;

    public IReadOnlyList<LedgerEntry> Ledger => _ledger;

    public IReadOnlyList<Delivery> Deliveries => _deliveries;

    private void Add(OutputGroup group)
    {
        for (var ordinal = 0; ordinal < group.Outputs.Count; ordinal++) Add(group, ordinal, group.Outputs[ordinal]);
        Sequence = group.Sequence;
        At = group.At;
        Checksum = group.Checksum;
        GroupCount++;
        RowCount += group.Outputs.Count;
    }

    private void Add(OutputGroup group, int ordinal, Output output)
    {
        if (LedgerEntry.Of(group, output) is { } entry) _ledger.Add(entry);
        switch (output)
        {
            case FoldApplied { Ticks.IsEmpty: true }:
                break;
            case FoldApplied fold:
                FoldsOf(fold.Symbol.Name).Add(group.Sequence, group.At, fold);
                break;
            case FillOutput fill:
                ChangeOf(fill.PositionId).Fills.Add(new SequencedFill(group.Sequence, ordinal, fill));
                break;
            case PositionChanged changed:
                Add(group.Sequence, changed);
                break;
            case PositionClosed closed:
                ChangeOf(closed.Position.Id).Closed = closed;
                break;
            case OutageChanged outage:
                _outages[outage.Contract.Name] = outage;
                break;
            case SignalApplied { RememberUntil: 0 } or BodyNoted { RememberUntil: 0 }:
                break;
            case SignalApplied applied:
                _deliveries.Add(new Delivery(group.At, applied));
                break;
            default:
                _tables.Add(new TableChange(group.At, output));
                break;
        }
    }

    private void Add(long sequence, PositionChanged changed)
    {
        _keys[(changed.Names.RecorderId, changed.Names.Symbol)] = new KeyChange(sequence, changed);
        if (!changed.IsOpen) return;
        ChangeOf(changed.Position.Id).Open = changed;
        if (_folds.TryGetValue(changed.Names.Contract, out var folds)) folds.Seal();
    }

    private PositionChange ChangeOf(long id)
    {
        if (_positions.TryGetValue(id, out var change)) return change;
        change = new PositionChange(id);
        _positions.Add(id, change);
        return change;
    }

    private FoldRun FoldsOf(string symbol)
    {
        if (_folds.TryGetValue(symbol, out var folds)) return folds;
        folds = new FoldRun();
        _folds.Add(symbol, folds);
        return folds;
    }
}

/// <summary>Ticks of one symbol between two sequences.</summary>
internal struct FoldRow
{
    public long FromSequence;
    public long ToSequence;
    public Excursion Ticks;
}

/// <summary>
/// One symbol's folds in order. Neighbours are merged unless an open key starts between them: whoever folds a key takes the rows after the key's
/// own sequence, so a row must never reach over one.
/// </summary>
internal sealed class FoldRun
{
    private readonly List<FoldRow> _rows = [];
    private bool _isSealed = true;

    public IReadOnlyList<FoldRow> Rows => _rows;

    /// <summary>The newest of them, for the symbol's own row, and the greatest own time of all.</summary>
    public FoldApplied Last { get; private set; } = null!;

    public long NewestAt { get; private set; }

    /// <summary>Engine time of the newest.</summary>
    public long ChangedAt { get; private set; }

    public void Add(long sequence, long at, FoldApplied fold)
    {
        Last = fold;
        ChangedAt = at;
        NewestAt = Math.Max(NewestAt, fold.Ticks.NewestAt);
        if (_isSealed)
        {
            _rows.Add(new FoldRow { FromSequence = sequence, ToSequence = sequence, Ticks = fold.Ticks });
            _isSealed = false;
            return;
        }
        var row = _rows[^1];
        row.ToSequence = sequence;
        row.Ticks.Append(fold.Ticks);
        _rows[^1] = row;
    }

    /// <summary>A key starts here.</summary>
    public void Seal() => _isSealed = true;
}
