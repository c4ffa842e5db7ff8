using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Engine.Signals;

namespace StreamRecorder.Simulation;

/// <summary>All positions, each told of each tick; signals are judged by the rules of the independent program.</summary>
internal sealed class ModelBook
{
    private readonly Dictionary<(long RecorderId, string Symbol), Place> _places = [];

    public IEnumerable<KeyValuePair<(long RecorderId, string Symbol), Place>> Places => _places;

    public void Tick(string symbol, ModelTick tick)
    {
        foreach (var place in _places.Values)
            if (place.Open?.PricedBy.Name == symbol) place.Open.Tick(tick.Price, tick.At);
    }

    /// <summary>
    /// Applies the signal and compares what the engine made of it; returns the answer that is right, without the reason of an ignored one.
    /// </summary>
    public SignalAnswer Apply(Turn turn, ModelMarket market)
    {
        var place = PlaceOf(turn);
        var wanted = Decide(turn, place);
        if (wanted is null)
            return new SignalAnswer { Status = SignalStatus.Ignored, Sequence = turn.Group.Sequence, Flags = turn.Flags | SameTime(turn, place) };
        if (wanted.IsThere) return Hear(turn, place);
        var before = place.Open;
        var price = PriceOf(turn, before, market);
        if (before is not null) before.Commission = turn.Recorder.Settings.Commission;
        var heldBefore = before?.Held ?? 0;
        Move(turn, place, wanted, price, market);
        if (turn.Order.At != 0) place.AlertAt = Math.Max(place.AlertAt, turn.Order.At);
        Compare(turn, place, before);
        return Answer(turn, place, before, heldBefore, wanted);
    }

    /// <summary>The target is held: ignored, but older alerts are stale from here.</summary>
    private static SignalAnswer Hear(Turn turn, Place place)
    {
        if (turn.Order.At > place.AlertAt)
        {
            place.AlertAt = turn.Order.At;
            if (place.Open is { } open) open.ChangedAt = turn.Group.Sequence;
            Compare(turn, place, place.Open);
        }
        return new SignalAnswer { Status = SignalStatus.Ignored, Sequence = turn.Group.Sequence, Flags = turn.Flags };
    }

    private static Naive.Decision? Decide(Turn turn, Place place)
    {
        var settings = turn.Recorder.Settings;
        if (!settings.Enabled && !turn.IsManual) return null;
        var held = place.Open is { } open ? Order.Units(open.Side * open.Held) : Naive.Fraction.Zero;
        return Naive.SignalRules.Decide(
            turn.Order.ToNaive(), held, place.AlertAt == 0 ? null : place.AlertAt, Enum.Parse<Naive.OnOpposite>(settings.OnOpposite.ToString()));
    }

    /// <summary>Ignored because another alert of the same second says more.</summary>
    private static Flags SameTime(Turn turn, Place place)
    {
        var (order, held) = (turn.Order, place.Open is { } open ? open.Side * open.Held : 0);
        if (order.Target is not { } target || order.At != place.AlertAt || order.Action == SignalAction.Cancel || !turn.Recorder.Settings.Enabled)
            return Flags.None;
        var undoes = order.Action == SignalAction.Sell ? target > Math.Max(held, 0) : order.Action == SignalAction.Buy && target < Math.Min(held, 0);
        return undoes ? Flags.SameTime : Flags.None;
    }

    private static long PriceOf(Turn turn, ModelPosition? open, ModelMarket market)
    {
        var takesOwn = turn.IsManual || turn.Recorder.Settings.FillPrice == FillPrice.Signal;
        if (takesOwn && turn.Order.Price is { } price) return price;
        var stream = market.Of((open?.PricedBy ?? Resolve(turn.Order.Contract, market) ?? turn.Order.Contract).Name);
        Check.That(stream.HasTicked, "filled at a price that nobody knows");
        return stream.Last.Price;
    }

