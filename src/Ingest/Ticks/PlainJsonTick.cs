using StreamRecorder.Engine.Prices;

namespace StreamRecorder.Ingest.Ticks;

/// <summary>
/// Reads a tick of the usual shape in one pass over its bytes: a flat object of plain numbers and
/// plain ASCII strings, each field once. It gives up at anything else, and <see cref="JsonTick"/> then
/// reads the whole line anew; where this one does give a tick, both give the same (a property test).
/// </summary>
internal static class PlainJsonTick
{
    private ref struct Scan(ReadOnlySpan<byte> data)
    {
        public readonly ReadOnlySpan<byte> Data = data;
        public int Index;
        public ReadOnlySpan<byte> Symbol;
        public long Price;
        public long Bid;
        public long Ask;
        public long At;

        /// <summary>Bit of each <see cref="TickField"/> met.</summary>
        public int Met;
    }

    private const int MetSymbol = 1 << (int)TickField.Symbol;
    private const int MetPrice = 1 << (int)TickField.Price;
    private const int MetQuote = 1 << (int)TickField.Bid | 1 << (int)TickField.Ask;
    private const int MetTime = 1 << (int)TickField.Time;

    /// <summary>Bytes up to and with the closing brace, or 0 when it is not plain, not a good tick or not complete.</summary>
    public static int TryRead(ReadOnlySpan<byte> data, TickRules rules, long arrival, out Tick tick)
    {
        tick = default;
        if (data.IsEmpty || data[0] != '{') return 0;
        var scan = new Scan(data) { Index = 1, At = arrival };
        do
        {
            if (!TryField(ref scan, rules)) return 0;
            SkipBlanks(ref scan);
            if ((uint)scan.Index >= (uint)data.Length) return 0;
        }
        while (data[scan.Index++] == ',');
        if (data[scan.Index - 1] != '}' || (scan.Met & MetSymbol) == 0) return 0;
        if ((scan.Met & MetTime) == 0 && arrival == TickRules.NoArrival) return 0;
        if ((scan.Met & MetPrice) == 0)
        {
            if ((scan.Met & MetQuote) != MetQuote) return 0;
            scan.Price = TickRules.Mid(scan.Bid, scan.Ask);
        }
        return rules.TryMake(scan.Symbol, scan.Price, scan.At, arrival, out tick) ? scan.Index : 0;
    }

    private static bool TryField(ref Scan scan, TickRules rules)
    {
        SkipBlanks(ref scan);
        if (!TryString(ref scan, out var name)) return false;
        SkipBlanks(ref scan);
        if (!TryByte(ref scan, (byte)':')) return false;
        SkipBlanks(ref scan);
        var field = TickNames.Find(name, out _);
        if (field != TickField.None)
        {
            // A field met twice, by one name or two, is for the thorough reader.
            var bit = 1 << (int)field;
            if ((scan.Met & bit) != 0) return false;
            scan.Met |= bit;
        }
        return field switch
        {
            TickField.Symbol => TryString(ref scan, out scan.Symbol),
            TickField.Price => TryNumber(ref scan, out scan.Price),
            TickField.Bid => TryNumber(ref scan, out scan.Bid),
            TickField.Ask => TryNumber(ref scan, out scan.Ask),
            TickField.Size => TryNumber(ref scan, out var size) && size >= 0,
            TickField.Time => TryTime(ref scan, rules),
            _ => TryOther(ref scan),
        };
    }

    private static bool TryTime(ref Scan scan, TickRules rules)
    {
        if (scan.Index >= scan.Data.Length) return false;
        if (scan.Data[scan.Index] != '"')
            return PlainNumber.TryReadWhole(scan.Data, ref scan.Index, out var whole) && TickTime.TryFromEpoch(whole, out scan.At);
        return TryString(ref scan, out var text) && !text.IsEmpty && rules.Time.TryParse(text, out scan.At);
    }

    /// <summary>A number, also in quotes.</summary>
    private static bool TryNumber(ref Scan scan, out long value)
    {
        if (!TryByte(ref scan, (byte)'"')) return PlainNumber.TryRead(scan.Data, ref scan.Index, out value);
        return PlainNumber.TryRead(scan.Data, ref scan.Index, out value) && TryByte(ref scan, (byte)'"');
    }

    /// <summary>A field that is none of ours, if plain.</summary>
    private static bool TryOther(ref Scan scan) =>
        scan.Index < scan.Data.Length && scan.Data[scan.Index] == '"'
            ? TryString(ref scan, out _)
            : PlainNumber.TryRead(scan.Data, ref scan.Index, out _);

    private static bool TryByte(ref Scan scan, byte wanted)
    {
        if ((uint)scan.Index >= (uint)scan.Data.Length || scan.Data[scan.Index] != wanted) return false;
        scan.Index++;
        return true;
    }

    private static void SkipBlanks(ref Scan scan)
    {
        while ((uint)scan.Index < (uint)scan.Data.Length && scan.Data[scan.Index] is (byte)' ' or (byte)'\t') scan.Index++;
    }

    /// <summary>A string of printable ASCII without escapes.</summary>
    private static bool TryString(scoped ref Scan scan, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (!TryByte(ref scan, (byte)'"') || !PlainText.TryRead(scan.Data, ref scan.Index, out text)) return false;
        scan.Index++;
        return true;
    }
}
