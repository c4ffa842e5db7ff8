using System.Text;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Signals;
using StreamRecorder.Ingest.Webhooks.Secrets;

namespace StreamRecorder.Ingest.Webhooks;

/// <summary>A value that a body gave, with the name it gave it under.</summary>
internal struct Said<T>
{
    public string? Name;
    public T Value;

    public readonly bool IsSaid => Name is not null;
}

/// <summary>A number as it came: its value, or why it is none.</summary>
internal readonly record struct Number(long Value, NumberError Error, bool IsPercent)
{
    public bool IsSound => Error == NumberError.None && !IsPercent;
}

/// <summary>One field of a body as it was read: what it was taken for, null for nothing.</summary>
public sealed record FieldRead(string Name, string Value, Field? Field);

/// <summary>
/// What one body says, field by field, before it is known to make sense as a whole. Filled by the readers of the
/// dialects; the first thing wrong is kept in <see cref="Refusal"/>. <see cref="SignalRules"/> turns it into a signal.
/// </summary>
internal sealed class SignalDraft
{
    public Refusal? Refusal { get; private set; }

    public Said<SignalAction> Action;
    public Said<SignalAction> Command;
    public Said<SignalAction> Direction;

    /// <summary>Said with <see cref="Direction"/>, when that is a side rather than an order; or what the message closes.</summary>
    public Said<Side> ClosesSide;
    public Said<Side> TargetSide;
    public Said<Number> TargetSize;
    public Said<Number> SignedSize;
    public Said<Side> PreviousSide;
    public Said<Number> PreviousSize;
    public Said<Number> PreviousSigned;
    public Said<Number> Quantity;
    public Said<QuantityType> QuantityType;
    public Said<Number> RiskShare;
    public Said<Number> Price;
    public Said<Number> OrderPrice;
    public Said<Number> BarPrice;
    public Said<bool> ClosesOpposite;
    public Said<bool> MayAdd;
    public Said<long> Time;
    public Said<long> FiringTime;
    public Said<Number> MaxLag;
    public Said<string> Key;
    public Said<string> OrderId;
    public Said<string> Comment;

    /// <summary>AutoView's c: true for a position, false for orders.</summary>
    public Said<bool> ClosesPosition;
    public string? OptionName;
    public bool IsForOrdersOnly;
    public bool FlattensFirst;
    public bool ReversesFirst;
    public bool ZeroIsAbsent;
    public bool HasUnreadBrackets;

    /// <summary>Every different spelling of the symbol; they may mean the same.</summary>
    public List<(string Name, string Text)> Symbols { get; } = [];

    public List<Bracket> Brackets { get; } = [];

    /// <summary>A recorder's own words for actions; null: none.</summary>
    public IReadOnlyDictionary<string, SignalAction>? ActionWords { get; init; }

    /// <summary>Gets every plain field and what it was taken for (null: for nothing), for people; null: nobody asks.</summary>
    public List<FieldRead>? Reads { get; init; }

    /// <summary>Takes a field's value, for what its name is known for. Empty counts as absent.</summary>
    public void Take(KnownName? known, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Reads?.Add(new FieldRead(Shown(name), Shown(value), known?.Field));
        if (known is not null) Take(known, value);
    }

