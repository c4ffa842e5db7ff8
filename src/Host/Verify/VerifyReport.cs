using static System.FormattableString;

namespace StreamRecorder.Host.Verify;

/// <summary>What was checked and what does not agree.</summary>
public sealed record VerifyReport
{
    /// <summary>A line each, naming the place; the first of them when there are very many.</summary>
    public required IReadOnlyList<string> Findings { get; init; }

    public required long FindingCount { get; init; }

    /// <summary>As of which the database is.</summary>
    public long Sequence { get; init; }

    public long FirstJournalled { get; init; }

    public long LastJournalled { get; init; }

    /// <summary>Records of the journal whose checksum and sequence are right.</summary>
    public long RecordCount { get; init; }

    public long PositionCount { get; init; }

    public long FillCount { get; init; }

    public long KeyCount { get; init; }

    /// <summary>Positions recomputed from the journal since their opening.</summary>
    public long RecomputedCount { get; init; }

    public long FoldRowCount { get; init; }

    public bool Agrees => FindingCount == 0;

    public IEnumerable<string> Summary()
    {
        yield return Invariant($"journal: sequences {FirstJournalled} to {LastJournalled}, {RecordCount} records are as they were written");
        yield return Invariant($"database: as of sequence {Sequence}; {PositionCount} positions, {FillCount} fills, {KeyCount} keys read");
        yield return Invariant($"recomputed from the journal: {RecomputedCount} positions, {FoldRowCount} rows of symbol_folds");
        yield return Invariant($"older than the journal, compared within the database: {Math.Max(0, PositionCount - RecomputedCount)} positions");
        if (Agrees) yield return "all agree";
        else if (FindingCount > Findings.Count) yield return Invariant($"{FindingCount} findings, the first {Findings.Count} are shown");
        else yield return Invariant($"{FindingCount} findings");
    }
}
