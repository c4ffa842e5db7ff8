using StreamRecorder.Engine;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Signals;
using StreamRecorder.Ingest.Webhooks.Secrets;

namespace StreamRecorder.Ingest.Webhooks;

/// <summary>
/// From what a body says to the canonical signal: which fields matter together, and which contradict each other.
/// Reads a draft, refuses through it; one object per body. What the signal does to a position is not decided here.
/// </summary>
internal sealed class SignalRules(SignalDraft draft, SymbolTable symbols, long receivedAt)
{
    /// <summary>The signal, or null and the draft's refusal.</summary>
    public Signal? Resolve(string? keyHeader, UInt128 bodyHash)
    {
        var action = ResolveAction();
        var previous = PreviousPosition();
        var (target, side) = Target(action);
        if (draft.Refusal is not null) return null;
        if (action == SignalAction.None && target is null && side is null)
            Refuse(Rejection.ActionMissing, $"Give an action ({SignalWords.KnownActions}) or market_position with market_position_size.", "action");
        if (action == SignalAction.Add && draft.MayAdd is { IsSaid: true, Value: false })
            Contradict(draft.MayAdd.Name!, draft.Command.Name ?? draft.Action.Name ?? draft.Direction.Name!);
        if (draft.OptionName is { } option) Refuse(Rejection.InstrumentUnknown, "Options are not recorded, only what they are written on.", option);
        if (keyHeader is not null && !draft.Key.IsSaid && SignalDraft.KeyRefusal(keyHeader, "Idempotency-Key") is { } refusal) draft.Refuse(refusal);
        var quantity = Quantity(action, target, side);
        var price = Price();
        var maxAge = MaxAge();
        var symbol = ResolveSymbol(action);
        if (draft.Refusal is not null) return null;
        return new Signal
        {
            Symbol = symbol!,
            Action = action,
            TargetPosition = target,
            TargetSide = target is null ? side : null,
            PreviousPosition = target is null ? null : previous,
            WasFlat = previous == 0,
            Quantity = quantity,
            ExitPercent = _exitPercent,
            Brackets = draft.Brackets.Count > 0 ? new Brackets(draft.Brackets) : null,
            HasUnreadBrackets = draft.HasUnreadBrackets,
            MaxAge = maxAge,
            ClosesOpposite = draft.ClosesOpposite.IsSaid ? draft.ClosesOpposite.Value : null,
            MayAdd = draft.MayAdd.IsSaid ? draft.MayAdd.Value : null,
            Price = price,
            At = At,
            HasFiringTime = draft.FiringTime.IsSaid,
            Key = draft.Key.IsSaid ? draft.Key.Value : keyHeader,
            Label = draft.OrderId.IsSaid ? draft.OrderId.Value : draft.Comment.Value,
            BodyHash = bodyHash,
        };
    }

    private long? _exitPercent;
    private bool _takesAll;

    private long? At => draft.FiringTime.IsSaid ? draft.FiringTime.Value : draft.Time.IsSaid ? draft.Time.Value : null;

    private SignalAction ResolveAction() => OfOneSide(WholeAction());

    private SignalAction WholeAction()
    {
        var action = SaidAction();
        if (draft.IsForOrdersOnly || draft.ClosesPosition is { IsSaid: true, Value: false }) return SignalAction.Cancel;
        if (draft.ClosesPosition.IsSaid)
        {
            return action switch { SignalAction.Buy => SignalAction.CloseLong, SignalAction.Sell => SignalAction.CloseShort, _ => SignalAction.Exit };
        }
        if (!draft.Command.IsSaid) return action;
        // A direction beside it is the order's.
        var command = draft.Command.Value;
        if (command == SignalAction.Reverse && action is SignalAction.Buy or SignalAction.Sell) return action;
        if (command is SignalAction.Buy or SignalAction.Sell && action != SignalAction.None && action != command)
            Contradict(draft.Command.Name!, draft.Action.Name ?? draft.Direction.Name!);
        return command;
    }

    /// <summary>A direction by itself is the action. Beside a closing one it may be the side that is closed.</summary>
    private SignalAction SaidAction()
    {
        var (action, direction) = (draft.Action, draft.Direction);
        if (!action.IsSaid) return direction.IsSaid ? direction.Value : SignalAction.None;
        if (direction.IsSaid && direction.Value != action.Value && !IsItsSide(action.Value)) Contradict(direction.Name!, action.Name!);
        return action.Value;
    }

