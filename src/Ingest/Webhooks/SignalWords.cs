using System.Collections.Frozen;
using System.Text;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Signals;

namespace StreamRecorder.Ingest.Webhooks;

/// <summary>What a quantity is a number of.</summary>
internal enum QuantityType : byte
{
    Plain,
    ShareOfPosition,

    /// <summary>Money, or a share of money, of an account.</summary>
    OfAccount,
}

/// <summary>
/// The words that alerts use for actions, sides and quantity types. Case, blanks,
/// <c>_</c> and <c>-</c> do not matter: <c>Enter Long</c> = <c>enter_long</c>.
/// </summary>
internal static class SignalWords
{
    /// <summary>What a refusal tells the sender.</summary>
    public const string KnownActions = "buy, sell, add, reverse, close, exit, close_long, close_short or cancel";

    private const int WordLengthMax = 32;

    private static readonly FrozenDictionary<string, SignalAction> Actions = new Dictionary<string, SignalAction>
    {
        ["buy"] = SignalAction.Buy,
        ["long"] = SignalAction.Buy,
        ["enterlong"] = SignalAction.Buy,
        ["bullish"] = SignalAction.Buy,
        ["sell"] = SignalAction.Sell,
        ["short"] = SignalAction.Sell,
        ["entershort"] = SignalAction.Sell,
        ["bearish"] = SignalAction.Sell,
        ["add"] = SignalAction.Add,
        ["reverse"] = SignalAction.Reverse,
        ["reverseposition"] = SignalAction.Reverse,
        ["close"] = SignalAction.CloseAll,
        ["closeall"] = SignalAction.CloseAll,
        ["closeposition"] = SignalAction.CloseAll,
        ["closestrategy"] = SignalAction.CloseAll,
        ["flat"] = SignalAction.CloseAll,
        ["flatten"] = SignalAction.CloseAll,
        ["flattenposition"] = SignalAction.CloseAll,
        ["flattenpositions"] = SignalAction.CloseAll,
        ["flatteneverything"] = SignalAction.CloseAll,
        ["exit"] = SignalAction.Exit,
        ["closelong"] = SignalAction.CloseLong,
        ["exitlong"] = SignalAction.CloseLong,
        ["closeshort"] = SignalAction.CloseShort,
        ["exitshort"] = SignalAction.CloseShort,

        // These concern working orders, of which a recorder has none: nothing to do.
        ["cancel"] = SignalAction.Cancel,
        ["cancelorder"] = SignalAction.Cancel,
        ["cancelorders"] = SignalAction.Cancel,
        ["cancelallorders"] = SignalAction.Cancel,
        ["cancelreplace"] = SignalAction.Cancel,
        ["change"] = SignalAction.Cancel,
        ["changeorder"] = SignalAction.Cancel,
        ["modify"] = SignalAction.Cancel,
        ["breakeven"] = SignalAction.Cancel,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, Side> Sides = new Dictionary<string, Side>
    {
        ["long"] = Side.Long,
        ["bullish"] = Side.Long,
        ["buy"] = Side.Long,
        ["short"] = Side.Short,
        ["bearish"] = Side.Short,
        ["sell"] = Side.Short,
        ["flat"] = Side.Flat,
        ["none"] = Side.Flat,
        ["neutral"] = Side.Flat,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Quantity types that mean a number of contracts, shares or coins. Most others need an account.</summary>
    private static readonly FrozenSet<string> PlainQuantities =
        new[] { "fixedquantity", "fixed", "base", "contracts", "shares", "units" }.ToFrozenSet(StringComparer.Ordinal);

    public static bool TryAction(ReadOnlySpan<byte> text, out SignalAction action)
    {
        Span<char> buffer = stackalloc char[WordLengthMax];
        action = SignalAction.None;
        return TryFold(text, buffer, out var word) && Actions.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(word, out action);
    }

    public static bool TrySide(ReadOnlySpan<byte> text, out Side side)
    {
        Span<char> buffer = stackalloc char[WordLengthMax];
        side = Side.Flat;
        return TryFold(text, buffer, out var word) && Sides.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(word, out side);
    }

    public static QuantityType QuantityTypeOf(ReadOnlySpan<byte> text)
    {
        Span<char> buffer = stackalloc char[WordLengthMax];
        if (!TryFold(text, buffer, out var word)) return QuantityType.OfAccount;
        if (PlainQuantities.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word)) return QuantityType.Plain;
        return word is "percentofposition" or "positionpercent" ? QuantityType.ShareOfPosition : QuantityType.OfAccount;
    }

    /// <summary>Pine's and others' ways to write that there is no number.</summary>
    public static bool IsNothing(ReadOnlySpan<byte> text) =>
        Is(text, "nan") || Is(text, "na") || Is(text, "null") || Is(text, "none") || Is(text, "n/a");

    /// <summary>True for the word itself in any of its spellings.</summary>
    public static bool Is(ReadOnlySpan<byte> text, string folded)
    {
        Span<char> buffer = stackalloc char[WordLengthMax];
        return TryFold(text, buffer, out var word) && word.SequenceEqual(folded);
    }

    public static bool IsTrue(ReadOnlySpan<byte> text) =>
        Ascii.EqualsIgnoreCase(text, "true") || text.SequenceEqual("1"u8) || Ascii.EqualsIgnoreCase(text, "yes");

    public static bool IsFalse(ReadOnlySpan<byte> text) =>
        Ascii.EqualsIgnoreCase(text, "false") || text.SequenceEqual("0"u8) || Ascii.EqualsIgnoreCase(text, "no");

    private static bool TryFold(ReadOnlySpan<byte> text, Span<char> buffer, out ReadOnlySpan<char> word)
    {
        var length = 0;
        word = default;
        foreach (var b in text)
        {
            if (b is (byte)'_' or (byte)'-' or (byte)' ') continue;
            if (b >= 0x80 || length == buffer.Length) return false;
            buffer[length++] = (char)(b is >= (byte)'A' and <= (byte)'Z' ? b | 0x20 : b);
        }
        word = buffer[..length];
        return length > 0;
    }
}
