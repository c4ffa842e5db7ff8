using System.Buffers.Binary;
using static System.FormattableString;

namespace StreamRecorder.Engine.Journal;

/// <summary>
/// The bytes of one record, as FasterLog keeps them behind its own four length bytes (drawn in docs/journal-layout.md).
/// Each record names the checksum of the one before it, so that left-over bytes of an earlier life can never be taken for a successor.
/// </summary>
internal static class JournalRecord
{
    public const ushort Magic = 0x4A53; // "SJ"
    public const byte Version = 1;

    public const int MagicAt = 0;
    public const int VersionAt = 2;
    public const int LengthAt = 4;
    public const int SequenceAt = 8;
    public const int PreviousAt = 16;
    public const int ChecksumAt = 20;
    public const int HeaderBytes = 24;

    /// <summary>FasterLog's own length in front of each entry.</summary>
    public const int EntryHeaderBytes = 4;

    /// <summary>What a payload takes in the log: FasterLog's length, our header, the payload, up to the next multiple of four.</summary>
    public static int EntryBytes(int payloadBytes) => EntryHeaderBytes + ((HeaderBytes + payloadBytes + 3) & ~3);

    /// <summary>Writes header and payload to the start of <paramref name="record"/>; returns the checksum, which the next record names.</summary>
    public static uint Write(Span<byte> record, long sequence, uint previous, ReadOnlySpan<byte> payload)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(record[MagicAt..], Magic);
        record[VersionAt] = Version;
        record[VersionAt + 1] = 0;
        BinaryPrimitives.WriteInt32LittleEndian(record[LengthAt..], payload.Length);
        BinaryPrimitives.WriteInt64LittleEndian(record[SequenceAt..], sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(record[PreviousAt..], previous);
        payload.CopyTo(record[HeaderBytes..]);
        uint checksum = Crc32C.Of(record[..ChecksumAt], payload);
        BinaryPrimitives.WriteUInt32LittleEndian(record[ChecksumAt..], checksum);
        return checksum;
    }

    public static long Sequence(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadInt64LittleEndian(record[SequenceAt..]);

    public static uint Previous(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadUInt32LittleEndian(record[PreviousAt..]);

    public static uint Checksum(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadUInt32LittleEndian(record[ChecksumAt..]);

    /// <summary>Null when the bytes are one whole record of ours; otherwise what is wrong with them.</summary>
    public static string? Check(ReadOnlySpan<byte> record)
    {
        if (record.Length < HeaderBytes) return "the entry is shorter than a record header";
        if (BinaryPrimitives.ReadUInt16LittleEndian(record[MagicAt..]) != Magic) return "the magic number is wrong";
        if (record[VersionAt] > Version) return NewerVersion(record[VersionAt]);
        if (BinaryPrimitives.ReadInt32LittleEndian(record[LengthAt..]) != record.Length - HeaderBytes) return "the length differs from the entry's";
        return Crc32C.Of(record[..ChecksumAt], record[HeaderBytes..]) == Checksum(record) ? null : "the checksum is wrong";
    }

    private static string NewerVersion(byte version) =>
        Invariant($"the record has version {version}, this program knows up to {Version} (it was written by a newer program, or is damaged)");
}
