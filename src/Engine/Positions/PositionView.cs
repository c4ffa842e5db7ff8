using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Numbers;

namespace StreamRecorder.Engine.Positions;

/// <summary>
/// One position as everybody outside sees it: every figure of the contract's section 1 under its name, rounded once, here. Made from
/// a record whose ticks are folded in; used by JSON, the database's readable columns, tables and logs alike. Times µs, null: none.
/// </summary>
public sealed record PositionView
{
    public required long Id { get; init; }
    public required long RecorderId { get; init; }
    public required string Recorder { get; init; }
    public required string Symbol { get; init; }

    /// <summary>Null while no contract is known whose ticks it could take.</summary>
    public required string? Contract { get; init; }
    public required string Root { get; init; }
    public required string Currency { get; init; }
    public required Side Side { get; init; }
    public required bool IsOpen { get; init; }
    public required Amount TotalQuantity { get; init; }
    public required Amount MaxQuantity { get; init; }
    public required Amount EntryQuantity { get; init; }
    public required Amount AvgEntryPrice { get; init; }
    public required Amount? ExitPrice { get; init; }
    public required Amount CurrentPrice { get; init; }
    public required long CurrentPriceAt { get; init; }
    public required Amount UnrealizedPnl { get; init; }
    public required Amount RealizedPnl { get; init; }
    public required Amount Commission { get; init; }
    public required Amount NetPnl { get; init; }
    public required Amount WorstUnrealizedPnl { get; init; }
    public required Amount BestUnrealizedPnl { get; init; }
    public required Amount WorstTotalPnl { get; init; }
    public required Amount BestTotalPnl { get; init; }
    public required Amount MaxDrawdown { get; init; }
    public required Amount? WorstPrice { get; init; }
    public required long? WorstAt { get; init; }
    public required Amount? BestPrice { get; init; }
    public required long? BestAt { get; init; }
    public required long TickCount { get; init; }
    public required long GapSeconds { get; init; }
    public required Flags Flags { get; init; }
    public required CloseReason CloseReason { get; init; }
    public required long OpenedAt { get; init; }
    public required long? ClosedAt { get; init; }
    public required long UpdatedAt { get; init; }

    public string Status => IsOpen ? "open" : "closed";

    public Amount Drawdown => Amount.Abs(WorstUnrealizedPnl);

    /// <summary>OPEN, or the sign of the realized result in words.</summary>
    public string Outcome => IsOpen ? "OPEN" : RealizedPnl.Sign switch { > 0 => "WIN", < 0 => "LOSS", _ => "EVEN" };

    /// <summary>
    /// <paramref name="p"/> holds the position's last figures: of an open one
    /// with all ticks folded in, of a closed one as they were at its last exit.
    /// </summary>
    public static PositionView Of(in Position p, in PositionNames names, CloseReason closeReason = CloseReason.None, long? closedAt = null)
    {
        var isOpen = closedAt is null;
        var point = new PointRatio(p.TickValue, p.TickSize);
        return new PositionView
        {
            Id = p.Id,
            RecorderId = names.RecorderId,
            Recorder = names.Recorder,
            Symbol = names.Symbol,
            Contract = p.Flags.HasFlag(Flags.Unpriced) ? null : names.Contract,
            Root = names.Root,
            Currency = CurrencyCode.Unpack(p.Currency),
            Side = p.Side,
            IsOpen = isOpen,
            TotalQuantity = Amount.FromFixed9(isOpen ? p.Held : p.MaxQuantity),
            MaxQuantity = Amount.FromFixed9(p.MaxQuantity),
            EntryQuantity = Amount.FromFixed9(p.EntryQuantity),
            AvgEntryPrice = isOpen ? Amount.Average(p.Cost * Math.Sign(p.Quantity), p.Held) : Amount.Average(p.EntryValue, p.EntryQuantity),
            ExitPrice = p.ExitQuantity == 0 ? null : Amount.Average(p.ExitValue, p.ExitQuantity),
            CurrentPrice = Amount.FromFixed9(p.LastPrice),
            CurrentPriceAt = p.LastAt,
            UnrealizedPnl = point.Money((Int128)p.LastPrice * p.Quantity - p.Cost),
            RealizedPnl = point.Money(p.Realized),
            Commission = Amount.Money(p.Commission),
            NetPnl = p.Commission == 0 ? point.Money(p.Realized) : Amount.Net(p.Realized, p.Commission, p.TickValue, p.TickSize),
            WorstUnrealizedPnl = point.Money(p.WorstUnrealized),
            BestUnrealizedPnl = point.Money(p.BestUnrealized),
            WorstTotalPnl = point.Money(p.WorstTotal),
            BestTotalPnl = point.Money(p.BestTotal),
            MaxDrawdown = point.Money(p.MaxDrawdown),
            WorstPrice = p.WorstUnrealized == 0 ? null : Amount.FromFixed9(p.WorstPrice),
            WorstAt = p.WorstUnrealized == 0 ? null : p.WorstAt,
            BestPrice = p.BestUnrealized == 0 ? null : Amount.FromFixed9(p.BestPrice),
            BestAt = p.BestUnrealized == 0 ? null : p.BestAt,
            TickCount = p.TickCount,
            GapSeconds = p.GapSeconds,
            Flags = p.Flags,
            CloseReason = closeReason,
            OpenedAt = p.OpenedAt,
            ClosedAt = closedAt,
            UpdatedAt = p.UpdatedAt,
        };
    }
}

/// <summary>The names that a record, being unmanaged, does not hold.</summary>
public readonly record struct PositionNames(long RecorderId, string Recorder, string Symbol, string Contract, string Root);
