using System.Text.Json;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Engine.Signals;

namespace StreamRecorder.Engine;

/// <summary>The one spelling of every enumerated value, as JSON, the database, logs and the command line have it.</summary>
public static class Words
{
    private static readonly string[] BracketWords = [.. Enum.GetNames<BracketKind>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)];

    public static string Of(Side side) => side switch { Side.Long => "LONG", Side.Short => "SHORT", _ => "FLAT" };

    public static string Of(CloseReason reason) => reason switch
    {
        CloseReason.Signal => "signal",
        CloseReason.Opposite => "opposite",
        CloseReason.Target => "target",
        CloseReason.Sync => "sync",
        CloseReason.TakeProfit => "take_profit",
        CloseReason.StopLoss => "stop_loss",
        CloseReason.Broker => "broker",
        CloseReason.Manual => "manual",
        _ => "",
    };

    public static string Of(SignalStatus status) => status switch
    {
        SignalStatus.Accepted => "accepted",
        SignalStatus.Duplicate => "duplicate",
        SignalStatus.Ignored => "ignored",
        _ => "rejected",
    };

    public static string Of(Effect effect) => effect switch
    {
        Effect.Opened => "opened",
        Effect.Added => "added",
        Effect.Reduced => "reduced",
        Effect.Closed => "closed",
        Effect.Reversed => "reversed",
        _ => "none",
    };

    public static string Of(IgnoreReason reason) => reason switch
    {
        IgnoreReason.Flat => "flat",
        IgnoreReason.Paused => "paused",
        IgnoreReason.Cancel => "cancel",
        IgnoreReason.Stale => "stale",
        IgnoreReason.SameTime => "same_time",
        IgnoreReason.AtTarget => "at_target",
        IgnoreReason.OtherSide => "other_side",
        IgnoreReason.Held => "held",
        _ => "",
    };

    /// <summary>Null when the signal speaks by its target alone.</summary>
    public static string? Of(SignalAction action) => action switch
    {
        SignalAction.Buy => "buy",
        SignalAction.Sell => "sell",
        SignalAction.Add => "add",
        SignalAction.Reverse => "reverse",
        SignalAction.CloseAll => "close",
        SignalAction.Exit => "exit",
        SignalAction.CloseLong => "close_long",
        SignalAction.CloseShort => "close_short",
        SignalAction.Cancel => "cancel",
        _ => null,
    };

    public static string Of(BracketKind kind) => BracketWords[(int)kind];

    public static string Of(PriceSource source) => source == PriceSource.Tick ? "tick" : "signal";

    public static string Of(InstrumentKind kind) => kind == InstrumentKind.Spot ? "spot" : "future";

    public static string Of(OnOpposite mode) => mode switch
    {
        OnOpposite.Close => "close",
        OnOpposite.Reverse => "reverse",
        OnOpposite.Net => "net",
        _ => "auto",
    };

    public static string Of(FillPrice fillPrice) => fillPrice == FillPrice.Tick ? "tick" : "signal";

    public static string Of(KeyScope scope) => scope switch { KeyScope.Admin => "admin", KeyScope.Feed => "feed", _ => "read" };

    public static bool TryParse(string text, out OnOpposite mode) => Find(text, Of, out mode);

    public static bool TryParse(string text, out SignalStatus status) => Find(text, Of, out status);

    public static bool TryParse(string text, out BracketKind kind) => Find(text, Of, out kind);

    public static bool TryParse(string text, out FillPrice fillPrice) => Find(text, Of, out fillPrice);

    public static bool TryParse(string text, out KeyScope scope) => Find(text, Of, out scope);

    /// <summary>Words of the flags that are set, sorted.</summary>
    public static IReadOnlyList<string> Of(Flags flags)
    {
        if (flags == Flags.None) return [];
        var words = new List<string>();
        if (flags.HasFlag(Flags.BracketsUnread)) words.Add("brackets_unread");
        if (flags.HasFlag(Flags.ContractChanged)) words.Add("contract_changed");
        if (flags.HasFlag(Flags.IdReused)) words.Add("id_reused");
        if (flags.HasFlag(Flags.Inconsistent)) words.Add("inconsistent");
        if (flags.HasFlag(Flags.Late)) words.Add("late");
        if (flags.HasFlag(Flags.SameTime)) words.Add("same_time");
        if (flags.HasFlag(Flags.Sync)) words.Add("sync");
        if (flags.HasFlag(Flags.Unpriced)) words.Add("unpriced");
        return words;
    }

    private static bool Find<T>(string text, Func<T, string> word, out T value) where T : struct, Enum
    {
        foreach (var candidate in Enum.GetValues<T>())
        {
            if (!string.Equals(word(candidate), text, StringComparison.OrdinalIgnoreCase)) continue;
            value = candidate;
            return true;
        }
        value = default;
        return false;
    }
}
