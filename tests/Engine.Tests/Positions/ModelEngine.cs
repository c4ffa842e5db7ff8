using System.Numerics;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Engine.Signals;

namespace StreamRecorder.Engine.Tests.Positions;

/// <summary>What the model expects of one signal.</summary>
internal sealed record ModelAnswer(
    SignalStatus Status, Rejection? Rejection = null, IgnoreReason Reason = IgnoreReason.None, Effect Effect = Effect.None)
{
    public ModelPosition? Open { get; init; }
    public ModelPosition? Closed { get; init; }
}

/// <summary>The naive design: every tick goes to every open position of its symbol. Dated and spot symbols only.</summary>
internal sealed class ModelEngine(long lateTolerance)
{
    private readonly Dictionary<(long, string), ModelPosition> _open = [];
    private readonly Dictionary<(long, string), long> _newestAlert = [];
    private readonly Dictionary<string, long> _newestTick = [];
    private readonly Dictionary<string, (long Price, long At)> _lastTick = [];

    public List<ModelPosition> Positions { get; } = [];

    public int Late { get; private set; }

    public void Tick(string symbol, long price, long at)
    {
        var newest = _newestTick.GetValueOrDefault(symbol);
        if (at < newest - lateTolerance)
        {
            Late++;
            return;
        }
        _newestTick[symbol] = Math.Max(newest, at);
        _lastTick[symbol] = (price, at);
        foreach (var position in _open.Values)
            if (position.Symbol == symbol) position.Tick(price, at);
    }

    public ModelAnswer Signal(long recorderId, RecorderSettings settings, Signal signal, Instrument instrument, long now)
    {
        var key = (recorderId, signal.Symbol.Name);
        var open = _open.GetValueOrDefault(key);
        var held = open is null ? BigInteger.Zero : open.Side * open.Held;
        long? newest = _newestAlert.TryGetValue(key, out var at) ? at : null;
        var decision = ModelMeaning.Decide(signal, held, newest, settings.OnOpposite, settings.DefaultQuantity);
        if (decision.IsRefused) return new(SignalStatus.Refused, Rejection.PositionMissing);
        if (decision.Ignored == IgnoreReason.AtTarget && signal.At is { } heard) _newestAlert[key] = Math.Max(heard, newest ?? 0);
        if (decision.Ignored != IgnoreReason.None) return new(SignalStatus.Ignored, Reason: decision.Ignored);
        if (PriceOf(signal, settings, now) is not { } price) return new(SignalStatus.Refused, Rejection.PriceUnknown);
        if (!Fits(open, held, decision, price)) return new(SignalStatus.Refused, Rejection.PositionTooLarge);
        if (signal.At is { } alertAt) _newestAlert[key] = Math.Max(alertAt, newest ?? 0);
        var answer = Fill(key, open, held, decision, price, now, side => New(recorderId, settings, signal, instrument, side, now));
        if (ModelMeaning.AddsUp(signal) && ModelMeaning.Follows(signal, held)) return answer;
        if (answer.Open is { } entered) entered.Flags |= Flags.Inconsistent;
        if (answer.Closed is { } left) left.Flags |= Flags.Inconsistent;
        return answer;
    }

    private long? PriceOf(Signal signal, RecorderSettings settings, long now)
    {
        if (settings.FillPrice == FillPrice.Signal && signal.Price is { } price) return price;
        return _lastTick.TryGetValue(signal.Symbol.Name, out var last) && now - last.At <= settings.PriceMaxAge ? last.Price : null;
    }

    private ModelAnswer Fill(
        (long, string) key, ModelPosition? open, BigInteger held, ModelDecision decision, long price, long now, Func<int, ModelPosition> opening)
    {
        var target = decision.Target;
        if (open is not null && !decision.Anew && target.Sign == held.Sign)
        {
            var isEntry = BigInteger.Abs(target) > BigInteger.Abs(held);
            if (isEntry) open.Enter(price, BigInteger.Abs(target - held), now);
            else open.Exit(price, BigInteger.Abs(target - held), now, decision.Reason);
            return new(SignalStatus.Accepted, Effect: isEntry ? Effect.Added : Effect.Reduced) { Open = open };
        }
        open?.Exit(price, BigInteger.Abs(held), now, decision.Reason);
        _open.Remove(key);
        ModelPosition? next = null;
        if (!target.IsZero)
        {
            next = opening(target.Sign);
            next.Enter(price, BigInteger.Abs(target), now);
            _open[key] = next;
            Positions.Add(next);
        }
        if (decision.Reason == CloseReason.Sync)
        {
            open!.Flags |= Flags.Sync;
            if (next is not null) next.Flags |= Flags.Sync;
        }
        var effect = open is null ? Effect.Opened : next is null ? Effect.Closed : next.Side == open.Side ? Effect.Opened : Effect.Reversed;
        return new(SignalStatus.Accepted, Effect: effect) { Open = next, Closed = open };
    }

    private static ModelPosition New(long recorderId, RecorderSettings settings, Signal signal, Instrument instrument, int side, long now) => new()
    {
        RecorderId = recorderId,
        Recorder = settings.Name,
        Symbol = signal.Symbol.Name,
        Instrument = instrument,
        Side = side,
        OpenedAt = now,
        Commission = () => settings.Commission,
    };

    /// <summary>The engine's stated bounds, in numbers that cannot overflow.</summary>
    private static bool Fits(ModelPosition? open, BigInteger held, ModelDecision decision, long price)
    {
        var bound = (BigInteger)EngineLimits.RealizedMax;
        var (target, size) = (decision.Target, BigInteger.Abs(held));
        var isNew = decision.Anew || target.Sign != held.Sign;
        var entered = isNew ? BigInteger.Abs(target) : BigInteger.Max(BigInteger.Abs(target) - size, 0);
        var exited = isNew ? size : BigInteger.Max(size - BigInteger.Abs(target), 0);
        if (open is not null && !exited.IsZero)
        {
            var sums = ModelFigures.SumsAfterExit(open, price, exited);
            if (BigInteger.Abs(sums.ExitValue) > bound || BigInteger.Abs(sums.Realized) > bound) return false;
        }
        var (heldNow, entryValue) = isNew || open is null ? (0, 0) : (size, ModelFigures.EntryValueOf(open));
        return heldNow + entered <= EngineLimits.HeldMax && BigInteger.Abs(entryValue + price * entered) <= bound;
    }

}
