using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Recorders;

namespace StreamRecorder.Engine.Signals;

/// <summary>
/// From a signal to the input that Apply takes: settings, contract and price are looked up now and written into it, and
/// everything that could refuse it is found now. Reads state, changes nothing; ticks of the root must be folded before.
/// Ages are judged by the signal's arrival, not by engine time, which may stand still after the clock was set back.
/// </summary>
internal static class SignalResolver
{
    public static (SignalInput? Input, Refusal? Refusal) Resolve(
        StateMachine state, long recorderId, Signal signal, long now, Flags flags = Flags.None, CloseReason reason = CloseReason.None,
        Receipt? receipt = null)
    {
        if (state.Directory.Find(recorderId) is not { } recorder) return Refuse(Rejection.TokenUnknown.Because("Check the address of the webhook."));
        var instrument = state.Instruments.Find(signal.Symbol.Root);
        if (instrument is null && signal.Symbol != Symbol.None)
            return Refuse(Rejection.InstrumentUnknown.Because($"The root {signal.Symbol.Root} is not in the instrument table.", "symbol"));
        var settings = recorder.Settings;
        var key = new PositionKey(recorderId, signal.Symbol.Id);
        var known = state.Store.TryRead(key, out var position);
        var opening = ContractResolver.Resolve(signal.Symbol, state, now);
        var input = new SignalInput(recorderId, signal)
        {
            OnOpposite = settings.OnOpposite,
            DefaultQuantity = settings.DefaultQuantity,
            Commission = settings.Commission,
            Contract = opening ?? signal.Symbol,
            IsUnpriced = opening is null,
            TickSize = instrument?.TickSize ?? 0,
            TickValue = instrument?.TickValue ?? 0,
            Currency = instrument is null ? 0 : CurrencyCode.Pack(instrument.Currency),
            Flags = flags | SignalMeaning.FlagsOf(signal, position),
            Reason = reason,
            Receipt = receipt,
        };
        if (!settings.Enabled && reason == CloseReason.None) return (input with { Ignored = IgnoreReason.Paused }, null);
        if (!flags.HasFlag(Flags.Late) && AgeRefusal(signal, settings, now) is { } tooOld) return Refuse(tooOld);
        var decision = SignalMeaning.Decide(position, signal, input.OnOpposite, input.DefaultQuantity);
        if (decision.Refusal is not null) return Refuse(decision.Refusal);
        if (decision.Ignored is not (IgnoreReason.None or IgnoreReason.AtTarget)) return (input, null);
        if (!known && state.Store.IsFull)
            return Refuse(Rejection.PositionsFull.Because("Raise the setting PositionsMax, or start a second service."));
        if (decision.Ignored != IgnoreReason.None) return (input, null);
        if (position.IsOpen && HasRolled(state, position, opening)) input = input with { Flags = input.Flags | Flags.ContractChanged };
        return Priced(state, settings, position, decision, input, now);
    }

    /// <summary>
    /// Alerts may be older than their recorder, or they themselves, allow: one that was held
    /// up for hours tells of a price long gone. Without a time of its own an alert has no age.
    /// </summary>
    private static Refusal? AgeRefusal(Signal signal, RecorderSettings settings, long now)
    {
        var limit = settings.MaxAge > 0 ? Math.Min(settings.MaxAge, signal.MaxAge ?? long.MaxValue) : signal.MaxAge;
        if (signal.At is not { } at || limit is not { } max || now - at <= max) return null;
        return Rejection.SignalTooOld.Because(
            $"It is of {Timestamp.Format(at)}, {(now - at) / Timestamp.Second} s before it arrived; at most {Fixed9.Format(max * 1000)} s are taken.",
            "time");
    }

    private static (SignalInput?, Refusal?) Priced(
        StateMachine state, RecorderSettings settings, in Position position, Decision decision, SignalInput input, long now)
    {
        var given = settings.FillPrice == FillPrice.Signal || input.Reason != CloseReason.None ? input.Signal.Price : null;
        if (given is { } price) input = input with { Price = price, PriceSource = PriceSource.Signal };
        else
        {
            var contract = position.IsOpen ? state.Symbols[position.ContractId] : input.Contract;
            var stream = state.Prices[contract.Id];
            if (!stream.HasTicked)
                return Refuse(Rejection.PriceUnknown.Because($"No tick of {contract.Name} has come; send a price or connect a feed.", "price"));
            if (stream.LastAt < now - settings.PriceMaxAge && input.Reason == CloseReason.None)
                return Refuse(
                    Rejection.PriceUnknown.Because(
                        $"The last tick of {contract.Name} is older than {settings.PriceMaxAge / Numbers.Timestamp.Second} s; send a price.",
                        "price"));
            input = input with { Price = stream.LastPrice, PriceSource = PriceSource.Tick };
        }
        return Fits(position, decision, input.Price)
            ? (input, null)
            : Refuse(
                Rejection.PositionTooLarge.Because("The sums of this position would leave the range that is exact; close it first.", "quantity"));
    }

    /// <summary>The front moved on while the position keeps the contract that it opened with.</summary>
    private static bool HasRolled(StateMachine state, in Position position, Symbol? opening) =>
        opening is { Kind: SymbolKind.Dated } && opening.Id != position.ContractId && state.Symbols[position.ContractId].Kind == SymbolKind.Dated;

    private static bool Fits(in Position position, Decision decision, long price)
    {
        if (decision.ExitQuantity > 0 && !PositionMath.FitsExit(position, price, decision.ExitQuantity)) return false;
        if (decision.EnterQuantity == 0) return true;
        var remaining = decision.ExitQuantity == position.Held ? default : position;
        return PositionMath.FitsEntry(remaining, price, decision.EnterQuantity);
    }

    private static (SignalInput?, Refusal?) Refuse(Refusal refusal) => (null, refusal);
}