    private bool IsItsSide(SignalAction action) => action switch
    {
        SignalAction.CloseAll or SignalAction.Exit => draft.ClosesSide.IsSaid,
        SignalAction.CloseLong => draft.ClosesSide is { IsSaid: true, Value: Side.Long },
        SignalAction.CloseShort => draft.ClosesSide is { IsSaid: true, Value: Side.Short },
        SignalAction.Cancel => true,
        _ => false,
    };

    /// <summary>"close" of one side is everything of it; "exit" at most the quantity.</summary>
    private SignalAction OfOneSide(SignalAction action)
    {
        if (!draft.ClosesSide.IsSaid || action is not (SignalAction.CloseAll or SignalAction.Exit)) return action;
        _takesAll = action == SignalAction.CloseAll;
        return draft.ClosesSide.Value switch { Side.Long => SignalAction.CloseLong, Side.Short => SignalAction.CloseShort, _ => action };
    }

    /// <summary>The position wanted: signed when its size is known, else the side alone, else neither.</summary>
    private (long? Position, Side? Side) Target(SignalAction action)
    {
        Side? side = draft.TargetSide.IsSaid ? draft.TargetSide.Value : null;
        var sized = SizeOf(draft.TargetSize, side, draft.TargetSide.Name);
        if (draft.SignedSize.IsSaid && Checked(draft.SignedSize, EngineLimits.HeldMax) is { } signed)
        {
            if (side is { } said && Math.Sign(signed) != (int)said) Contradict(draft.SignedSize.Name!, draft.TargetSide.Name!);
            if (draft.TargetSize.IsSaid && Math.Abs(draft.TargetSize.Value.Value) != Math.Abs(signed))
                Contradict(draft.SignedSize.Name!, draft.TargetSize.Name!);
            return (signed, null);
        }
        return sized is null && side is null && OpensAfterFlat(action) is { } opened ? (opened, null) : (sized, side);
    }

    /// <summary>Close all first, then buy or sell: afterwards exactly the quantity is held, whatever was held before.</summary>
    private long? OpensAfterFlat(SignalAction action)
    {
        if (!draft.FlattensFirst && !draft.ReversesFirst) return null;
        if (action is not (SignalAction.Buy or SignalAction.Sell)) return null;
        if (Checked(draft.Quantity, Fixed9.QuantityMax) is { } quantity and > 0) return action == SignalAction.Buy ? quantity : -quantity;
        Refuse(Rejection.QuantityNotPositive, "Closing first and then opening needs a quantity above 0.", draft.Quantity.Name ?? "quantity");
        return null;
    }

    private long? PreviousPosition()
    {
        if (draft.PreviousSigned.IsSaid) return Checked(draft.PreviousSigned, EngineLimits.HeldMax);
        Side? side = draft.PreviousSide.IsSaid ? draft.PreviousSide.Value : null;
        return SizeOf(draft.PreviousSize, side, draft.PreviousSide.Name) ?? (side == Side.Flat ? 0 : null);
    }

    /// <summary>
    /// Side and size together, signed. A size alone says something only when it is 0. A minus is allowed where it agrees with the side.
    /// </summary>
    private long? SizeOf(Said<Number> size, Side? side, string? sideName)
    {
        if (!size.IsSaid || Checked(size, EngineLimits.HeldMax) is not { } value) return null;
        if (side is null) return value == 0 ? 0 : null;
        if ((side == Side.Flat) != (value == 0) || (value < 0 && side != Side.Short)) Contradict(size.Name!, sideName!);
        return (int)side * Math.Abs(value);
    }

    /// <summary>The quantity where it matters, checked; elsewhere a sound one or none.</summary>
    private long? Quantity(SignalAction action, long? target, Side? side)
    {
        if (_takesAll) return null;
        var matters = target is null && side != Side.Flat && action is not (SignalAction.CloseAll or SignalAction.Cancel);
        if (!matters)
            return draft.Quantity is { IsSaid: true, Value: { IsSound: true, Value: > 0 and <= Fixed9.QuantityMax } sound } ? sound.Value : null;
        var isShare = draft.Quantity.Value.IsPercent || draft.QuantityType is { IsSaid: true, Value: QuantityType.ShareOfPosition };
        if (draft.QuantityType is { IsSaid: true, Value: QuantityType.OfAccount }) return Unsupported(draft.QuantityType.Name!);
        if (draft.Quantity.IsSaid && isShare) return Share(action);
        var isUnused = !draft.Quantity.IsSaid || (draft.ZeroIsAbsent && draft.Quantity.Value is { Error: NumberError.None, Value: 0 });
        if (isUnused) return draft.RiskShare is { IsSaid: true, Value.Value: > 0 } ? Unsupported(draft.RiskShare.Name!) : null;
        if (Checked(draft.Quantity, Fixed9.QuantityMax) is not { } quantity) return null;
        if (quantity > 0) return quantity;
        return Refuse(Rejection.QuantityNotPositive, $"{draft.Quantity.Name} is {Fixed9.Format(quantity)}.", draft.Quantity.Name!);
    }

