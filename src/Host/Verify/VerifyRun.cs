using StreamRecorder.Engine.Journal;
using StreamRecorder.Sink;
using static System.FormattableString;

namespace StreamRecorder.Host.Verify;

/// <summary>
/// One pass: the database first, in one read transaction that stays open, then the journal as
/// far as its newest commit says. So the journal can only be ahead of the database, as it may.
/// </summary>
internal sealed class VerifyRun(string databasePath, string journalPath, TimeProvider time)
{
    private VerifyReport _report = new() { Findings = [], FindingCount = 0 };

    public Findings Findings { get; } = new();

    public bool IsJournalOpened { get; private set; }

    public bool IsJournalDamaged { get; private set; }

    /// <summary>A service began to write to the database under the reading.</summary>
    public bool IsOverrun { get; private set; }

    public VerifyReport Report() => _report with { Findings = Findings.Lines, FindingCount = Findings.Count };

    public void Run()
    {
        using var database = OpenDatabase();
        if (database is not null) CheckDatabase(database);
        CheckJournal(database);
        IsOverrun = database is { IsOverrun: true };
    }

    private VerificationReader? OpenDatabase()
    {
        try
        {
            return VerificationReader.Open(databasePath);
        }
        catch (Exception damage) when (damage is DatabaseDamagedException or DatabaseVersionException)
        {
            Findings.Add(damage.Message);
            return null;
        }
    }

    private void CheckDatabase(VerificationReader database)
    {
        _report = _report with { Sequence = database.State.Sequence };
        var rows = new RowChecks(database, Findings);
        try
        {
            foreach (var error in database.IntegrityErrors()) Findings.Add($"{databasePath}: {error}");
            rows.Run();
        }
        catch (DatabaseDamagedException damage)
        {
            Findings.Add(damage.Message);
        }
        _report = _report with { PositionCount = rows.PositionCount, FillCount = rows.FillCount, KeyCount = rows.KeyCount };
    }

    private void CheckJournal(VerificationReader? database)
    {
        try
        {
            using var journal = JournalInspection.Open(journalPath, time);
            IsJournalOpened = true;
            if (journal is not null) CheckJournal(journal, database);
            else if (database is null or { State.Sequence: > 0 }) Findings.Add($"{journalPath}: there is no journal");
        }
        catch (JournalDamagedException damage)
        {
            IsJournalDamaged = true;
            Findings.Add(damage.Message);
        }
    }

    private void CheckJournal(JournalInspection journal, VerificationReader? database)
    {
        var count = 0L;
        using var recomputation = database is null ? null : Begin(journal, database);
        var isComparing = recomputation is not null;
        try
        {
            journal.Read((sequence, address, checksum, payload) =>
            {
                count++;
                if (database is not null) CheckHistory(database.State, sequence, checksum);
                isComparing = isComparing && TryVisit(recomputation!, new Place(journal, address, sequence), payload);
            });
            if (isComparing && database!.State.Sequence <= journal.LastSequence) End(recomputation!);
        }
        finally
        {
            _report = _report with
            {
                FirstJournalled = journal.FirstSequence,
                LastJournalled = journal.LastSequence,
                RecordCount = count,
                RecomputedCount = recomputation?.PositionCount ?? 0,
                FoldRowCount = recomputation?.FoldRowCount ?? 0,
            };
        }
    }

    private void CheckHistory(DatabaseState state, long sequence, uint checksum)
    {
        if (sequence == state.Sequence && state.Checksum != 0 && checksum != state.Checksum)
            Findings.Add(
                Invariant($"{databasePath}: as of sequence {sequence}, but not written from the journal in {journalPath}: ")
                + "its record of this sequence has another checksum");
    }

    /// <summary>
    /// Null when the journal does not reach on from the database's sequence, or the database cannot be read: then the journal is checked by itself.
    /// </summary>
    private Recomputation? Begin(JournalInspection journal, VerificationReader database)
    {
        var sequence = database.State.Sequence;
        if (journal.LastSequence < sequence)
            Findings.Add(
                Invariant($"{journalPath}: the journal ends at sequence {journal.LastSequence}, but {databasePath} is as of sequence {sequence}"));
        if (journal.FirstSequence > sequence + 1)
        {
            Findings.Add(
                Invariant($"{databasePath}: as of sequence {sequence}, but the journal in {journalPath} begins at {journal.FirstSequence}: ")
                + "it is of another time, inputs between are missing");
            return null;
        }
        try
        {
            return new Recomputation(database, Findings, journal.FirstSequence);
        }
        catch (DatabaseDamagedException damage)
        {
            Findings.Add(damage.Message);
            return null;
        }
    }

    /// <summary>False when the database cannot be read any further: the rest of the journal is still checked by itself.</summary>
    private bool TryVisit(Recomputation recomputation, Place place, ReadOnlySpan<byte> payload)
    {
        try
        {
            recomputation.Visit(place, payload);
            return true;
        }
        catch (DatabaseDamagedException damage)
        {
            Findings.Add(damage.Message);
            return false;
        }
    }

    private void End(Recomputation recomputation)
    {
        try
        {
            recomputation.End();
        }
        catch (DatabaseDamagedException damage)
        {
            Findings.Add(damage.Message);
        }
    }
}
