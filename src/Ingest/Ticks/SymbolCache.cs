using System.Buffers.Binary;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Numbers;

namespace StreamRecorder.Ingest.Ticks;

/// <summary>
/// One stream's short way from the bytes of a symbol to its id, in front of the symbol table: a direct-mapped array of spellings of
/// up to 16 bytes. A spelling with a one-digit year is remembered for the year it was resolved in, because its meaning depends on it.
/// </summary>
internal sealed class SymbolCache(SymbolTable symbols, LiveFeed? live)
{
    private const int SpellingBytesMax = 16;
    private const int IndexBits = 10;

    private readonly Entry[] _entries = new Entry[IngestLimits.SymbolCacheSize];
    private InstrumentTable _instruments = symbols.Instruments;

    private struct Entry
    {
        public ulong First;
        public ulong Last;
        public int Length;
        public int Id;
        public long From;
        public long Until;
    }

    /// <summary>Called now and then: a changed instrument table may give a spelling another meaning.</summary>
    public void Refresh()
    {
        if (ReferenceEquals(_instruments, symbols.Instruments)) return;
        _instruments = symbols.Instruments;
        Array.Clear(_entries);
    }

    public bool TryResolve(ReadOnlySpan<byte> text, long at, out int id)
    {
        if (text.IsEmpty || text.Length > SpellingBytesMax) return TryResolveSlow(text, at, out id);
        var (first, last) = KeyOf(text);
        ref var entry = ref _entries[(first * 0x9E37_79B9_7F4A_7C15 ^ last * 0xC2B2_AE3D_27D4_EB4F) >> (64 - IndexBits)];
        id = entry.Id;
        if (entry.First == first && entry.Last == last && entry.Length == text.Length && at >= entry.From && at < entry.Until) return true;
        if (!TryResolveSlow(text, at, out id)) return false;
        var (from, until) = SpanOf(text, at);
        entry = new Entry { First = first, Last = last, Length = text.Length, Id = id, From = from, Until = until };
        return true;
    }

    /// <summary>For which times a known spelling means what it means at <paramref name="at"/>: for all, or for that year.</summary>
    public static (long From, long Until) SpanOf(ReadOnlySpan<byte> text, long at) => IsTimeless(text) ? (long.MinValue, long.MaxValue) : YearOf(at);

    /// <summary>The reason why a symbol cannot be resolved.</summary>
    public Refusal? Explain(ReadOnlySpan<byte> text, long at) => symbols.TryResolve(text, at, out _, out var refusal) ? null : refusal;

    private bool TryResolveSlow(ReadOnlySpan<byte> text, long at, out int id)
    {
        var found = symbols.TryResolve(text, at, out var symbol, out _);
        id = found ? symbol.Id : -1;
        if (found) live?.See(id);
        return found;
    }

    /// <summary>All bytes of the text, given its length: the first 8 and the last 8, overlapping where it is shorter.</summary>
    private static (ulong First, ulong Last) KeyOf(ReadOnlySpan<byte> text)
    {
        if (text.Length >= 8) return (BinaryPrimitives.ReadUInt64LittleEndian(text), BinaryPrimitives.ReadUInt64LittleEndian(text[^8..]));
        if (text.Length >= 4) return (BinaryPrimitives.ReadUInt32LittleEndian(text), BinaryPrimitives.ReadUInt32LittleEndian(text[^4..]));
        return ((ulong)text[0] << 16 | (ulong)text[text.Length / 2] << 8 | text[^1], 0);
    }

    private static bool IsTimeless(ReadOnlySpan<byte> text)
    {
        Span<char> chars = stackalloc char[EngineLimits.SymbolLengthMax];
        for (var i = 0; i < text.Length; i++) chars[i] = (char)text[i];
        return !SymbolParser.HasOneDigitYear(chars[..text.Length]);
    }

    private static (long From, long Until) YearOf(long at)
    {
        var year = Timestamp.YearOf(at);
        return (StartOf(year), StartOf(year + 1));
    }

    private static long StartOf(int year) => Timestamp.From(new DateTimeOffset(year, 1, 1, 0, 0, 0, TimeSpan.Zero));
}
