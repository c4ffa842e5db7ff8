using StreamRecorder.Engine.Journal;
using static System.FormattableString;

namespace StreamRecorder.Host.Verify;

/// <summary>
/// Checks a data directory, with the service stopped or running: the journal, the
/// database, and each against the other. Takes no lock, creates and changes nothing.
/// </summary>
public sealed class Verifier(string directory, TimeProvider time)
{
    private readonly string _database = Path.Combine(Path.GetFullPath(directory), "stream_recorder.db");
    private readonly string _journal = Path.Combine(Path.GetFullPath(directory), "journal");

    public VerifyReport Run()
    {
        if (!Directory.Exists(directory)) throw new DirectoryNotFoundException($"There is no data directory {Path.GetFullPath(directory)}.");
        for (var tries = 1; ; tries++)
        {
            var before = JournalInspection.NewestCommit(_journal);
            var run = new VerifyRun(_database, _journal, time);
            run.Run();
            if (!run.IsOverrun && !IsGivenUp(run, before)) return run.Report();
            if (tries < VerifyLimits.Tries) continue;
            run.Findings.Add(Invariant($"{directory}: the running service gave up or made files under the reading {tries} times; run it again"));
            return run.Report();
        }
    }

    /// <summary>
    /// What looked like damage may be a file that the running service removed, or one that it
    /// has just made: then the newest commit has moved, and the journal must be read again.
    /// </summary>
    private bool IsGivenUp(VerifyRun run, (long Number, long FirstSequence)? before)
    {
        if (!run.IsJournalDamaged) return false;
        var after = JournalInspection.NewestCommit(_journal);
        return run.IsJournalOpened ? after?.FirstSequence != before?.FirstSequence : after != before;
    }
}
