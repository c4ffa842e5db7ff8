using System.Buffers.Binary;
using StreamRecorder.Engine.Journal;
using Xunit;

namespace StreamRecorder.Engine.Tests.Journal;

/// <summary>The numbers of docs/journal-layout.md, on the bytes of a real journal. A change here is a new version of the format.</summary>
public sealed class JournalLayoutTests : IDisposable
{
    private readonly JournalDirectory _directory = new();

    public JournalLayoutTests()
    {
        using var journal = _directory.Open();
        journal.Append(1, "first"u8);
        journal.Append(2, "2nd"u8);
        journal.Commit();
    }

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Record_OnDisk_HasTheDrawnBytes()
    {
        var log = File.ReadAllBytes(_directory.Segment(0)).AsSpan();
        Assert.Equal(16 * 1024, log.Length);
        Assert.Equal(-1, log[..64].IndexOfAnyExcept((byte)0));
        var first = log.Slice(64 + 4, 24 + 5);
        Assert.Equal(24 + 5, BinaryPrimitives.ReadInt32LittleEndian(log[64..]));
        Assert.Equal("SJ"u8, first[..2]);
        Assert.Equal((1, 0), (first[2], first[3]));
        Assert.Equal(5, BinaryPrimitives.ReadInt32LittleEndian(first[4..]));
        Assert.Equal(1, BinaryPrimitives.ReadInt64LittleEndian(first[8..]));
        Assert.Equal(0u, BinaryPrimitives.ReadUInt32LittleEndian(first[16..]));
        Assert.Equal(Crc32C.Of(first[..20], first[24..]), BinaryPrimitives.ReadUInt32LittleEndian(first[20..]));
        Assert.Equal("first"u8, first[24..]);

        // 4 + 24 + 5, up to the next multiple of four.
        var second = log.Slice(64 + 36 + 4, 24 + 3);
        Assert.Equal(2, BinaryPrimitives.ReadInt64LittleEndian(second[8..]));
        Assert.Equal(BinaryPrimitives.ReadUInt32LittleEndian(first[20..]), BinaryPrimitives.ReadUInt32LittleEndian(second[16..]));
        Assert.Equal(-1, log[(64 + 36 + 32)..].IndexOfAnyExcept((byte)0));
    }

    [Fact]
    public void Slot_OnDisk_HasTheDrawnBytes()
    {
        var file = File.ReadAllBytes(_directory.Slots).AsSpan();
        Assert.Equal(8192, file.Length);
        var slot = file[4096..];
        Assert.Equal("SJCS"u8, slot[..4]);
        Assert.Equal(Crc32C.Of(slot[8..]), BinaryPrimitives.ReadUInt32LittleEndian(slot[4..]));
        Assert.Equal(1, BinaryPrimitives.ReadInt32LittleEndian(slot[8..]));
        Assert.Equal(64, BinaryPrimitives.ReadInt32LittleEndian(slot[12..]));
        Assert.Equal(1, BinaryPrimitives.ReadInt64LittleEndian(slot[16..]));
        Assert.Equal(16 * 1024, BinaryPrimitives.ReadInt64LittleEndian(slot[24..]));
        Assert.Equal(4096, BinaryPrimitives.ReadInt32LittleEndian(slot[32..]));
        var metadata = slot[40..];
        Assert.Equal(1, BinaryPrimitives.ReadInt32LittleEndian(metadata));
        Assert.Equal(64, BinaryPrimitives.ReadInt64LittleEndian(metadata[12..]));
        Assert.Equal(64 + 36 + 32, BinaryPrimitives.ReadInt64LittleEndian(metadata[20..]));
        Assert.Equal(1, BinaryPrimitives.ReadInt64LittleEndian(metadata[28..]));
        Assert.Equal(0, BinaryPrimitives.ReadInt32LittleEndian(metadata[36..]));
        Assert.Equal(20, BinaryPrimitives.ReadInt32LittleEndian(metadata[40..]));
        Assert.Equal(1, BinaryPrimitives.ReadInt64LittleEndian(metadata[44..]));
        Assert.Equal(2, BinaryPrimitives.ReadInt64LittleEndian(metadata[52..]));
        Assert.Equal(-1, metadata[64..].IndexOfAnyExcept((byte)0));
    }

    [Fact]
    public void Layout_SourceConstants_EqualTheDrawnOnes()
    {
        Assert.Equal((0, 2, 4, 8), (JournalRecord.MagicAt, JournalRecord.VersionAt, JournalRecord.LengthAt, JournalRecord.SequenceAt));
        Assert.Equal((16, 20, 24), (JournalRecord.PreviousAt, JournalRecord.ChecksumAt, JournalRecord.HeaderBytes));
        Assert.Equal((0, 4, 8, 12), (CommitSlot.MagicAt, CommitSlot.ChecksumAt, CommitSlot.VersionAt, CommitSlot.LengthAt));
        Assert.Equal((16, 24, 32, 40), (CommitSlot.NumberAt, CommitSlot.SegmentBytesAt, CommitSlot.PageBytesAt, CommitSlot.MetadataAt));
        Assert.Equal((4096, 2, 20, 64L), (CommitSlot.Bytes, CommitSlot.Count, CommitPoint.CookieBytes, JournalLimits.FirstAddress));
        Assert.Equal((28, 36, 1052), (JournalRecord.EntryBytes(0), JournalRecord.EntryBytes(5), JournalRecord.EntryBytes(1024)));
    }

    [Fact]
    public void Limits_LargestPayload_FitsAPageThreeTimes() =>
        Assert.True(JournalLimits.FirstAddress + (3 * JournalRecord.EntryBytes(JournalLimits.PayloadBytesMax)) <= JournalLimits.PageBytesDefault);
}
