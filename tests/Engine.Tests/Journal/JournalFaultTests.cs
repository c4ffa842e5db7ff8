using StreamRecorder.Engine.Journal;
using Xunit;

namespace StreamRecorder.Engine.Tests.Journal;

/// <summary>Writes that fail or hang while the journal runs, and what the next start makes of the disk.</summary>
public sealed class JournalFaultTests
{
    private static readonly JournalOptions Options = JournalDirectory.Small;

    [Fact]
    public void Commit_RecordsAppendedMeanwhile_AreTakenByTheNextOne()
    {
        var disk = new FaultyDisk(1);
        using var journal = Open(disk);
        disk.HangAt = disk.Operations + 1;
        journal.Append(1, JournalVerbs.Payload(1));
        journal.StartCommit();
        Assert.True(disk.WaitUntilHanging(JournalDirectory.Limit));
        journal.Append(2, JournalVerbs.Payload(2));
        journal.Append(3, JournalVerbs.Payload(3));
        journal.StartCommit();
        Assert.Equal(0, journal.CommittedSequence);

        using var woken = new SemaphoreSlim(0);
        journal.Committed += () => woken.Release();
        disk.Release();
        Assert.True(woken.Wait(JournalDirectory.Limit, TestContext.Current.CancellationToken));
        Assert.Equal(1, journal.CommittedSequence);
        int before = disk.Operations;
        journal.StartCommit();
        Assert.True(woken.Wait(JournalDirectory.Limit, TestContext.Current.CancellationToken));
        Assert.Equal(3, journal.CommittedSequence);
        Assert.Equal(before + 2, disk.Operations);
    }

