using StreamRecorder.Engine.Journal;
using Xunit;

namespace StreamRecorder.Engine.Tests.Journal;

public sealed class FasterJournalTests : IDisposable
{
    private readonly JournalDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Journal_EmptyDirectory_IsNew()
    {
        using (var journal = _directory.Open())
        {
            Assert.Equal((0, 0, 1), (journal.AppendedSequence, journal.CommittedSequence, journal.FirstSequence));
            Assert.Equal((0, 0), journal.ReplayChecked());
        }

        using var again = _directory.Open();
        Assert.Equal((0, 0), again.ReplayChecked());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(29)]
    [InlineData(3000)]
    public void Journal_AppendedCommittedReopened_ReplaysEveryRecord(int count)
    {
        using (var journal = _directory.Open())
        {
            journal.AppendAndCommit(count);
            Assert.Null(journal.Fault);
            Assert.Equal(count, journal.CommittedSequence);
        }

        using var again = _directory.Open();
        Assert.Equal((count, count), (again.AppendedSequence, again.CommittedSequence));
        Assert.Equal((1, count), again.ReplayChecked());
        again.AppendAndCommit(count);
        again.Dispose();
        using var third = _directory.Open();
        Assert.Equal((1, 2 * count), third.ReplayChecked());
    }

    [Fact]
    public void Journal_AppendedNotCommitted_IsGoneAfterReopening()
    {
        using (var journal = _directory.Open())
        {
            journal.AppendAndCommit(10);
            for (int i = 11; i <= 20; i++) journal.Append(i, JournalVerbs.Payload(i));
        }

        using var again = _directory.Open();
        Assert.Equal((1, 10), again.ReplayChecked());
    }
}
