using System.Diagnostics;
using System.Runtime.CompilerServices;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Prices;
using StreamRecorder.Ingest.Webhooks;

namespace StreamRecorder.Ingest.Ticks;

/// <summary>The texts of one tick as a line gave them; empty: absent.</summary>
internal ref struct TickText
{
    public ReadOnlySpan<byte> Symbol;
    public ReadOnlySpan<byte> Price;
    public ReadOnlySpan<byte> Size;
    public ReadOnlySpan<byte> Bid;
    public ReadOnlySpan<byte> Ask;
    public ReadOnlySpan<byte> Time;
}

/// <summary>
/// What makes a tick: the one set of rules behind every format. <see cref="TryMake(in TickText, long, out Tick)"/> gives the reason of a rejection;
/// the plain readers, which have the numbers already, ask <see cref="TryMake(ReadOnlySpan{byte}, long, long, long, out Tick)"/> and on any doubt
/// leave the line to the former. One object per stream.
/// </summary>
internal sealed class TickRules(SymbolTable symbols, LiveFeed? live = null)
{
    /// <summary>As arrival: there is none (files). Every tick needs a time of its own then, whatever it is.</summary>
    public const long NoArrival = -1;

    public const string AheadReason = "time is more than 10 s ahead: a mistake of clock or unit";

    private readonly SymbolCache _symbols = new(symbols, live);

    public TickTime Time { get; } = new();

    public void Refresh() => _symbols.Refresh();

    /// <summary>Null and a tick, or the reason why there is none.</summary>
    public string? TryMake(in TickText text, long arrival, out Tick tick)
    {
        tick = default;
        if (text.Symbol.IsEmpty) return "symbol is missing";
        if (PriceOf(text, out var price) is { } priceReason) return priceReason;
        if (!IsSize(text.Size)) return $"size is \"{SignalDraft.Shown(text.Size)}\", not a number of 0 or more";
        var at = arrival;
        if (!text.Time.IsEmpty && !Time.TryParse(text.Time, out at))
            return $"time is \"{SignalDraft.Shown(text.Time)}\", neither ISO 8601 nor an epoch number";
        if (text.Time.IsEmpty && arrival == NoArrival) return "time is missing";
        if (IsAhead(at, arrival)) return AheadReason;
        return TryMake(text.Symbol, price, at, arrival, out tick) ? null : _symbols.Explain(text.Symbol, at)?.Detail
            ?? throw new UnreachableException();
    }

    /// <summary>From numbers already read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryMake(ReadOnlySpan<byte> symbol, long price, long at, long arrival, out Tick tick)
    {
        var found = _symbols.TryResolve(symbol, at, out var id) && !IsAhead(at, arrival);
        tick = found ? new Tick(id, price, at) : default;
        return found;
    }

    /// <summary>Half-even to 9 places. The sum of two prices fits a long.</summary>
    public static long Mid(long bid, long ask)
    {
        var sum = bid + ask;
        var half = sum >> 1;
        return (sum & 1) == 0 ? half : half + (half & 1);
    }

    private static bool IsAhead(long at, long arrival) => arrival != NoArrival && at > arrival + EngineLimits.TickAheadMax;

    private static string? PriceOf(in TickText text, out long price)
    {
        if (!text.Price.IsEmpty) return ReadPrice("price", text.Price, out price);
        price = 0;
        if (text.Bid.IsEmpty || text.Ask.IsEmpty) return "price is missing (or bid and ask)";
        if (ReadPrice("bid", text.Bid, out var bid) is { } bidReason) return bidReason;
        if (ReadPrice("ask", text.Ask, out var ask) is { } askReason) return askReason;
        price = Mid(bid, ask);
        return null;
    }

    private static string? ReadPrice(string name, ReadOnlySpan<byte> text, out long price) => Fixed9.TryParsePrice(text, out price) switch
    {
        NumberError.None => null,
        NumberError.TooManyDecimals => $"{name} has more than 9 decimals",
        NumberError.OutOfRange => $"{name} is beyond 4600000000",
        _ => $"{name} is \"{SignalDraft.Shown(text)}\", not a number",
    };

    /// <summary>A size is not recorded, so one too large or too fine to be exact is still a size.</summary>
    private static bool IsSize(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty) return true;
        return Fixed9.TryParse(text, out var size) switch
        {
            NumberError.None => size >= 0,
            NumberError.NotANumber => false,
            _ => !text.TrimStart((byte)' ').StartsWith("-"u8),
        };
    }
}