    /// <summary>All ticks of a run are within a day, so the age of a contract plays no part here.</summary>
    private static Contract? Resolve(Contract contract, ModelMarket market)
    {
        if (contract.Kind != SymbolKind.Continuous || market.Of(contract.Name).HasTicked) return contract;
        var dated = Array.FindAll(Contract.All, c => c.Root == contract.Root && c.Kind == SymbolKind.Dated && market.Of(c.Name).HasTicked);
        return dated.Length == 1 ? dated[0] : null;
    }

    private static void Move(Turn turn, Place place, Naive.Decision wanted, long price, ModelMarket market)
    {
        var (open, at) = (place.Open, turn.Group.At);
        var target = (long)wanted.Target.ScaledHalfEven(9);
        if (open is not null && wanted.FromFlat) open.IsSync = true;
        if (open is not null && !wanted.FromFlat && Math.Sign(target) == open.Side)
        {
            var more = Math.Abs(target) - open.Held;
            if (more > 0) open.Enter(price, more, at);
            else open.Exit(price, -more, at);
        }
        else
        {
            open?.Exit(price, open.Held, at);
            place.Open = target == 0 ? null : OpenNew(turn, wanted, Math.Sign(target), market);
            place.Open?.Enter(price, Math.Abs(target), at);
        }
        if (place.Open is { } now) now.ChangedAt = turn.Group.Sequence;
    }

    private static ModelPosition OpenNew(Turn turn, Naive.Decision wanted, int side, ModelMarket market)
    {
        var contract = Resolve(turn.Order.Contract, market);
        return new ModelPosition(
            turn.Group.Sequence, turn.Order.Contract, contract ?? turn.Order.Contract, contract is null, side, turn.Group.At,
            turn.GapOf(contract ?? turn.Order.Contract), turn.Recorder.Settings.Commission)
        { IsSync = wanted.FromFlat };
    }

    private static void Compare(Turn turn, Place place, ModelPosition? before)
    {
        foreach (var output in turn.Group.Outputs)
        {
            if (output is PositionClosed closed) before!.Compare(closed.Position, turn.GapOf(before.PricedBy));
            if (output is not PositionChanged changed) continue;
            Check.Same(place.Open is not null, changed.Position.IsOpen, $"position after {turn.Order.Label} is open");
            if (place.Open is not null) place.Open.Compare(changed.Position, turn.GapOf(place.Open.PricedBy));
            Check.Same(place.AlertAt, changed.Position.AlertAt, "newest alert");
        }
        var closings = turn.Group.Outputs.OfType<PositionClosed>().Count();
        Check.Same(before is not null && before != place.Open ? 1 : 0, closings, "positions closed");
        Check.Same(1, turn.Group.Outputs.OfType<PositionChanged>().Count(), "keys changed");
    }

    private static SignalAnswer Answer(Turn turn, Place place, ModelPosition? before, long heldBefore, Naive.Decision wanted)
    {
        var after = place.Open;
        var isClosed = before is not null && before != after;
        return new SignalAnswer
        {
            Status = SignalStatus.Accepted,
            Sequence = turn.Group.Sequence,
            Effect = EffectOf(before, after, heldBefore),
            PositionId = after?.Id ?? before!.Id,
            PositionIsOpen = after is not null,
            ClosedPositionId = isClosed ? before!.Id : 0,
            Flags = turn.Flags | (wanted.FromFlat ? Flags.Sync : Flags.None),
        };
    }

    private static Effect EffectOf(ModelPosition? before, ModelPosition? after, long heldBefore)
    {
        if (before is null) return Effect.Opened;
        if (after is null) return Effect.Closed;
        if (after == before) return after.Held > heldBefore ? Effect.Added : Effect.Reduced;
        return after.Side == before.Side ? Effect.Opened : Effect.Reversed;
    }

    private Place PlaceOf(Turn turn)
    {
        var key = (turn.Order.RecorderId, turn.Order.Contract.Name);
        if (!_places.TryGetValue(key, out var place)) _places[key] = place = new Place();
        return place;
    }

    /// <summary>What belongs to one recorder and symbol.</summary>
    internal sealed class Place
    {
        public ModelPosition? Open { get; set; }

        public long AlertAt { get; set; }
    }
}
