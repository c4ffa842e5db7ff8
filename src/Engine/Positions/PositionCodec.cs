using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace StreamRecorder.Engine.Positions;

/// <summary>
/// The exact record of a position as bytes for the database: version (4), CRC32C of the rest (4), then the record's fields in the order of
/// declaration, little-endian. Symbol ids and epoch ids belong to a process and are written as 0; names stand beside the blob.
/// </summary>
public static class PositionCodec
{
    private const int Version = 1;
    private const int HeaderBytes = 8;

    public static int Size { get; } = HeaderBytes + Unsafe.SizeOf<Position>();

    public static byte[] Write(in Position position)
    {
        var bytes = new byte[Size];
        Write(position, bytes);
        return bytes;
    }

    /// <summary>Into exactly <see cref="Size"/> bytes.</summary>
    public static void Write(in Position position, Span<byte> bytes)
    {
        var copy = position;
        copy.ContractId = 0;
        copy.EpochId = 0;
        BinaryPrimitives.WriteInt32LittleEndian(bytes, Version);
        MemoryMarshal.Write(bytes[HeaderBytes..], in copy);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[4..], Crc(bytes[HeaderBytes..Size]));
    }

    /// <summary>False when version, length or checksum is not what was written.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Position position)
    {
        position = default;
        if (bytes.Length != Size || BinaryPrimitives.ReadInt32LittleEndian(bytes) != Version) return false;
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]) != Crc(bytes[HeaderBytes..])) return false;
        position = MemoryMarshal.Read<Position>(bytes[HeaderBytes..]);
        return true;
    }

    /// <summary>Written by a program that knows more than this one: not damage, and not to be touched.</summary>
    public static bool IsNewer(ReadOnlySpan<byte> bytes) => bytes.Length >= sizeof(int) && BinaryPrimitives.ReadInt32LittleEndian(bytes) > Version;

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        for (; bytes.Length >= 8; bytes = bytes[8..]) crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var b in bytes) crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }
}
