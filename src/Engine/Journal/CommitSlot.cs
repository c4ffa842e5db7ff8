using System.Buffers.Binary;
using FASTER.core;

namespace StreamRecorder.Engine.Journal;

/// <summary>
/// What one commit says: which part of the log counts, and the sequences and the checksum at its ends (an independent witness of what a
/// replay must find).
/// </summary>
internal readonly record struct CommitPoint(long Number, long Begin, long Until, long FirstSequence, long LastSequence, uint LastChecksum)
{
    public const int CookieBytes = 20;

    /// <summary>A journal in which nothing was ever committed.</summary>
    public static CommitPoint Empty => new(0, JournalLimits.FirstAddress, JournalLimits.FirstAddress, 1, 0, 0);

    public static byte[] Cookie(long firstSequence, long lastSequence, uint lastChecksum)
    {
        var cookie = new byte[CookieBytes];
        BinaryPrimitives.WriteInt64LittleEndian(cookie, firstSequence);
        BinaryPrimitives.WriteInt64LittleEndian(cookie.AsSpan(8), lastSequence);
        BinaryPrimitives.WriteUInt32LittleEndian(cookie.AsSpan(16), lastChecksum);
        return cookie;
    }

    /// <summary>The same in FasterLog's own form, which it reads back at start.</summary>
    public byte[] ToMetadata() =>
        new FasterLogRecoveryInfo
        {
            BeginAddress = Begin,
            UntilAddress = Until,
            CommitNum = Number,
            Cookie = Cookie(FirstSequence, LastSequence, LastChecksum),
        }.ToByteArray();

    /// <summary>Null when the metadata cannot be read or contradicts itself.</summary>
    public static CommitPoint? FromMetadata(byte[] metadata)
    {
        var info = new FasterLogRecoveryInfo();
        try
        {
            using var reader = new BinaryReader(new MemoryStream(metadata));
            info.Initialize(reader);
        }
        catch (Exception e) when (e is FasterException or IOException or ArgumentException)
        {
            return null;
        }

        if (info.Cookie is not { Length: CookieBytes } cookie) return null;
        var point = new CommitPoint(
            info.CommitNum, info.BeginAddress, info.UntilAddress, BinaryPrimitives.ReadInt64LittleEndian(cookie),
            BinaryPrimitives.ReadInt64LittleEndian(cookie.AsSpan(8)), BinaryPrimitives.ReadUInt32LittleEndian(cookie.AsSpan(16)));
        return point.IsPlausible ? point : null;
    }

    private bool IsPlausible =>
        Number >= 0 && Begin >= JournalLimits.FirstAddress && Begin <= Until && FirstSequence >= 1
        && FirstSequence <= LastSequence + 1 && (Begin == Until) == (FirstSequence == LastSequence + 1);
}

/// <summary>
/// The bytes of one commit slot (drawn in docs/journal-layout.md): a header, FasterLog's metadata, zeros up to 4 KiB, one checksum over all
/// of it.
/// </summary>
internal static class CommitSlot
{
    public const int Bytes = 4096;
    public const int Count = 2;
    public const uint Magic = 0x53434A53; // "SJCS"
    public const int Version = 1;

    public const int MagicAt = 0;
    public const int ChecksumAt = 4;
    public const int VersionAt = 8;
    public const int LengthAt = 12;
    public const int NumberAt = 16;
    public const int SegmentBytesAt = 24;
    public const int PageBytesAt = 32;
    public const int MetadataAt = 40;

    public static void Write(Span<byte> slot, JournalLayout layout, long number, ReadOnlySpan<byte> metadata)
    {
        slot.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(slot[MagicAt..], Magic);
        BinaryPrimitives.WriteInt32LittleEndian(slot[VersionAt..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(slot[LengthAt..], metadata.Length);
        BinaryPrimitives.WriteInt64LittleEndian(slot[NumberAt..], number);
        BinaryPrimitives.WriteInt64LittleEndian(slot[SegmentBytesAt..], layout.SegmentBytes);
        BinaryPrimitives.WriteInt32LittleEndian(slot[PageBytesAt..], layout.PageBytes);
        metadata.CopyTo(slot[MetadataAt..]);
        BinaryPrimitives.WriteUInt32LittleEndian(slot[ChecksumAt..], Crc32C.Of(slot[VersionAt..]));
    }

    /// <summary>Reads one slot; null when its bytes are not a whole slot of this version.</summary>
    public static (CommitPoint Point, JournalLayout Layout)? Read(ReadOnlySpan<byte> slot)
    {
        if (slot.Length != Bytes || BinaryPrimitives.ReadUInt32LittleEndian(slot[MagicAt..]) != Magic) return null;
        if (BinaryPrimitives.ReadUInt32LittleEndian(slot[ChecksumAt..]) != Crc32C.Of(slot[VersionAt..])) return null;
        if (BinaryPrimitives.ReadInt32LittleEndian(slot[VersionAt..]) != Version) return null;
        int length = BinaryPrimitives.ReadInt32LittleEndian(slot[LengthAt..]);
        if (length is < 0 or > Bytes - MetadataAt) return null;
        if (CommitPoint.FromMetadata(slot.Slice(MetadataAt, length).ToArray()) is not { } point) return null;
        if (point.Number != BinaryPrimitives.ReadInt64LittleEndian(slot[NumberAt..])) return null;
        int pageBytes = BinaryPrimitives.ReadInt32LittleEndian(slot[PageBytesAt..]);
        return (point, new JournalLayout(pageBytes, BinaryPrimitives.ReadInt64LittleEndian(slot[SegmentBytesAt..])));
    }

    /// <summary>The version of a slot that is whole but newer than this program, otherwise null.</summary>
    public static int? NewerVersion(ReadOnlySpan<byte> slot)
    {
        if (slot.Length != Bytes || BinaryPrimitives.ReadUInt32LittleEndian(slot[MagicAt..]) != Magic) return null;
        int version = BinaryPrimitives.ReadInt32LittleEndian(slot[VersionAt..]);
        return version > Version && BinaryPrimitives.ReadUInt32LittleEndian(slot[ChecksumAt..]) == Crc32C.Of(slot[VersionAt..]) ? version : null;
    }
}