    /// <summary>A share of the position is a quantity only when some of it is to leave.</summary>
    private long? Share(SignalAction action)
    {
        var number = draft.Quantity.Value with { IsPercent = false };
        var name = draft.Quantity.Name!;
        if (action is not (SignalAction.Exit or SignalAction.CloseLong or SignalAction.CloseShort))
            return Unsupported(draft.QuantityType.IsSaid ? draft.QuantityType.Name! : name);
        if (Checked(new Said<Number> { Name = name, Value = number }, Fixed9.QuantityMax) is not { } percent) return null;
        if (percent <= 0) return Refuse(Rejection.QuantityNotPositive, $"{name} is {Fixed9.Format(percent)} %.", name);
        _exitPercent = percent;
        return null;
    }

    /// <summary>Seconds as µs; 0 says nothing.</summary>
    private long? MaxAge() => Checked(draft.MaxLag, Fixed9.QuantityMax) is { } seconds and > 0 ? seconds / (Fixed9.One / Timestamp.Second) : null;

    private long? Unsupported(string name) =>
        Refuse(Rejection.QuantityTypeUnsupported,
            $"{name} asks for a share or an amount of money; send a number of contracts, shares or coins.", name);

    private long? Price()
    {
        var said = draft.OrderPrice.IsSaid ? draft.OrderPrice : draft.Price.IsSaid ? draft.Price : draft.BarPrice;
        if (!said.IsSaid || (draft.ZeroIsAbsent && said.Value is { Error: NumberError.None, Value: 0 })) return null;
        return Checked(said, Fixed9.PriceMax);
    }

    /// <summary>
    /// The value if it is a number within ±<paramref name="max"/>; else null and a refusal that names the field. Null also when not said.
    /// </summary>
    private long? Checked(Said<Number> said, long max)
    {
        if (!said.IsSaid) return null;
        var number = said.Value;
        var name = said.Name!;
        if (number.IsPercent || number.Error == NumberError.NotANumber)
            return Refuse(Rejection.NumberInvalid, $"{name} needs a number such as 25600.25.", name);
        if (number.Error == NumberError.TooManyDecimals) return Refuse(Rejection.NumberOutOfRange, $"{name} has more than 9 decimals.", name);
        if (number.Error == NumberError.OutOfRange || number.Value > max || number.Value < -max)
            return Refuse(Rejection.NumberOutOfRange, $"{name} is beyond {Fixed9.Format(max)}.", name);
        return number.Value;
    }

    /// <summary>Working orders may be cancelled for all symbols at once.</summary>
    private Symbol? ResolveSymbol(SignalAction action)
    {
        if (draft.Refusal is not null) return null;
        if (draft.Symbols.Count == 0 && action == SignalAction.Cancel) return Symbol.None;
        if (draft.Symbols.Count == 0)
            Refuse(Rejection.SymbolMissing, "Give the symbol, as in \"symbol\":\"MNQ1!\" or \"ticker\":\"{{ticker}}\".", "symbol");
        Symbol? first = null;
        foreach (var (name, text) in draft.Symbols)
        {
            if (!symbols.TryResolveOfAlert(text, At ?? receivedAt, receivedAt, out var symbol, out var refusal))
            {
                draft.Refuse(refusal! with { Detail = BodyMask.OfText(refusal.Detail), Field = name });
                return null;
            }
            if (first is not null && symbol != first) Contradict(draft.Symbols[0].Name, name);
            first ??= symbol;
        }
        return first;
    }

    private void Contradict(string name, string other) => Refuse(Rejection.Contradiction, $"{name} and {other} contradict each other.", name);

    private long? Refuse(Rejection kind, string detail, string name)
    {
        draft.Refuse(kind.Because(detail, name));
        return null;
    }
}
