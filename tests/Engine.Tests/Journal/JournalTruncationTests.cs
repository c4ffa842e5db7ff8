using StreamRecorder.Engine.Journal;
using Xunit;

namespace StreamRecorder.Engine.Tests.Journal;

public sealed class JournalTruncationTests : IDisposable
{
    // The index has a point each 64 KiB: segments of 64 KiB make each of them count.
    private static readonly JournalOptions Options = new() { PageBytes = 16 * 1024, SegmentBytes = 64 * 1024, MemoryBytes = 256 * 1024 };

    private readonly JournalDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void TruncateBefore_ManySegments_FreesFilesAndRestartsFromTheFirstKept()
    {
        long kept;
        using (var journal = _directory.Open(Options))
        {
            journal.AppendAndCommit(8000);
            int before = Segments();
            Assert.True(before > 10, $"{before} segments");
            journal.TruncateBefore(7000);
            kept = journal.FirstSequence;
            Assert.InRange(kept, 6000, 7000);
            Assert.Equal(before, Segments());
            CommitTwice(journal);
            Assert.InRange(Segments(), 2, 5);
            Assert.Equal(Segments() * Options.SegmentBytes, journal.DiskBytes);
            journal.AppendAndCommit(100);
        }

        for (int run = 0; run < 3; run++)
        {
            using var again = _directory.Open(Options);
            Assert.Equal(kept, again.FirstSequence);
            Assert.Equal((kept, 8100 + (10 * run)), again.ReplayChecked());
            again.AppendAndCommit(10);
        }
    }

    [Fact]
    public void TruncateBefore_AfterReplay_FindsItsPlaceAgain()
    {
        using (var journal = _directory.Open(Options)) journal.AppendAndCommit(8000);
        long kept;
        using (var journal = _directory.Open(Options))
        {
            journal.ReplayChecked();
            journal.TruncateBefore(4000);
            kept = journal.FirstSequence;
            Assert.InRange(kept, 3000, 4000);
            CommitTwice(journal);
        }

        using var again = _directory.Open(Options);
        Assert.Equal((kept, 8000), again.ReplayChecked());
    }

    [Fact]
    public void TruncateBefore_BeyondTheCommitted_KeepsWhatIsNotCommitted()
    {
        using (var journal = _directory.Open(Options))
        {
            journal.AppendAndCommit(2000);
            journal.TruncateBefore(long.MaxValue);
            Assert.InRange(journal.FirstSequence, 1000, 2000);
            CommitTwice(journal);
            journal.TruncateBefore(1);
        }

        using var again = _directory.Open(Options);
        Assert.Equal(2000, again.ReplayChecked().Last);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(0, 2)]
    [InlineData(1, 2)]
    public void TruncateBefore_ThenASlotLost_StartsNormally(int slot, int commits)
    {
        using (var journal = _directory.Open(Options))
        {
            journal.AppendAndCommit(4000);
            journal.TruncateBefore(3000);
            if (commits == 2) CommitTwice(journal);
            else journal.AppendAndCommit(1);
        }

        var slots = File.ReadAllBytes(_directory.Slots);
        slots[(slot * CommitSlot.Bytes) + 50] ^= 1;
        File.WriteAllBytes(_directory.Slots, slots);
        using var again = _directory.Open(Options);
        Assert.Equal(commits == 2 ? 4000 : 4001, again.ReplayChecked().Last);
    }

    [Fact]
    public void Open_SegmentsOfAnEarlierTruncationLeft_AreRemoved()
    {
        using (var journal = _directory.Open(Options))
        {
            journal.AppendAndCommit(4000);
            journal.TruncateBefore(3000);
            CommitTwice(journal);
        }

        File.WriteAllBytes(_directory.Segment(0), new byte[Options.SegmentBytes]);
        using var again = _directory.Open(Options);
        Assert.False(File.Exists(_directory.Segment(0)));
    }

    [Fact]
    public void Open_TwentyTimes_GrowsNothing()
    {
        using (var journal = _directory.Open(Options)) journal.AppendAndCommit(10);
        long bytes = 0;
        for (int i = 0; i < 20; i++)
        {
            using (var journal = _directory.Open(Options))
            {
                Assert.Equal((1, 10), journal.ReplayChecked());
                journal.StartCommit();
            }

            long now = new DirectoryInfo(_directory.Path).EnumerateFiles().Sum(f => f.Length);
            if (i > 0) Assert.Equal(bytes, now);
            bytes = now;
        }
    }

    [Fact]
    public void Open_OtherSizesThanAtCreation_KeepsTheOldOnes()
    {
        using (var journal = _directory.Open(Options)) journal.AppendAndCommit(3000);
        using var again = _directory.Open(new JournalOptions());
        Assert.Equal((1, 3000), again.ReplayChecked());
        again.AppendAndCommit(3000);
        Assert.Equal(Options.SegmentBytes, new FileInfo(_directory.Segment(3)).Length);
    }

    private int Segments() => Directory.GetFiles(_directory.Path, "segment.*").Length;

    /// <summary>A truncation is in both slots after two commits; files go after the second.</summary>
    private void CommitTwice(FasterJournal journal)
    {
        using var woken = new SemaphoreSlim(0);
        journal.Committed += () => woken.Release();
        for (int i = 0; i < 2; i++)
        {
            journal.StartCommit();
            Assert.True(woken.Wait(JournalDirectory.Limit, TestContext.Current.CancellationToken));
        }

        // Files go one by one, the lowest first, after the loop was woken.
        string last = _directory.Segment((int)(journal.BeginAddress / Options.SegmentBytes) - 1);
        Assert.True(SpinWait.SpinUntil(() => !File.Exists(last) && journal.DiskBytes == Segments() * Options.SegmentBytes, JournalDirectory.Limit));
    }
}
