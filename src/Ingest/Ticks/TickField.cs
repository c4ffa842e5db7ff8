using System.Text;

namespace StreamRecorder.Ingest.Ticks;

/// <summary>What a column or JSON field of a tick says.</summary>
internal enum TickField : byte
{
    None,
    Symbol,
    Price,
    Size,
    Bid,
    Ask,
    Time,
}

/// <summary>The names of those fields, in any case. Of several times in one tick the one with the lower rank counts; <c>time</c> goes first.</summary>
internal static class TickNames
{
    private static readonly (string Name, TickField Field)[] Names =
    [
        ("symbol", TickField.Symbol),
        ("price", TickField.Price),
        ("size", TickField.Size),
        ("bid", TickField.Bid),
        ("ask", TickField.Ask),
        ("time", TickField.Time),
        ("timestamp_utc_us", TickField.Time),
        ("timestamp_utc_ns", TickField.Time),
        ("timestamp_utc_ms", TickField.Time),
        ("timestamp_utc_s", TickField.Time),
        ("timestamp_utc", TickField.Time),
        ("timestamp", TickField.Time),
        ("datetime", TickField.Time),
        ("ts", TickField.Time),
        ("date", TickField.Time),
        ("ticker", TickField.Symbol),
    ];

    /// <summary>None for a name that is none of ours. The rank orders names of the same field, the wanted one first.</summary>
    public static TickField Find(ReadOnlySpan<byte> name, out int rank)
    {
        rank = 0;
        if (name.SequenceEqual("symbol"u8)) return TickField.Symbol;
        if (name.SequenceEqual("price"u8)) return TickField.Price;
        if (name.SequenceEqual("size"u8)) return TickField.Size;
        if (name.SequenceEqual("bid"u8)) return TickField.Bid;
        if (name.SequenceEqual("ask"u8)) return TickField.Ask;
        return FindAnyCase(name, out rank);
    }

    private static TickField FindAnyCase(ReadOnlySpan<byte> name, out int rank)
    {
        for (rank = 0; rank < Names.Length; rank++)
            if (Ascii.EqualsIgnoreCase(name, Names[rank].Name)) return Names[rank].Field;
        return TickField.None;
    }
}
