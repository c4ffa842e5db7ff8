using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace StreamRecorder.Engine.Journal;

/// <summary>CRC-32C (Castagnoli) of spans, eight bytes a step by the processor's own instruction.</summary>
public static class Crc32C
{
    /// <summary>CRC-32C of <paramref name="bytes"/>; "123456789" gives E3069283.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes) => ~Fold(uint.MaxValue, bytes);

    /// <summary>CRC-32C of two spans as if they stood one behind the other.</summary>
    public static uint Of(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) => ~Fold(Fold(uint.MaxValue, first), second);

    private static uint Fold(uint crc, ReadOnlySpan<byte> bytes)
    {
        ref byte at = ref MemoryMarshal.GetReference(bytes);
        int rest = bytes.Length;
        for (; rest >= sizeof(ulong); rest -= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, Unsafe.ReadUnaligned<ulong>(ref at));
            at = ref Unsafe.Add(ref at, sizeof(ulong));
        }

        for (; rest > 0; rest--)
        {
            crc = BitOperations.Crc32C(crc, at);
            at = ref Unsafe.Add(ref at, 1);
        }

        return crc;
    }
}
