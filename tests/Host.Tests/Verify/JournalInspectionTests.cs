using StreamRecorder.Engine.Journal;
using Xunit;

namespace StreamRecorder.Host.Tests.Verify;

/// <summary>
/// A look at a journal without its lock: what it finds, that it changes nothing, and that it can tell damage from files given up meanwhile.
/// </summary>
public sealed class JournalInspectionTests
{
    [Fact]
    public async Task Open_WhileTheServiceHasTheJournal_ReadsToItsNewestCommit()
    {
        using var files = new DataFiles();
        await using var history = new LiveHistory(files.Root);
        history.Steps(new Random(51), 100);

        using var inspection = JournalInspection.Open(DataFiles.Journal(files.Root), TimeProvider.System)!;

        Assert.Equal(history.Sequence, inspection.LastSequence);
        Assert.Equal(history.Sequence, Count(inspection));
    }

    [Fact]
    public async Task Read_FilesGivenUpMeanwhile_IsToldFromDamageByTheNewestCommit()
    {
        using var files = new DataFiles();
        await using var history = new LiveHistory(files.Root) { Label = new string('x', 4000) };
        history.Steps(new Random(52), 1500);
        await history.WrittenAsync();
        var before = JournalInspection.NewestCommit(DataFiles.Journal(files.Root));
        using var inspection = JournalInspection.Open(DataFiles.Journal(files.Root), TimeProvider.System)!;
        history.Truncate(history.Sequence - 100);
        // The committer removes the file just after it has said that the commit is done.
        Assert.True(SpinWait.SpinUntil(() => !File.Exists(files.Segment(0)), DataFiles.Limit));

        Assert.Throws<JournalDamagedException>(() => Count(inspection));

        Assert.NotEqual(before?.FirstSequence, JournalInspection.NewestCommit(DataFiles.Journal(files.Root))?.FirstSequence);
    }

    [Fact]
    public async Task Open_OneBadSlot_GoesOnBehindTheOtherAndRepairsNothing()
    {
        using var files = new DataFiles();
        long sequence;
        await using (var history = new LiveHistory(files.Root)) sequence = history.Steps(new Random(53), 100).Sequence;
        var number = JournalInspection.NewestCommit(DataFiles.Journal(files.Root))!.Value.Number;
        using (var slots = new FileStream(files.Slots, FileMode.Open, FileAccess.ReadWrite))
        {
            slots.Position = number % 2 * 4096 + 70;
            slots.Write([0xff, 0xff, 0xff]);
        }
        var before = files.Fingerprint();

        using var inspection = JournalInspection.Open(DataFiles.Journal(files.Root), TimeProvider.System)!;

        Assert.Equal(sequence, inspection.LastSequence);
        Assert.Equal(sequence, Count(inspection));
        Assert.Equal(before, files.Fingerprint());
    }

    [Fact]
    public void Open_NoJournal_IsNullAndMakesNone()
    {
        using var files = new DataFiles();
        Assert.Null(JournalInspection.Open(DataFiles.Journal(files.Root), TimeProvider.System));
        Assert.Null(JournalInspection.NewestCommit(DataFiles.Journal(files.Root)));
        Assert.Empty(files.Fingerprint());
        Assert.False(Directory.Exists(DataFiles.Journal(files.Root)));
    }

    private static long Count(JournalInspection inspection)
    {
        var count = 0L;
        inspection.Read((_, _, _, _) => count++);
        return count;
    }
}
