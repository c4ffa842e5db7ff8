using System.Buffers.Binary;
using System.Numerics;
using FASTER.core;

namespace StreamRecorder.Host.Tests.Verify;

/// <summary>
/// Alters a record of a stopped journal and makes every checksum right again, that of the record, the chain behind it and the commit:
/// damage that only a comparison with the database can find. Written from docs/journal-layout.md, not with the journal's own code.
/// </summary>
internal sealed class JournalForger(DataFiles files)
{
    private const int SlotBytes = 4096;
    private const byte KindTickFold = 1;

    private readonly byte[] _slots = File.ReadAllBytes(files.Slots);
    private readonly SortedDictionary<int, byte[]> _segments = [];

    /// <summary>Raises the greatest price of a fold in the middle by a dollar; returns its sequence.</summary>
    public long RaiseOneFold()
    {
        var slot = Number(0) > Number(1) ? 0 : 1;
        var until = Int64(slot * SlotBytes + 60);
        var last = Int64(slot * SlotBytes + 92);
        uint previous = 0;
        long forged = 0;
        for (var address = Int64(slot * SlotBytes + 52); address < until;)
        {
            var entry = EntryAt(address, out var length);
            if (length == 0)
            {
                address = (address / DataFiles.Sizes.PageBytes + 1) * DataFiles.Sizes.PageBytes;
                continue;
            }
            var record = entry.Slice(4, length);
            if (forged == 0 && record[24] == KindTickFold && BinaryPrimitives.ReadInt64LittleEndian(record[8..]) > last / 2)
            {
                forged = BinaryPrimitives.ReadInt64LittleEndian(record[8..]);
                Raise(record[24..]);
            }
            if (forged > 0) Seal(record, previous);
            previous = BinaryPrimitives.ReadUInt32LittleEndian(record[20..]);
            address += 4 + ((length + 3) & ~3);
        }
        BinaryPrimitives.WriteUInt32LittleEndian(_slots.AsSpan(slot * SlotBytes + 100), previous);
        SealMetadata(_slots.AsSpan(slot * SlotBytes, SlotBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(_slots.AsSpan(slot * SlotBytes + 4), Crc(_slots.AsSpan(slot * SlotBytes + 8, SlotBytes - 8)));
        File.WriteAllBytes(files.Slots, _slots);
        foreach (var (number, bytes) in _segments) File.WriteAllBytes(files.Segment(number), bytes);
        return forged;
    }

    private static void Raise(Span<byte> payload)
    {
        // Kind, version and time; name and root, each with its length; two bytes of
        // the symbol; then 12 numbers, of which the greatest price is the eighth.
        var at = 10;
        for (var i = 0; i < 2; i++) at += 2 + BinaryPrimitives.ReadUInt16LittleEndian(payload[at..]);
        at += 2 + 7 * 8;
        BinaryPrimitives.WriteInt64LittleEndian(payload[at..], BinaryPrimitives.ReadInt64LittleEndian(payload[at..]) + 1_000_000_000);
    }

    private static void Seal(Span<byte> record, uint previous)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(record[16..], previous);
        byte[] checkedBytes = [.. record[..20], .. record[24..]];
        BinaryPrimitives.WriteUInt32LittleEndian(record[20..], Crc(checkedBytes));
    }

    /// <summary>FasterLog's own check takes the cookie in, so FasterLog makes it.</summary>
    private static void SealMetadata(Span<byte> slot) => new FasterLogRecoveryInfo
    {
        BeginAddress = BinaryPrimitives.ReadInt64LittleEndian(slot[52..]),
        UntilAddress = BinaryPrimitives.ReadInt64LittleEndian(slot[60..]),
        CommitNum = BinaryPrimitives.ReadInt64LittleEndian(slot[16..]),
        Cookie = slot.Slice(84, 20).ToArray(),
    }.ToByteArray().CopyTo(slot[40..]);

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes) crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }

    private Span<byte> EntryAt(long address, out int length)
    {
        var number = (int)(address / DataFiles.Sizes.SegmentBytes);
        if (!_segments.TryGetValue(number, out var bytes)) _segments[number] = bytes = File.ReadAllBytes(files.Segment(number));
        var entry = bytes.AsSpan((int)(address % DataFiles.Sizes.SegmentBytes));
        length = DataFiles.Sizes.PageBytes - address % DataFiles.Sizes.PageBytes < 4 ? 0 : BinaryPrimitives.ReadInt32LittleEndian(entry);
        return entry;
    }

    private long Number(int slot) => Int64(slot * SlotBytes + 16);

    private long Int64(int at) => BinaryPrimitives.ReadInt64LittleEndian(_slots.AsSpan(at));
}
