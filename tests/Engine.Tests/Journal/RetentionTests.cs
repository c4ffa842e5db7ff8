using StreamRecorder.Engine.Journal;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Tests.Support;
using Xunit;

namespace StreamRecorder.Engine.Tests.Journal;

/// <summary>What the journal gives up, and that its size stays bounded.</summary>
public sealed class RetentionTests : IDisposable
{
    private const long Megabyte = 1 << 20;
    private const int Record = 1000;
    private readonly JournalDirectory _directory = new();
    private readonly FasterJournal _journal;
    private long _at = 1000 * Timestamp.Second;

    public RetentionTests() =>
        _journal = new FasterJournal(
            _directory.Path, JournalDirectory.Small with { SegmentBytes = Megabyte / 4, MemoryBytes = Megabyte }, TimeProvider.System);

    public void Dispose()
    {
        _journal.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public void Truncate_MoreComesThanTheSize_KeepsToItWhateverTheRate()
    {
        var retention = new Retention(TimeSpan.FromSeconds(14), 2 * Megabyte);
        for (var round = 0; round < 3; round++)
        {
            // As much between two rounds as the journal may hold.
            Write(retention, 2 * Megabyte);
            retention.Truncate(_journal, _journal.CommittedSequence, _at);
            for (var i = 0; i < 2; i++) Write(retention, Record);
            // The size, the segment being filled and the one written ahead; files go a moment after the commit.
            Assert.True(
                SpinWait.SpinUntil(() => _journal.DiskBytes <= 2 * Megabyte + 3 * Megabyte / 4, JournalDirectory.Limit),
                $"{_journal.DiskBytes} bytes");
            Assert.InRange(_journal.DiskBytes, Megabyte / 2, long.MaxValue);
        }
    }

    [Fact]
    public void Truncate_WhatTheDatabaseHasNot_IsKept()
    {
        var retention = new Retention(TimeSpan.FromSeconds(1), 0);
        Write(retention, 2 * Megabyte);
        _at += 100 * Timestamp.Second;
        Write(retention, Record);
        retention.Truncate(_journal, durableSequence: 1, _at);
        Assert.Equal(1, _journal.FirstSequence);
        retention.Truncate(_journal, durableSequence: 500, _at);
        Assert.InRange(_journal.FirstSequence, 2, 500);
    }

    [Fact]
    public void Truncate_OldAndInTheDatabase_IsGivenUpAndTheYoungIsKept()
    {
        var retention = new Retention(TimeSpan.FromSeconds(10), 100 * Megabyte);
        Write(retention, Megabyte);
        var young = _journal.AppendedSequence + 1;
        _at += 20 * Timestamp.Second;
        Write(retention, Megabyte);
        retention.Truncate(_journal, _journal.CommittedSequence, _at);
        Assert.InRange(_journal.FirstSequence, young - 300, young);
    }

    /// <summary>The commits that let files go are made by the loop, also when nothing comes any more.</summary>
    [Fact]
    public void Truncate_WhenNothingComesAnyMore_FreesItsFilesAllTheSame()
    {
        var retention = new Retention(TimeSpan.FromSeconds(10), 0);
        using var rig = new EngineRig(_journal);
        Write(retention, Megabyte);
        _at += 100 * Timestamp.Second;
        Write(retention, Record);
        var before = _journal.DiskBytes;
        retention.Truncate(_journal, _journal.CommittedSequence, _at);
        Assert.True(_journal.WantsCommit);
        Assert.True(SpinWait.SpinUntil(IsFreed, JournalDirectory.Limit), $"{_journal.DiskBytes} of {before} bytes");

        bool IsFreed()
        {
            rig.Run();
            return !_journal.WantsCommit && _journal.DiskBytes <= before - Megabyte / 2;
        }
    }

    private void Write(Retention retention, long bytes)
    {
        for (long written = 0; written < bytes; written += Record)
        {
            if (!_journal.CanAppend(Record)) _journal.Commit(() => _journal.CanAppend(Record));
            _journal.Append(_journal.AppendedSequence + 1, new byte[Record]);
            retention.Note(_journal.AppendedSequence, _at += 1000, Record);
        }
        _journal.Commit();
    }
}
