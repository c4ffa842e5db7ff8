using StreamRecorder.Engine.Journal;
using Xunit;

namespace StreamRecorder.Engine.Tests.Journal;

/// <summary>Files damaged between two runs: every row of the table in docs/journal-layout.md.</summary>
public sealed class JournalDamageTests : IDisposable
{
    private const int Records = 600;

    private readonly JournalDirectory _directory = new();

    public JournalDamageTests()
    {
        using var journal = _directory.Open();
        journal.AppendAndCommit(Records / 2);
        journal.AppendAndCommit(Records / 2);
    }

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(1, JournalRecord.MagicAt, "magic")]
    [InlineData(1, JournalRecord.ChecksumAt, "checksum")]
    [InlineData(1, JournalRecord.HeaderBytes, "checksum")]
    [InlineData(300, JournalRecord.MagicAt, "magic")]
    [InlineData(300, JournalRecord.LengthAt, "length")]
    [InlineData(300, JournalRecord.SequenceAt, "checksum")]
    [InlineData(300, JournalRecord.PreviousAt, "checksum")]
    [InlineData(300, JournalRecord.HeaderBytes + 7, "checksum")]
    [InlineData(300, JournalRecord.VersionAt, "version")]
    [InlineData(300, -JournalRecord.EntryHeaderBytes, "")]
    [InlineData(300, -1, "")]
    [InlineData(Records, JournalRecord.MagicAt, "magic")]
    [InlineData(Records, JournalRecord.HeaderBytes + 7, "checksum")]
    public void Replay_BitFlippedInRecord_IsRefusedWithItsPlace(long sequence, int offset, string what)
    {
        var (file, at) = Find(sequence);
        Edit(file, at + offset, bytes => bytes[0] ^= 0x10, 1);

        var e = RefusedReplay();
        Assert.Contains(what, e.Message, StringComparison.Ordinal);
        Assert.Contains(file, e.Message, StringComparison.Ordinal);
        Assert.Contains($"sequence {sequence}", e.Message, StringComparison.Ordinal);
        Assert.Contains($"address {AddressOf(file, at) - JournalRecord.EntryHeaderBytes}", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Replay_RecordWithWrongSequenceButRightChecksum_IsRefused()
    {
        var (file, at) = Find(300);
        var payload = JournalVerbs.Payload(300);
        Edit(file, at, bytes => JournalRecord.Write(bytes, 301, JournalRecord.Previous(bytes), payload), RecordBytes(300));
        Assert.Contains("the record has sequence 301", RefusedReplay().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Replay_RecordReplacedByAnotherWholeOne_IsRefused()
    {
        var (file, at) = Find(300);
        var payload = new byte[JournalVerbs.Payload(300).Length];
        Edit(file, at, bytes => JournalRecord.Write(bytes, 300, JournalRecord.Previous(bytes), payload), RecordBytes(300));
        Assert.Contains("sequence 301: the record follows another one", RefusedReplay().Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    public void Replay_PageOfZeros_IsRefused(int page)
    {
        string file = _directory.Segment(page / 4);
        Edit(file, page % 4 * 4096, bytes => bytes.Clear(), 4096);
        var e = RefusedReplay();
        Assert.Contains(file, e.Message, StringComparison.Ordinal);
        Assert.Contains($"address {Math.Max(64, page * 4096)}", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Replay_ZerosInsideALargePage_AreRefused()
    {
        using var large = new JournalDirectory();
        var options = JournalDirectory.Small with { PageBytes = 64 * 1024, SegmentBytes = 256 * 1024, MemoryBytes = 1024 * 1024 };
        using (var journal = large.Open(options)) journal.AppendAndCommit(Records);
        Edit(large.Segment(0), 8192, bytes => bytes.Clear(), 4096);
        using var again = large.Open(options);
        Assert.Throws<JournalDamagedException>(() => again.ReplayChecked());
    }

    [Fact]
    public void Replay_LastPageOfZeros_IsRefused()
    {
        var (file, at) = Find(Records);
        Edit(file, at & ~4095L, bytes => bytes.Clear(), 4096);
        Assert.Contains($"the commit names {Records}", RefusedReplay().Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Open_OneSlotDamaged_StartsNormallyAndRepairsIt(int slot)
    {
        Edit(_directory.Slots, (slot * CommitSlot.Bytes) + 60, bytes => bytes[0] ^= 1, 1);
        using (var journal = _directory.Open()) Assert.Equal((1, Records), journal.ReplayChecked());
        var slots = File.ReadAllBytes(_directory.Slots);
        Assert.NotNull(CommitSlot.Read(slots.AsSpan(0, CommitSlot.Bytes)));
        Assert.NotNull(CommitSlot.Read(slots.AsSpan(CommitSlot.Bytes)));
        using var again = _directory.Open();
        Assert.Equal((1, Records), again.ReplayChecked());
    }

    [Fact]
    public void Open_SlotFileCutAfterTheFirstSlot_StartsNormally()
    {
        File.WriteAllBytes(_directory.Slots, File.ReadAllBytes(_directory.Slots)[..CommitSlot.Bytes]);
        using var journal = _directory.Open();
        Assert.Equal((1, Records), journal.ReplayChecked());
    }

    [Fact]
    public void Open_BothSlotsDamaged_IsRefused()
    {
        Edit(_directory.Slots, 60, bytes => bytes[0] ^= 1, 1);
        Edit(_directory.Slots, CommitSlot.Bytes + 60, bytes => bytes[0] ^= 1, 1);
        RefusedOpen(_directory.Slots);
    }

    [Fact]
    public void Open_SlotFileEmpty_IsRefused()
    {
        File.WriteAllBytes(_directory.Slots, []);
        RefusedOpen(_directory.Slots);
    }

    [Fact]
    public void Open_SlotFileMissingWithSegments_IsRefused()
    {
        File.Delete(_directory.Slots);
        RefusedOpen(_directory.Slots);
        Assert.False(File.Exists(_directory.Slots));
    }

    [Fact]
    public void Open_SlotOfANewerProgram_IsRefusedAsSuch()
    {
        Edit(_directory.Slots, 0, bytes =>
        {
            BitConverter.TryWriteBytes(bytes[CommitSlot.VersionAt..], CommitSlot.Version + 1);
            BitConverter.TryWriteBytes(bytes[CommitSlot.ChecksumAt..], Crc32C.Of(bytes[CommitSlot.VersionAt..]));
        }, CommitSlot.Bytes);
        Assert.Contains("newer", RefusedOpen(_directory.Slots).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Open_SegmentMissing_IsRefusedAndNotCreated(int number)
    {
        File.Delete(_directory.Segment(number));
        Assert.Contains("missing", RefusedOpen(_directory.Segment(number)).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_directory.Segment(number)));
    }

    [Fact]
    public void Open_SegmentCutBelowTheCommit_IsRefused()
    {
        var (file, at) = Find(Records);
        Cut(file, at + 20);
        RefusedOpen(file);
    }

    [Fact]
    public void Open_EarlierSegmentCut_IsRefused()
    {
        Cut(_directory.Segment(0), 16 * 1024 - 1);
        RefusedOpen(_directory.Segment(0));
    }

    [Fact]
    public void Open_SegmentCutBehindTheCommit_StartsAndIsMadeWholeAgain()
    {
        var (file, at) = Find(Records);
        Cut(file, at + RecordBytes(Records) + 3);
        using (var journal = _directory.Open())
        {
            Assert.Equal((1, Records), journal.ReplayChecked());
            Assert.Equal(16 * 1024, new FileInfo(file).Length);
            journal.AppendAndCommit(Records);
        }

        using var again = _directory.Open();
        Assert.Equal((1, 2 * Records), again.ReplayChecked());
    }

    [Fact]
    public void Open_GarbageBehindTheCommit_IsIgnored()
    {
        var (file, at) = Find(Records);
        long end = (at + RecordBytes(Records) + 3) & ~3L;
        Edit(file, end, bytes => bytes.Fill(0xEE), (int)(16 * 1024 - end));
        using (var journal = _directory.Open())
        {
            Assert.Equal((1, Records), journal.ReplayChecked());
            journal.AppendAndCommit(Records);
        }

        using var again = _directory.Open();
        Assert.Equal((1, 2 * Records), again.ReplayChecked());
    }

    [Fact]
    public void Open_SecondTime_IsRefusedWhileTheFirstIsOpen()
    {
        using var journal = _directory.Open();
        Assert.Contains(_directory.Path, Assert.Throws<IOException>(() => _directory.Open()).Message, StringComparison.Ordinal);
    }

    private static int RecordBytes(long sequence) => JournalRecord.HeaderBytes + JournalVerbs.Payload(sequence).Length;

    /// <summary>File of a record and the offset of its header, found by its own bytes.</summary>
    private (string File, long At) Find(long sequence)
    {
        for (int number = 0; File.Exists(_directory.Segment(number)); number++)
        {
            var content = File.ReadAllBytes(_directory.Segment(number)).AsSpan();
            for (int at = 0; at + JournalRecord.HeaderBytes < content.Length; at += 4)
            {
                if (BitConverter.ToUInt16(content[at..]) == JournalRecord.Magic && JournalRecord.Sequence(content[at..]) == sequence)
                    return (_directory.Segment(number), at);
            }
        }

        throw new InvalidOperationException("not found");
    }

    private static long AddressOf(string file, long at) =>
        (long.Parse(file[(file.LastIndexOf('.') + 1)..], System.Globalization.CultureInfo.InvariantCulture) * 16 * 1024) + at;

    private delegate void Editor(Span<byte> bytes);

    private static void Edit(string file, long at, Editor edit, int count)
    {
        var content = File.ReadAllBytes(file);
        edit(content.AsSpan((int)at, count));
        File.WriteAllBytes(file, content);
    }

    private static void Cut(string file, long bytes)
    {
        using var stream = File.OpenWrite(file);
        stream.SetLength(bytes);
    }

    private JournalDamagedException RefusedReplay()
    {
        using var journal = _directory.Open();
        return Assert.Throws<JournalDamagedException>(() => journal.Replay((_, _) => { }));
    }

    /// <summary>The start is refused, names the file, and leaves every byte as it was.</summary>
    private JournalDamagedException RefusedOpen(string file)
    {
        var before = Content();
        var e = Assert.Throws<JournalDamagedException>(() => _directory.Open());
        Assert.Contains(file, e.Message, StringComparison.Ordinal);
        Assert.Equal(before, Content());
        return e;
    }

    private Dictionary<string, byte[]> Content() => Directory.GetFiles(_directory.Path).ToDictionary(f => f, File.ReadAllBytes);
}
