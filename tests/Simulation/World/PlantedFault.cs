using StreamRecorder.Engine.Messages;

namespace StreamRecorder.Simulation;

internal enum FaultKind
{
    None,
    WrongCombine,
    LostCommit,
    EarlyAnswer,
    DroppedRow,
    FoldTwice,
    TornReversal,
    TruncationAboveC,
}

/// <summary>
/// A fault put in on purpose, to see that the run notices. Those of the sink alter groups on their way into a batch. Each remembers
/// what it did, so that a run can say afterwards whether its consequence was ever there to be seen (<see cref="IsReached"/>).
/// </summary>
internal sealed class PlantedFault(FaultKind kind, int seed)
{
    private readonly Random _random = new(seed);
    private readonly List<(long Sequence, FoldApplied Fold)> _folds = [];
    private readonly List<(long Sequence, PositionChanged Row)> _rows = [];

    public FaultKind Kind { get; } = kind;

    /// <summary>A start or a crash met the fault's consequence: from then on a run that finds nothing wrong has missed it.</summary>
    public bool IsReached { get; set; }

    /// <summary>The fault is done and needs a crash now.</summary>
    public bool WantsCrash { get; private set; }

    public void Crashed() => WantsCrash = false;

    /// <summary>What the sink writes instead; <paramref name="taken"/> says how many of the groups that stands for.</summary>
    public List<OutputGroup> Alter(List<OutputGroup> groups, long durable, out int taken)
    {
        taken = groups.Count;
        if (Kind == FaultKind.TornReversal) return Torn(groups, durable, out taken);
        if (Kind is FaultKind.None or FaultKind.LostCommit or FaultKind.EarlyAnswer or FaultKind.TruncationAboveC) return groups;
        return [.. groups.Select(
                g => g.Sequence <= durable ? g : Kind == FaultKind.DroppedRow
                    ? WithoutRow(g)
                    : g with { Outputs = [.. g.Outputs.SelectMany(o => Alter(g.Sequence, o))] })];
    }

    /// <summary>A start found the database as of a sequence: would anything of it be different without the fault?</summary>
    public void Started(SimDatabase database, long sequence, Model model)
    {
        foreach (var (at, fold) in _folds.Where(f => f.Sequence <= sequence))
            if (model.Book.Places.Any(p => p.Value.Open is { } open && open.PricedBy.Name == fold.Symbol.Name && Matters(open, at, fold)))
                IsReached = true;
        foreach (var (at, row) in _rows.Where(r => r.Sequence <= sequence))
            if (database.KeySequence(row.Names.RecorderId, row.Names.Symbol) < at) IsReached = true;
    }

    private bool Matters(ModelPosition open, long at, FoldApplied fold)
    {
        if (open.ChangedAt >= at) return false;
        if (Kind == FaultKind.FoldTwice) return true;
        var extreme = open.Side > 0 ? open.Worst : open.Best;
        return extreme == (fold.Ticks.Min, fold.Ticks.MinAt);
    }

    private IEnumerable<Output> Alter(long sequence, Output output)
    {
        switch (output)
        {
            case FoldApplied { Ticks.Count: > 0 } fold when Kind == FaultKind.FoldTwice:
                _folds.Add((sequence, fold));
                return [fold, fold];
            case FoldApplied { Ticks: var ticks } fold when Kind == FaultKind.WrongCombine && ticks.Min < Math.Min(ticks.First, ticks.Last):
                _folds.Add((sequence, fold));
                ticks.Min = ticks.Last;
                return [fold with { Ticks = ticks }];
            default:
                return [output];
        }
    }

    /// <summary>The row of an open key goes, and the fills that would ask for it.</summary>
    private OutputGroup WithoutRow(OutputGroup group)
    {
        var row = group.Outputs.OfType<PositionChanged>().FirstOrDefault(o => o.Position.IsOpen);
        if (row is null || group.Outputs.Any(o => o is PositionClosed) || _random.Next(3) != 0) return group;
        _rows.Add((group.Sequence, row));
        return group with { Outputs = [.. group.Outputs.Where(o => o is not (PositionChanged or FillOutput))] };
    }

    /// <summary>Up to and with the first half of a reversal, as if its group were two transactions.</summary>
    private List<OutputGroup> Torn(List<OutputGroup> groups, long durable, out int taken)
    {
        taken = groups.Count;
        var index = groups.FindIndex(g => g.Sequence > durable && IsReversal(g));
        if (index < 0 || WantsCrash) return groups;
        var closing = groups[index].Outputs.ToList().FindIndex(o => o is PositionClosed);
        taken = index + 1;
        WantsCrash = IsReached = true;
        return [.. groups[..index], groups[index] with { Outputs = [.. groups[index].Outputs.Take(closing + 1)] }];
    }

    private static bool IsReversal(OutputGroup group) =>
        group.Outputs.Any(o => o is PositionClosed) && group.Outputs.Any(o => o is PositionChanged { Position.IsOpen: true });
}
