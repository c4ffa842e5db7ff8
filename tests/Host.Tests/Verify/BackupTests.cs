using StreamRecorder.Host.Tests.Support;
using StreamRecorder.Host.Verify;
using StreamRecorder.Sink;
using Xunit;

namespace StreamRecorder.Host.Tests.Verify;

public sealed class BackupTests
{
    [Fact]
    public async Task Backup_RestoredBesideTheJournal_CatchesUpByItself()
    {
        using var files = new DataFiles();
        var copy = Path.Combine(files.Root, "copy.db");
        var random = new Random(41);
        BackupReport report;
        IReadOnlyList<Engine.Positions.PositionView> views;
        await using (var history = new LiveHistory(files.Root))
        {
            history.Steps(random, 250);
            await history.WrittenAsync();
            var sequence = history.Sequence;
            report = new Backup(files.Root).Write(copy);
            Assert.Equal(sequence, report.Sequence);
            Assert.Equal(new FileInfo(copy).Length, report.Bytes);
            history.Steps(random, 250);
            views = history.OpenViews();
        }
        File.Move(copy, DataFiles.Database(files.Root), overwrite: true);

        Assert.Empty(files.Verify().Findings);
        await using (var restored = new LiveHistory(files.Root))
        {
            // The restart itself counts a gap for what is open.
            Assert.Equal(views.Select(v => v with { GapSeconds = 0 }), restored.OpenViews().Select(v => v with { GapSeconds = 0 }));
        }
        var after = files.Verify();
        Assert.Empty(after.Findings);
        Assert.True(after.Sequence > report.Sequence);
    }

    [Fact]
    public async Task Backup_OlderThanTheJournal_IsRefusedByName()
    {
        using var files = new DataFiles();
        var copy = Path.Combine(files.Root, "copy.db");
        await using (var history = new LiveHistory(files.Root) { Label = new string('x', 4000) })
        {
            history.Steps(new Random(46), 100);
            await history.WrittenAsync();
            new Backup(files.Root).Write(copy);
            history.Steps(new Random(47), 1500);
            await history.WrittenAsync();
            history.Truncate(history.Sequence - 100);
        }
        foreach (var missing in new[] { false, true })
        {
            File.Delete(DataFiles.Database(files.Root));
            if (!missing) File.Move(copy, DataFiles.Database(files.Root));
            var refused =
                await HostProcess.RunAsync("serve", "--data", files.Root, "--urls", "http://127.0.0.1:0", "--management-urls", "http://127.0.0.1:0");
            Assert.Equal(1, refused.Code);
            Assert.Contains(DataFiles.Database(files.Root) + ": as of sequence ", refused.Errors, StringComparison.Ordinal);
            Assert.Contains("inputs between are missing", refused.Errors, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Backup_OfARunningService_IsWholeAsOfOneSequence()
    {
        using var files = new DataFiles();
        await using var history = new LiveHistory(files.Root);
        history.Steps(new Random(42), 50);
        await history.WrittenAsync();
        using var enough = new CancellationTokenSource();
        var inputs = Task.Run(
            () =>
            {
                for (var seed = 43; !enough.IsCancellationRequested; seed++) history.Steps(new Random(seed), 20);
            },
            TestContext.Current.CancellationToken);
        using var left = new DataFiles();
        var report = new Backup(files.Root).Write(DataFiles.Database(left.Root));
        await enough.CancelAsync();
        await inputs.WaitAsync(DataFiles.Limit, TestContext.Current.CancellationToken);

        Assert.Equal([DataFiles.Database(left.Root)], Directory.EnumerateFiles(left.Root));
        using var reader = VerificationReader.Open(DataFiles.Database(left.Root));
        Assert.Equal(report.Sequence, reader.State.Sequence);
        Assert.Empty(reader.IntegrityErrors());
    }

    [Fact]
    public async Task Backup_OfAStoppedService_LeavesItsDirectoryAsItWas()
    {
        using var files = new DataFiles();
        await using (var history = new LiveHistory(files.Root)) history.Steps(new Random(44), 50);
        using var elsewhere = new DataFiles();
        var before = files.Fingerprint();
        using var output = new StringWriter();

        Assert.Equal(0, await BackupCommand.RunAsync(files.Root, Path.Combine(elsewhere.Root, "copy.db"), output));

        Assert.Equal(before, files.Fingerprint());
        Assert.Contains("as of sequence ", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Backup_FileThatExists_IsRefusedAndKept()
    {
        using var files = new DataFiles();
        await using (var history = new LiveHistory(files.Root)) history.Steps(new Random(45), 20);
        var target = Path.Combine(files.Root, "mine.txt");
        await File.WriteAllTextAsync(target, "mine", TestContext.Current.CancellationToken);

        var refusal = Assert.Throws<IOException>(() => new Backup(files.Root).Write(target));

        Assert.Contains(target, refusal.Message, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(target, TestContext.Current.CancellationToken));
        Assert.False(File.Exists(target + ".tmp"));
    }

    [Fact]
    public void Backup_WithoutADatabase_LeavesNothing()
    {
        using var files = new DataFiles();
        Assert.Throws<DatabaseDamagedException>(() => new Backup(files.Root).Write(Path.Combine(files.Root, "copy.db")));
        Assert.Empty(files.Fingerprint());
    }
}
