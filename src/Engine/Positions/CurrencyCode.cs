using System.Buffers.Binary;
using System.Text;

namespace StreamRecorder.Engine.Positions;

/// <summary>A currency code of up to 8 ASCII letters inside a long, so that a position's record stays unmanaged.</summary>
public static class CurrencyCode
{
    private const string UsualCode = "USD";
    private static readonly long Usual = Pack(UsualCode);

    public static long Pack(string code)
    {
        Span<byte> bytes = stackalloc byte[8];
        Encoding.ASCII.GetBytes(code, bytes);
        return BinaryPrimitives.ReadInt64LittleEndian(bytes);
    }

    public static string Unpack(long packed)
    {
        // Nearly all are: without a string for each position and each of its figures.
        if (packed == Usual) return UsualCode;
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, packed);
        var length = bytes.IndexOf((byte)0);
        return Encoding.ASCII.GetString(length < 0 ? bytes : bytes[..length]);
    }
}
