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

/// <summary>
/// The names of those fields, in any case. Of several times in one tick the one with the lower rank counts; <c>time</c> goes first.
/// </summary>
internal static class TickNames
{
    /// <summary>The first of <see cref="Names"/> are the contract's own: one for each field, all of rank 0.</summary>
    private const int OwnNames = 6;

    private static readonly (string Name, TickField Field)[] Names =
    [
        ("symbol", TickField.Symbol),
        ("price", TickField.Price),
        ("size", TickField.Size),
        ("bid", TickField.Bid),
        ("ask", TickField.Ask),
        ("time", TickField.Time),
        ("ticker", TickField.Symbol),
        ("timestamp_utc_us", TickField.Time),
        ("timestamp_utc_ns", TickField.Time),
        ("timestamp_utc_ms", TickField.Time),
        ("timestamp_utc_s", TickField.Time),
        ("timestamp_utc", TickField.Time),
        ("timestamp", TickField.Time),
        ("datetime", TickField.Time),
        ("ts", TickField.Time),
        ("date", TickField.Time),
    ];

    /// <summary>None for a name that is none of ours. The rank orders names of the same field, the wanted one first.</summary>
    public static TickField Find(ReadOnlySpan<byte> name, out int rank)
    {
        rank = 0;
        var field = name.Length switch
        {
            6 when name.SequenceEqual("symbol"u8) => TickField.Symbol,
            5 when name.SequenceEqual("price"u8) => TickField.Price,
            4 when name.SequenceEqual("time"u8) => TickField.Time,
            4 when name.SequenceEqual("size"u8) => TickField.Size,
            3 when name.SequenceEqual("bid"u8) => TickField.Bid,
            3 when name.SequenceEqual("ask"u8) => TickField.Ask,
            _ => TickField.None,
        };
        return field != TickField.None ? field : FindAnyCase(name, out rank);
    }

    private static TickField FindAnyCase(ReadOnlySpan<byte> name, out int rank)
    {
        rank = 0;
        for (var i = 0; i < Names.Length; i++)
        {
            if (!Ascii.EqualsIgnoreCase(name, Names[i].Name)) continue;
            rank = i < OwnNames ? 0 : i;
            return Names[i].Field;
        }
        return TickField.None;
    }
}