    [Theory]
    [InlineData(1, "data")]
    [InlineData(2, "slot")]
    public void Commit_WriteFails_FaultsAndMovesNothing(int nth, string _)
    {
        var probe = new FaultyDisk(3);
        using (var quiet = Open(probe)) quiet.AppendAndCommit(10);
        var disk = new FaultyDisk(3) { FailAt = probe.Operations + nth };
        using var journal = Open(disk);
        journal.AppendAndCommit(10);
        using var woken = new ManualResetEventSlim();
        journal.Committed += woken.Set;
        journal.Append(11, JournalVerbs.Payload(11));
        journal.StartCommit();

        Assert.True(woken.Wait(JournalDirectory.Limit, TestContext.Current.CancellationToken));
        var fault = Assert.IsType<JournalFailedException>(journal.Fault);
        Assert.IsType<IOException>(fault.InnerException);
        Assert.Contains("No space left", fault.Message, StringComparison.Ordinal);
        Assert.Equal(10, journal.CommittedSequence);
        Assert.False(journal.CanAppend(10));
        Assert.Throws<JournalFailedException>(() => journal.Append(12, JournalVerbs.Payload(12)));

        using var again = Open(disk.Restart());
        var (first, last) = again.ReplayChecked();
        Assert.Equal(1, first);
        Assert.InRange(last, 10, 11);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Commit_Hangs_FaultsAfterTheTimeout(int nth)
    {
        var time = new FakeTime();
        var disk = new FaultyDisk(5);
        using var journal = Open(disk, time);
        journal.AppendAndCommit(5);
        disk.HangAt = disk.Operations + nth;
        using var woken = new SemaphoreSlim(0);
        journal.Append(6, JournalVerbs.Payload(6));
        journal.Committed += () => woken.Release();
        journal.StartCommit();
        Assert.True(disk.WaitUntilHanging(JournalDirectory.Limit));
        time.Advance(Options.CommitTimeout - TimeSpan.FromTicks(1));
        Assert.Null(journal.Fault);
        time.Advance(TimeSpan.FromTicks(1));

        Assert.True(woken.Wait(JournalDirectory.Limit, TestContext.Current.CancellationToken));
        Assert.IsType<TimeoutException>(Assert.IsType<JournalFailedException>(journal.Fault).InnerException);
        disk.Release();
        journal.Dispose();
        Assert.Equal(5, journal.CommittedSequence);
    }

    [Fact]
    public void Commit_HangsAndTheTimerIsEarly_FaultsAllTheSame()
    {
        var early = TimeSpan.FromMilliseconds(3);
        var time = new FakeTime { Early = early };
        var disk = new FaultyDisk(5);
        using var journal = Open(disk, time);
        journal.AppendAndCommit(5);
        disk.HangAt = disk.Operations + 1;
        journal.Append(6, JournalVerbs.Payload(6));
        journal.StartCommit();
        Assert.True(disk.WaitUntilHanging(JournalDirectory.Limit));
        time.Advance(Options.CommitTimeout - early);
        Assert.Null(journal.Fault);
        time.Advance(early);
        Assert.IsType<TimeoutException>(Assert.IsType<JournalFailedException>(journal.Fault).InnerException);
        disk.Release();
    }

    [Fact]
    public void Commit_SlowButEnding_IsNoFault()
    {
        var time = new FakeTime();
        var disk = new FaultyDisk(5);
        using var journal = Open(disk, time);
        for (int i = 0; i < 3; i++)
        {
            time.Advance(Options.CommitTimeout * 0.9);
            journal.AppendAndCommit(1);
        }

        Assert.Equal((3, null), (journal.CommittedSequence, journal.Fault));
    }

    /// <summary>With small segments the file written ahead ends first, with large ones the memory.</summary>
    [Theory]
    [InlineData(16 * 1024)]
    [InlineData(1024 * 1024)]
    public void CanAppend_DiskHangs_TurnsFalseInsteadOfWaiting(int segmentBytes)
    {
        var disk = new FaultyDisk(7);
        using var journal = Open(disk, options: Options with { SegmentBytes = segmentBytes });
        disk.HangAt = disk.Operations + 1;
        long bytes = 0;
        while (journal.CanAppend(100))
        {
            journal.Append(journal.AppendedSequence + 1, new byte[100]);
            bytes += 128;
            journal.StartCommit();
            Assert.True(bytes <= Options.MemoryBytes);
        }

        Assert.InRange(bytes, Options.PageBytes, Options.MemoryBytes);
        disk.Release();
        journal.Commit();
        Assert.Equal(journal.AppendedSequence, journal.CommittedSequence);
        // The segment written ahead may take a moment longer than the commit.
        Assert.True(SpinWait.SpinUntil(() => journal.CanAppend(100), JournalDirectory.Limit));
    }

    [Fact]
    public void CanAppend_DiskFullAhead_UsesUpItsRoomThenWaitsUntilThereIsSpace()
    {
        var time = new FakeTime();
        var disk = new FaultyDisk(13);
        using var journal = Open(disk, time);
        var full = new IOException("No space left on device");
        var changes = new List<Exception?>();
        using var told = new SemaphoreSlim(0);
        journal.TroubleChanged = trouble =>
        {
            changes.Add(trouble);
            told.Release();
        };
        disk.IsFull = true;
        while (journal.CanAppend(100)) journal.AppendAndCommit(1);
        Assert.True(told.Wait(JournalDirectory.Limit, TestContext.Current.CancellationToken));
        Assert.Equal((null, full.Message), (journal.Fault, journal.Trouble?.Message));
        // Two segments were there, and every record in them is safe.
        Assert.Equal(2 * Options.SegmentBytes, journal.ReadyUntil);
        Assert.Equal(journal.AppendedSequence, journal.CommittedSequence);

        time.Advance(Options.AheadPause);
        Assert.True(SpinWait.SpinUntil(() => journal.IsPausing, JournalDirectory.Limit));
        Assert.False(journal.CanAppend(100));
        disk.IsFull = false;
        time.Advance(Options.AheadPause);
        Assert.True(told.Wait(JournalDirectory.Limit, TestContext.Current.CancellationToken));
        Assert.Null(journal.Trouble);
        Assert.Equal(2, changes.Count);
        journal.AppendAndCommit(100);
        Assert.Equal((1, journal.AppendedSequence), Reopened(disk));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Journal_NthOperationFails_KeepsAPrefixWithAllThatWasCommitted(bool goesDown)
    {
        int failed = 0;
        for (int n = 1; ; n++)
        {
            var disk = new FaultyDisk(seed: n) { FailAt = n, GoesDown = goesDown };
            var (appended, committed, keptFrom) = Work(disk);
            var (first, last) = ReadBack(disk.Restart());
            Assert.True(last >= committed && last <= appended, $"seed {n}: {committed} committed, {appended} appended, {last} found");
            Assert.True(first <= keptFrom, $"seed {n}: kept from {keptFrom}, found from {first}");
            if (!disk.HasFailed) break;
            failed++;
        }

        Assert.True(failed > 60, $"only {failed} operations failed: the work is too small to show anything");
    }

    [Fact]
    public void Commit_NewestSlotLostByTheMedium_StillGivesAllCommitted()
    {
        var disk = new FaultyDisk(9);
        using (var journal = Open(disk))
        {
            for (int i = 0; i < 7; i++) journal.AppendAndCommit(5);
        }

        for (int slot = 0; slot < 2; slot++)
        {
            var damaged = disk.Restart();
            damaged.FlipSlotBit(slot);
            using (var again = Open(damaged)) Assert.Equal((1, 35), again.ReplayChecked());
            using var third = Open(damaged.Restart());
            Assert.Equal((1, 35), third.ReplayChecked());
            third.AppendAndCommit(5);
            Assert.Null(third.Fault);
        }
    }

    [Fact]
    public void Journal_TailOfAnEarlierLife_NeverReappears()
    {
        // Entries of 64 bytes: record 15 of the second life ends with its sector, right before record 16 of the first one, which was written
        // and never committed.
        const int Committed = 14;
        var disk = new FaultyDisk(11);
        var journal = Open(disk);
        for (int i = 1; i <= Committed; i++) journal.Append(i, new byte[36]);
        journal.Commit();
        for (int i = 1; i <= 10; i++) journal.Append(Committed + i, new byte[36]);
        disk.HangAt = disk.Operations + 2;
        journal.StartCommit();
        Assert.True(disk.WaitUntilHanging(JournalDirectory.Limit));
        var second = disk.Restart();
        disk.Release();
        journal.Dispose();
        using (var again = Open(second))
        {
            Assert.Equal(Committed, again.AppendedSequence);
            again.Append(Committed + 1, [.. Enumerable.Repeat((byte)7, 36)]);
            again.Commit();
        }

        for (int slot = 0; slot < 2; slot++)
        {
            var damaged = second.Restart();
            damaged.FlipSlotBit(slot);
            using var third = Open(damaged);
            Assert.Equal(Committed + 1, third.AppendedSequence);
        }
    }

    /// <summary>Opens a journal and waits for the segment written ahead, so that the operations of a test can be counted.</summary>
    private static FasterJournal Open(JournalDisk disk, TimeProvider? time = null, JournalOptions? options = null)
    {
        options ??= Options;
        var journal = new FasterJournal(disk, options, time ?? TimeProvider.System);
        int tail = (int)(journal.TailAddress / options.SegmentBytes);
        Assert.True(SpinWait.SpinUntil(
            () => journal.Fault is not null || journal.IsPausing || disk.Segments().Contains(new JournalSegment(tail + 1, options.SegmentBytes)),
            JournalDirectory.Limit));
        return journal;
    }

    private static (long First, long Last) Reopened(FaultyDisk disk)
    {
        using var again = Open(disk.Restart());
        return again.ReplayChecked();
    }

    /// <summary>
    /// Many commits over several segments with a truncation between; gives what was appended, what was acknowledged and from where on it
    /// must be kept.
    /// </summary>
    private static (long Appended, long Committed, long KeptFrom) Work(FaultyDisk disk)
    {
        FasterJournal journal;
        try
        {
            journal = Open(disk);
        }
        catch (IOException)
        {
            return (0, 0, 1);
        }

        using (journal)
        {
            for (int i = 0; i < 24 && journal.Fault is null; i++)
            {
                try
                {
                    // A disk that went down under the segment written ahead leaves a journal that waits for room, as for a full disk.
                    journal.AppendAndCommit(40, spread: 60, () => disk.IsDown && journal.CommittedSequence == journal.AppendedSequence);
                }
                catch (JournalFailedException)
                {
                    break;
                }

                if (i % 6 == 5) journal.TruncateBefore(journal.CommittedSequence - 100);
            }

            return (journal.AppendedSequence, journal.CommittedSequence, journal.FirstSequence);
        }
    }

    private static (long First, long Last) ReadBack(FaultyDisk disk)
    {
        using var journal = Open(disk);
        var (first, last) = journal.ReplayChecked(spread: 60);
        Assert.Equal(last, journal.AppendedSequence);
        journal.AppendAndCommit(3, spread: 60);
        Assert.Null(journal.Fault);
        return (first == 0 ? 1 : first, last);
    }
}
