using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using StreamRecorder.Engine.Journal;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Recovery;
using StreamRecorder.Engine.Signals;

namespace StreamRecorder.Sink;

/// <summary>
/// Deliveries as the bytes of one row of <c>delivery_runs</c>; the layout is drawn in <c>Migrations/0001_initial.sql</c>.
/// </summary>
internal static class DeliveryRun
{
    private const int HeadBytes = 74;
    private const int ChecksumBytes = 4;

    /// <summary>SQL: how many deliveries with a key were written; NULL when none is there.</summary>
    public const string NewestTotal = "SELECT max(keyed_total) FROM delivery_runs WHERE keyed_total IS NOT NULL";

    [Flags]
    private enum Bits : byte
    {
        PositionIsOpen = 1,
        HasFiringTime = 2,
        HasKey = 4,
    }

    public static void Append(ArrayBufferWriter<byte> run, in StoredRepeat delivery)
    {
        var answer = delivery.Answer;
        var key = delivery.Key ?? "";
        var to = run.GetSpan(HeadBytes + Encoding.UTF8.GetMaxByteCount(key.Length));
        var length = Encoding.UTF8.GetBytes(key, to[HeadBytes..]);
        BinaryPrimitives.WriteInt64BigEndian(to, answer.Sequence);
        BinaryPrimitives.WriteInt64BigEndian(to[8..], delivery.At);
        BinaryPrimitives.WriteInt64BigEndian(to[16..], delivery.Until);
        BinaryPrimitives.WriteInt64BigEndian(to[24..], delivery.RecorderId);
        BinaryPrimitives.WriteInt64BigEndian(to[32..], answer.PositionId);
        BinaryPrimitives.WriteInt64BigEndian(to[40..], answer.ClosedPositionId);
        BinaryPrimitives.WriteUInt128BigEndian(to[48..], delivery.BodyHash);
        BinaryPrimitives.WriteUInt32BigEndian(to[64..], (uint)answer.Flags);
        to[68] = (byte)answer.Status;
        to[69] = (byte)answer.Effect;
        to[70] = (byte)answer.Reason;
        to[71] = (byte)((answer.PositionIsOpen ? Bits.PositionIsOpen : 0) | (delivery.HasFiringTime ? Bits.HasFiringTime : 0)
            | (delivery.Key is not null ? Bits.HasKey : 0));
        BinaryPrimitives.WriteUInt16BigEndian(to[72..], checked((ushort)length));
        run.Advance(HeadBytes + length);
    }

    /// <summary>After the last delivery.</summary>
    public static void Seal(ArrayBufferWriter<byte> run)
    {
        BinaryPrimitives.WriteUInt32BigEndian(run.GetSpan(ChecksumBytes), Crc32C.Of(run.WrittenSpan));
        run.Advance(ChecksumBytes);
    }

    /// <summary>Oldest first, at least one. Null when the bytes are not what was written.</summary>
    public static List<StoredRepeat>? Read(ReadOnlySpan<byte> run)
    {
        if (run.Length < HeadBytes + ChecksumBytes) return null;
        var rest = run[..^ChecksumBytes];
        if (Crc32C.Of(rest) != BinaryPrimitives.ReadUInt32BigEndian(run[^ChecksumBytes..])) return null;
        var deliveries = new List<StoredRepeat>();
        while (!rest.IsEmpty)
        {
            // A checksum can be right over bytes that were never written so.
            if (rest.Length < HeadBytes || rest.Length < LengthOf(rest)) return null;
            deliveries.Add(ReadOne(rest[..LengthOf(rest)]));
            rest = rest[LengthOf(rest)..];
        }
        return deliveries;
    }

    private static int LengthOf(ReadOnlySpan<byte> delivery) => HeadBytes + BinaryPrimitives.ReadUInt16BigEndian(delivery[72..]);

    private static StoredRepeat ReadOne(ReadOnlySpan<byte> from)
    {
        var bits = (Bits)from[71];
        var at = BinaryPrimitives.ReadInt64BigEndian(from[8..]);
        return new StoredRepeat(
            BinaryPrimitives.ReadInt64BigEndian(from[24..]),
            bits.HasFlag(Bits.HasKey) ? Encoding.UTF8.GetString(from[HeadBytes..]) : null,
            BinaryPrimitives.ReadUInt128BigEndian(from[48..]),
            at,
            at,
            new SignalAnswer
            {
                Sequence = BinaryPrimitives.ReadInt64BigEndian(from),
                Status = (SignalStatus)from[68],
                Effect = (Effect)from[69],
                Reason = (IgnoreReason)from[70],
                PositionId = BinaryPrimitives.ReadInt64BigEndian(from[32..]),
                PositionIsOpen = bits.HasFlag(Bits.PositionIsOpen),
                ClosedPositionId = BinaryPrimitives.ReadInt64BigEndian(from[40..]),
                Flags = (Flags)BinaryPrimitives.ReadUInt32BigEndian(from[64..]),
            },
            BinaryPrimitives.ReadInt64BigEndian(from[16..]),
            bits.HasFlag(Bits.HasFiringTime));
    }
}