    private void Take(KnownName known, ReadOnlySpan<byte> value)
    {
        value = value.Trim(" \t\r\n"u8);
        if (value.IsEmpty || Refusal is not null) return;
        if (HasPlaceholder(known, value)) return;
        ZeroIsAbsent |= known.IsZeroMark;
        var name = known.Name;
        switch (known.Field)
        {
            case Field.Symbol: TakeSymbol(name, value); break;
            case Field.Action: TakeAction(ref Action, name, value); break;
            case Field.Command: TakeCommand(name, value); break;
            case Field.Direction: TakeDirection(name, value); break;
            case Field.CloseSide: TakeCloseSide(name, value); break;
            case Field.TargetSide: TakeSide(ref TargetSide, name, value); break;
            case Field.TargetSize: Say(ref TargetSize, name, NumberOf(value)); break;
            case Field.SignedSize: Say(ref SignedSize, name, NumberOf(value)); break;
            case Field.Position: TakeSideOrSize(ref TargetSide, ref SignedSize, name, value); break;
            case Field.PreviousSide: TakeSide(ref PreviousSide, name, value); break;
            case Field.PreviousSize: Say(ref PreviousSize, name, NumberOf(value)); break;
            case Field.PreviousPosition: TakeSideOrSize(ref PreviousSide, ref PreviousSigned, name, value); break;
            case Field.Quantity: Say(ref Quantity, name, NumberOf(value)); break;
            case Field.QuantityType: Say(ref QuantityType, name, SignalWords.QuantityTypeOf(value)); break;
            case Field.RiskShare: Say(ref RiskShare, name, NumberOf(value)); break;
            case Field.Price: Say(ref Price, name, NumberOf(value)); break;
            case Field.OrderPrice: Say(ref OrderPrice, name, NumberOf(value)); break;
            case Field.BarPrice: Say(ref BarPrice, name, NumberOf(value)); break;
            case Field.Time: TakeTime(ref Time, name, value); break;
            case Field.FiringTime: TakeTime(ref FiringTime, name, value); break;
            case Field.Key: TakeKey(name, value); break;
            case Field.OrderId: TakeLabel(ref OrderId, name, value); break;
            case Field.Comment: TakeLabel(ref Comment, name, value); break;
            case Field.Option: OptionName ??= name; break;
            case Field.OrdersOnly: IsForOrdersOnly |= SignalWords.IsTrue(value); break;
            case Field.FlattenFirst: FlattensFirst |= SignalWords.IsTrue(value); break;
            case Field.ClosesOpposite: TakeTruth(ref ClosesOpposite, name, value); break;
            case Field.MayAdd: TakeTruth(ref MayAdd, name, value); break;
            case Field.Closes: TakeCloses(name, value); break;
            case Field.MaxLag: Say(ref MaxLag, name, NumberOf(value)); break;
            case >= Field.TakeProfitPrice: TakeBracket((BracketKind)(known.Field - Field.TakeProfitPrice), name, value); break;
            default: throw new InvariantException($"field {known.Field} is not taken");
        }
    }

    /// <summary>A known field that holds an object or a list.</summary>
    public void TakeStructure(KnownName known) =>
        Refuse(Rejection.FieldInvalid.Because($"{known.Name} needs one plain value, not an object or a list.", known.Name));

    public void Refuse(Refusal refusal) => Refusal ??= refusal;

    /// <summary>For what is wrong with the body as a whole: it goes before anything wrong with a field.</summary>
    public void Overrule(Refusal refusal) => Refusal = refusal;

    /// <summary>What was understood before it was refused.</summary>
    public SignalGist Gist(SymbolTable symbols, long receivedAt, string? keyHeader) => new()
    {
        Action = Command.IsSaid ? Command.Value : Action.IsSaid ? Action.Value : Direction.Value,
        Symbol = Symbols.Count == 0 ? null
            : symbols.TryResolveOfAlert(Symbols[0].Text, receivedAt, receivedAt, out var symbol, out _) ? symbol.Name
            : Shown(Encoding.UTF8.GetBytes(Symbols[0].Text)),
        Price = OrderPrice is { IsSaid: true, Value.IsSound: true } ? OrderPrice.Value.Value
            : Price is { IsSaid: true, Value.IsSound: true } ? Price.Value.Value : null,
        Quantity = Quantity is { IsSaid: true, Value.IsSound: true } ? Quantity.Value.Value : null,
        At = FiringTime.IsSaid ? FiringTime.Value : Time.IsSaid ? Time.Value : null,
        Key = Key.IsSaid || keyHeader is null || KeyRefusal(keyHeader, "") is not null ? Key.Value : keyHeader,
        Label = OrderId.IsSaid ? OrderId.Value : Comment.Value,
    };

