using System.Diagnostics;
using StreamRecorder.Engine.Signals;
using StreamRecorder.Host.Verify;
using Xunit;

namespace StreamRecorder.Host.Tests.Verify;

/// <summary>Histories in which nothing is wrong: everything is checked, nothing found, nothing touched.</summary>
public sealed class VerifierTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Verify_CleanHistoryWithRestarts_RecomputesEveryPosition(int seed)
    {
        using var files = new DataFiles();
        var random = new Random(seed);
        for (var life = 0; life < 3; life++)
        {
            await using var history = new LiveHistory(files.Root);
            history.Steps(random, 200);
            await history.SnapshotAsync();
            await history.AddAndRemoveRecorderAsync();
            history.Steps(random, 100);
            await history.SnapshotAsync();
        }
        var before = files.Fingerprint();

        var report = files.Verify();

        Assert.Empty(report.Findings);
        Assert.True(report.PositionCount > 50, $"only {report.PositionCount} positions");
        Assert.Equal(report.PositionCount, report.RecomputedCount);
        Assert.Equal(files.Value("SELECT count(*) FROM symbol_folds"), report.FoldRowCount);
        Assert.Equal(report.LastJournalled, report.RecordCount);
        Assert.Equal(report.LastJournalled, report.Sequence);
        Assert.Equal(before, files.Fingerprint());
        // What the seeds must reach for this to mean something.
        Assert.NotEqual(0L, files.Value("SELECT count(*) FROM recorder_positions WHERE flags LIKE '%contract_changed%'"));
        Assert.NotEqual(0L, files.Value("SELECT count(*) FROM recorder_positions WHERE gap_seconds > 0"));
        Assert.Equal(3L, files.Value("SELECT count(*) FROM deleted_recorders"));
    }

    [Fact]
    public async Task Verify_ShortenedJournal_RecomputesWhatWasOpenedSince()
    {
        using var files = new DataFiles();
        var random = new Random(7);
        await using (var history = new LiveHistory(files.Root) { Label = new string('x', 4000) })
        {
            history.Steps(random, 1500);
            await history.WrittenAsync();
            history.Truncate(history.Sequence / 2);
            history.Steps(random, 200);
        }

        var report = files.Verify();

        Assert.Empty(report.Findings);
        Assert.True(report.FirstJournalled > 100, $"the journal begins at {report.FirstJournalled}");
        Assert.InRange(report.RecomputedCount, 1, report.PositionCount - 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Verify_AlertThatOnlyThePrunedLedgerHad_StillJudgesLaterOnes(bool wasJournalledPrunedToo)
    {
        using var files = new DataFiles();
        await using (var history = new LiveHistory(files.Root) { Label = new string('x', 4000) })
        {
            var random = new Random(13);
            history.Steps(random, 50);
            Assert.Equal(IgnoreReason.AtTarget, history.Target(0, ahead: 590).Reason);
            history.Steps(random, 1400);
            await history.WrittenAsync();
            history.Truncate(history.Sequence * 3 / 4);
            Assert.Equal(IgnoreReason.Stale, history.Target(1, ahead: 0).Reason);
            Assert.Equal(Effect.Opened, history.Target(2, ahead: 595).Effect);
            history.Steps(random, 50);
        }
        var first = files.Verify().FirstJournalled;
        Assert.True(first > 100, $"the journal begins at {first}");
        files.Execute("DELETE FROM signals WHERE id < $id", ("$id", wasJournalledPrunedToo ? long.MaxValue : first));
        files.Execute("UPDATE state SET (ledger_rows, ledger_bytes) = (SELECT count(*), coalesce(sum(bytes), 0) FROM signals)");

        Assert.Empty(files.Verify().Findings);
    }

    [Fact]
    public async Task Verify_KilledService_ReadsWhatItsLogHolds()
    {
        using var files = new DataFiles();
        await using var history = new LiveHistory(files.Root);
        history.Steps(new Random(8), 300);
        await history.WrittenAsync();
        using var left = files.Copy();
        Assert.True(File.Exists(DataFiles.Database(left.Root) + "-wal"));
        var before = left.Fingerprint();

        var report = left.Verify();

        Assert.Empty(report.Findings);
        Assert.Equal(history.Sequence, report.Sequence);
        Assert.Equal(before, left.Fingerprint());
    }

    [Fact]
    public async Task Verify_WhileInputsGoOn_Agrees()
    {
        using var files = new DataFiles();
        await using var history = new LiveHistory(files.Root);
        history.Steps(new Random(9), 50);
        using var enough = new CancellationTokenSource();
        var inputs = Task.Run(
            () =>
            {
                for (var seed = 10; !enough.IsCancellationRequested; seed++) history.Steps(new Random(seed), 20);
            },
            TestContext.Current.CancellationToken);
        var reports = new List<VerifyReport>();
        var started = Stopwatch.GetTimestamp();
        // What the database holds goes on by leaps of a transaction.
        do reports.Add(files.Verify());
        while ((reports.Count < 8 || reports[^1].Sequence == reports[0].Sequence) && Stopwatch.GetElapsedTime(started) < DataFiles.Limit);
        await enough.CancelAsync();
        await inputs.WaitAsync(DataFiles.Limit, TestContext.Current.CancellationToken);

        Assert.Empty(reports.SelectMany(r => r.Findings));
        Assert.All(reports, r => Assert.True(r.LastJournalled >= r.Sequence));
        Assert.True(reports[^1].Sequence > reports[0].Sequence, "nothing went on");
    }

    [Fact]
    public async Task Verify_WhileTheJournalIsShortened_Agrees()
    {
        using var files = new DataFiles();
        await using var history = new LiveHistory(files.Root) { Label = new string('x', 4000) };
        history.Steps(new Random(11), 1500);
        await history.WrittenAsync();
        var shortening = Task.Run(() => history.Truncate(history.Sequence - 200), TestContext.Current.CancellationToken);
        var reports = new List<VerifyReport>();
        do reports.Add(files.Verify());
        while (!shortening.IsCompleted);
        await shortening.WaitAsync(DataFiles.Limit, TestContext.Current.CancellationToken);
        reports.Add(files.Verify());

        Assert.Empty(reports.SelectMany(r => r.Findings));
        Assert.True(reports[^1].FirstJournalled > 1, "nothing was given up");
    }

    [Fact]
    public async Task Command_AgreeingAndDamaged_SaysSoByItsExitCode()
    {
        using var files = new DataFiles();
        await using (var history = new LiveHistory(files.Root)) history.Steps(new Random(12), 200);
        using var output = new StringWriter();
        using var errors = new StringWriter();

        Assert.Equal(0, await VerifyCommand.RunAsync(files.Root, output, errors));
        Assert.Contains("all agree", output.ToString(), StringComparison.Ordinal);
        files.Execute("UPDATE state SET total_gap_us = total_gap_us + 1");
        Assert.Equal(1, await VerifyCommand.RunAsync(files.Root, output, errors));
        Assert.Contains("state, total_gap_us", output.ToString(), StringComparison.Ordinal);
        Assert.Single(errors.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void Verify_EmptyDirectory_FindsNothingOfOurs()
    {
        using var files = new DataFiles();
        Assert.Equal(2, files.Verify().FindingCount);
        Assert.Empty(files.Fingerprint());
    }
}
