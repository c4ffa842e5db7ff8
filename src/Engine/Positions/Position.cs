using System.Runtime.InteropServices;

namespace StreamRecorder.Engine.Positions;

public enum Side : sbyte
{
    Short = -1,
    Flat = 0,
    Long = 1,
}

public enum CloseReason : byte
{
    None,
    Signal,
    Opposite,
    Target,
    Sync,
    TakeProfit,
    StopLoss,
    Broker,
    Manual,
}

/// <summary>What is unusual about a position, a fill or an answer; shown as words.</summary>
[Flags]
public enum Flags : uint
{
    None = 0,

    /// <summary>Ours was closed because the alert said that its strategy had been flat.</summary>
    Sync = 1,

    /// <summary>The same key came with another body.</summary>
    IdReused = 2,

    /// <summary>The front contract changed while the position was open; it keeps its own.</summary>
    ContractChanged = 4,

    /// <summary>No contract was found whose ticks the position may take.</summary>
    Unpriced = 8,

    /// <summary>An alert of the same second that would have undone a newer one; not applied.</summary>
    SameTime = 16,

    /// <summary>A rejected signal applied later by hand.</summary>
    Late = 32,

    /// <summary>Previous position and order do not add up to the new position that the alert names.</summary>
    Inconsistent = 64,

    /// <summary>A take-profit or stop-loss of the alert could not be read; it was applied without.</summary>
    BracketsUnread = 128,

    /// <summary>Those that stay with a position; the others belong to one answer or fill.</summary>
    Position = Sync | ContractChanged | Unpriced | Late | Inconsistent,
}

/// <summary>Recorder and symbol: what one position belongs to. The symbol id is of this process.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct PositionKey(long RecorderId, long SymbolId);

/// <summary>
/// The stored record of one key: all that the figures of its present (or last) position need. Unmanaged, updated in place in the store, by the
/// engine's thread only. Prices and quantities E9, costs and money 10⁻¹⁸ before the point value, times µs. A flat key has <see cref="Id"/> 0.
/// The figures are as of <see cref="EpochId"/>'s beginning: ticks since then are in the epochs of <see cref="ContractId"/>.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct Position
{
    /// <summary>Sum of price × quantity of what is held; signed as the quantity is.</summary>
    public Int128 Cost;
    public Int128 Realized;

    /// <summary>Sums over all entries and exits of this position, unsigned quantities.</summary>
    public Int128 EntryQuantity;
    public Int128 EntryValue;
    public Int128 ExitQuantity;
    public Int128 ExitValue;

    public Int128 WorstUnrealized;
    public Int128 BestUnrealized;
    public Int128 WorstTotal;
    public Int128 BestTotal;

    /// <summary>Greatest total so far (≥ 0), and the greatest fall from it.</summary>
    public Int128 Peak;
    public Int128 MaxDrawdown;

    /// <summary>Per contract and side, booked at each fill; 10⁻¹⁸ of the currency itself, no point value.</summary>
    public Int128 Commission;

    /// <summary>The opening's sequence; 0 when flat.</summary>
    public long Id;

    /// <summary>Signed quantity held.</summary>
    public long Quantity;
    public long MaxQuantity;
    public long WorstPrice;
    public long WorstAt;
    public long BestPrice;
    public long BestAt;
    public long LastPrice;
    public long LastAt;
    public long TickCount;
    public long OpenedAt;
    public long UpdatedAt;

    /// <summary>Sequence of the last change.</summary>
    public long Sequence;

    /// <summary>Where in <see cref="ContractId"/>'s epochs the ticks begin that are not in the figures yet.</summary>
    public long EpochId;
    public long TickSize;
    public long TickValue;

    /// <summary>Own time of the newest alert applied to this key; outlives the position (0: none).</summary>
    public long AlertAt;
    public long GapSeconds;

    /// <summary>The total of gaps (µs), the service's and its contract's, when the position opened: its own gap is what came since.</summary>
    public long GapBase;

    /// <summary>ISO code as up to 8 ASCII bytes, see <see cref="CurrencyCode"/>.</summary>
    public long Currency;

    /// <summary>The symbol whose ticks it takes. An unpriced position takes those of its own continuous symbol.</summary>
    public int ContractId;
    public Flags Flags;
    public Side Side;

    public readonly bool IsOpen => Id != 0;

    public readonly long Held => Math.Abs(Quantity);
}