    /// <summary>A value as a sentence shows it: cut, without what would garble a log, and without the secrets of a message pasted into it.</summary>
    public static string Shown(ReadOnlySpan<byte> value)
    {
        var text = Encoding.UTF8.GetString(value[..Math.Min(value.Length, IngestLimits.ShownLengthMax)]);
        var clean = string.Create(text.Length, text, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++) span[i] = char.IsControl(source[i]) ? ' ' : source[i];
        });
        clean = BodyMask.OfText(clean);
        return value.Length > IngestLimits.ShownLengthMax ? clean + "…" : clean;
    }

    private bool HasPlaceholder(KnownName known, ReadOnlySpan<byte> value)
    {
        var start = value.IndexOf("{{"u8);
        if (start < 0) return false;
        var length = value[start..].IndexOf("}}"u8);
        var placeholder = length < 0 ? value[start..] : value.Slice(start, length + 2);
        Refuse(Rejection.PlaceholderUnresolved.Because(
            $"{known.Name} still holds {Shown(placeholder)}. Placeholders of strategies are replaced only in alerts of a strategy.", known.Name));
        return true;
    }

    private void TakeSymbol(string name, ReadOnlySpan<byte> value)
    {
        var text = Encoding.UTF8.GetString(value);
        foreach (var known in Symbols)
            if (known.Text == text) return;
        Symbols.Add((name, text));
    }

    private void TakeAction(ref Said<SignalAction> slot, string name, ReadOnlySpan<byte> value)
    {
        if (ActionWords?.TryGetValue(Encoding.UTF8.GetString(value), out var own) == true) Say(ref slot, name, own);
        else if (SignalWords.TryAction(value, out var action)) Say(ref slot, name, action);
        else Refuse(Rejection.ActionUnknown.Because($"\"{Shown(value)}\" is not known. Known: {SignalWords.KnownActions}.", name));
    }

    private void TakeCommand(string name, ReadOnlySpan<byte> value)
    {
        // PLACE and FLATPLACE leave it to the action to say what is placed.
        var isFlatPlace = SignalWords.Is(value, "flatplace");
        FlattensFirst |= isFlatPlace;
        if (isFlatPlace || SignalWords.Is(value, "place")) return;
        TakeAction(ref Command, name, value);
        ReversesFirst |= Command is { IsSaid: true, Value: SignalAction.Reverse };
    }

    private void TakeDirection(string name, ReadOnlySpan<byte> value)
    {
        TakeAction(ref Direction, name, value);
        if (SignalWords.Is(value, "long")) Say(ref ClosesSide, name, Side.Long);
        else if (SignalWords.Is(value, "short")) Say(ref ClosesSide, name, Side.Short);
    }

    private void TakeCloseSide(string name, ReadOnlySpan<byte> value)
    {
        if (!SignalWords.Is(value, "both") && !SignalWords.Is(value, "all")) TakeSide(ref ClosesSide, name, value);
    }

    private void TakeSide(ref Said<Side> slot, string name, ReadOnlySpan<byte> value)
    {
        if (SignalWords.TrySide(value, out var side)) Say(ref slot, name, side);
        else Refuse(Rejection.FieldInvalid.Because($"{name} must be long, short or flat, not \"{Shown(value)}\".", name));
    }

    private void TakeSideOrSize(ref Said<Side> side, ref Said<Number> size, string name, ReadOnlySpan<byte> value)
    {
        if (value[0] is >= (byte)'0' and <= (byte)'9' or (byte)'-' or (byte)'+' or (byte)'.') Say(ref size, name, NumberOf(value));
        else TakeSide(ref side, name, value);
    }

    private void TakeTruth(ref Said<bool> slot, string name, ReadOnlySpan<byte> value)
    {
        if (SignalWords.IsTrue(value)) Say(ref slot, name, true);
        else if (SignalWords.IsFalse(value)) Say(ref slot, name, false);
        else Refuse(Rejection.FieldInvalid.Because($"{name} must be true or false, not \"{Shown(value)}\".", name));
    }

    /// <summary>The latest of several: a bar began before its alert fired.</summary>
    private void TakeTime(ref Said<long> slot, string name, ReadOnlySpan<byte> value)
    {
        if (Timestamp.TryParse(value, out var time))
        {
            if (!slot.IsSaid || time > slot.Value) slot = new Said<long> { Name = name, Value = time };
        }
        else Refuse(Rejection.TimeInvalid.Because($"{name} is \"{Shown(value)}\"; write it as 2025-12-04T15:00:00Z or as an epoch number.", name));
    }

    private void TakeKey(string name, ReadOnlySpan<byte> value)
    {
        var text = Encoding.UTF8.GetString(value);
        if (KeyRefusal(text, name) is { } refusal) Refuse(refusal);
        else Say(ref Key, name, text);
    }

    /// <summary>What is wrong with a repeat key; null when nothing is.</summary>
    public static Refusal? KeyRefusal(string key, string name)
    {
        if (key.Length > IngestLimits.KeyLengthMax)
            return Rejection.FieldInvalid.Because($"{name} may have {IngestLimits.KeyLengthMax} characters.", name);
        return key.Any(char.IsControl) ? Rejection.FieldInvalid.Because($"{name} may not hold control characters.", name) : null;
    }

    /// <summary>The first of several is kept, with secrets masked that may stand in a script's comment: labels are only shown.</summary>
    private static void TakeLabel(ref Said<string> slot, string name, ReadOnlySpan<byte> value)
    {
        if (slot.IsSaid) return;
        var text = Encoding.UTF8.GetString(value);
        if (text.Any(char.IsControl)) text = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
        text = BodyMask.OfText(text);
        var length = Math.Min(text.Length, EngineLimits.LabelLengthMax);
        if (length < text.Length && char.IsHighSurrogate(text[length - 1])) length--;
        slot = new Said<string> { Name = name, Value = text[..length] };
    }

    private void TakeCloses(string name, ReadOnlySpan<byte> value)
    {
        if (SignalWords.Is(value, "position")) Say(ref ClosesPosition, name, true);
        else if (SignalWords.Is(value, "order")) Say(ref ClosesPosition, name, false);
        else Refuse(Rejection.FieldInvalid.Because($"{name} must be position or order, not \"{Shown(value)}\".", name));
    }

    /// <summary>0 and the words that Pine and others have for nothing mean that there is none.</summary>
    private void TakeBracket(BracketKind kind, string name, ReadOnlySpan<byte> value)
    {
        if (SignalWords.IsNothing(value)) return;
        var number = NumberOf(value);
        if (number is { Error: NumberError.None, Value: 0 }) return;
        if (number.Error != NumberError.None)
        {
            HasUnreadBrackets = true;
            return;
        }
        if (number.IsPercent) kind = PercentOf(kind);
        var said = Brackets.FindIndex(b => b.Kind == kind);
        if (said < 0) Brackets.Add(new Bracket(kind, number.Value));
        else if (Brackets[said].Value != number.Value)
            Refuse(Rejection.Contradiction.Because($"{name} and another field say the same thing with different values.", name));
    }

    private static BracketKind PercentOf(BracketKind kind) => kind switch
    {
        <= BracketKind.TakeProfitPips => BracketKind.TakeProfitPercent,
        <= BracketKind.StopLossPips => BracketKind.StopLossPercent,
        _ => BracketKind.TrailPercent,
    };

    private void Say<T>(ref Said<T> slot, string name, T value)
    {
        if (!slot.IsSaid) slot = new Said<T> { Name = name, Value = value };
        else if (!EqualityComparer<T>.Default.Equals(slot.Value, value))
            Refuse(Rejection.Contradiction.Because($"{slot.Name} and {name} say the same thing with different values.", name));
    }

    private static Number NumberOf(ReadOnlySpan<byte> value)
    {
        var isPercent = value[^1] == '%';
        var error = Fixed9.TryParse(isPercent ? value[..^1] : value, out var number);
        return new Number(number, error, isPercent);
    }
}
