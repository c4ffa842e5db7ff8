using System.Runtime.InteropServices;

namespace StreamRecorder.Ingest.Socket;

/// <summary>
/// The bytes of binary frames, all numbers little-endian; drawn for senders in docs/feeds.md,
/// whose example a test reads byte for byte. The first byte says which frame it is.
/// </summary>
internal static class FrameLayout
{
    public const byte Version = 1;

    public const byte Hello = 1;
    public const byte Symbols = 2;
    public const byte Ticks = 3;

    // Hello: type (1), version (1), length of the name (2), name.
    public const int HelloBytes = 4;
    public const int VersionAt = 1;
    public const int NameLengthAt = 2;

    // Symbols: type (1), 0 (1), count (2), then each: length (1), ASCII.
    public const int SymbolsBytes = 4;

    // Ticks: type (1), 0 (1), count (2), 0 (4), sequence (8), then each tick.
    public const int TicksBytes = 16;
    public const int CountAt = 2;
    public const int SequenceAt = 8;
}

/// <summary>
/// One tick of a binary frame: price (10⁻⁹), time (µs since 1970), place in the symbol
/// table. 20 bytes. Read in place: all machines that .NET 10 runs on are little-endian.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly struct FrameTick(long price, long at, uint symbol)
{
    public readonly long Price = price;
    public readonly long At = at;
    public readonly uint Symbol = symbol;
}
