using StreamRecorder.Engine.Journal;
using StreamRecorder.Tests.Shared;
using Xunit;

namespace StreamRecorder.Engine.Tests.Journal;

public sealed class JournalAppendTests : IDisposable
{
    private readonly JournalDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Append_WithinAPage_AllocatesNothing()
    {
        using var journal = _directory.Open(new JournalOptions());
        var payload = new byte[100];
        journal.Append(1, payload);
        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int i = 0; i < 250; i++)
            {
                if (journal.CanAppend(payload.Length)) journal.Append(journal.AppendedSequence + 1, payload);
            }
        }));
        Assert.Equal(5001, journal.AppendedSequence);
    }

    [Fact]
    public void Append_PayloadOfTheLargestSize_IsReplayed()
    {
        using (var journal = _directory.Open(new JournalOptions()))
        {
            for (int i = 1; i <= 20; i++)
            {
                Assert.True(journal.CanAppend(JournalLimits.PayloadBytesMax));
                journal.Append(i, new byte[JournalLimits.PayloadBytesMax]);
                journal.Commit();
            }

            Assert.Throws<ArgumentException>(() => journal.Append(21, new byte[JournalLimits.PayloadBytesMax + 1]));
        }

        using var again = _directory.Open(new JournalOptions());
        int count = 0;
        again.Replay((_, payload) => count += payload.Length / JournalLimits.PayloadBytesMax);
        Assert.Equal(20, count);
    }

    [Fact]
    public void Append_WrongSequenceOrEmptyPayload_Throws()
    {
        using var journal = _directory.Open();
        Assert.Throws<ArgumentException>(() => journal.Append(2, [1]));
        Assert.Throws<ArgumentException>(() => journal.Append(0, [1]));
        Assert.Throws<ArgumentException>(() => journal.Append(1, []));
        journal.Append(1, [1]);
        Assert.Throws<ArgumentException>(() => journal.Append(1, [1]));
    }

    [Fact]
    public void Options_Impossible_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => _directory.Open(new JournalOptions { SegmentBytes = 20_000_000 }));
        Assert.Throws<ArgumentException>(() => _directory.Open(new JournalOptions { SegmentBytes = 1 << 19 }));
        Assert.Throws<ArgumentException>(() => _directory.Open(new JournalOptions { MemoryBytes = 1 << 20 }));
        Assert.Throws<ArgumentException>(() => _directory.Open(new JournalOptions { CommitTimeout = TimeSpan.Zero }));
        Assert.Empty(Directory.GetFiles(_directory.Path, "segment.*"));
    }
}

public sealed class MemoryJournalTests
{
    [Fact]
    public void StartCommit_Appended_CommitsAtOnce()
    {
        using var journal = new MemoryJournal();
        int raised = 0;
        journal.Committed += () => raised++;
        journal.Append(1, [1, 2]);
        Assert.Equal((1, 0), (journal.AppendedSequence, journal.CommittedSequence));
        journal.StartCommit();
        journal.StartCommit();
        Assert.Equal((1, 1, null), (journal.CommittedSequence, raised, journal.Fault));
        Assert.Equal((0, 0), journal.ReplayChecked());
    }

    [Fact]
    public void Replay_RecordsKept_GivesTheCommittedOnes()
    {
        using var journal = new MemoryJournal(keepRecords: true);
        journal.AppendAndCommit(20);
        journal.Append(21, [1]);
        Assert.Equal((1, 20), journal.ReplayChecked());
    }

    [Fact]
    public void Append_WrongSequence_Throws()
    {
        using var journal = new MemoryJournal();
        Assert.ThrowsAny<ArgumentException>(() => journal.Append(2, [1]));
        Assert.ThrowsAny<ArgumentException>(() => journal.Append(1, []));
    }
}
