using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Prices;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Engine.Signals;
using StreamRecorder.Engine.Tests.Support;
using Xunit;

namespace StreamRecorder.Engine.Tests.Positions;

/// <summary>
/// One step: <paramref name="Kind"/> below 50 a tick, below 90 a signal, then time, turns of the crank and checks. The rest chooses who and what.
/// </summary>
internal readonly record struct TradeStep(int Kind, int Recorder, int Symbol, int Price, int Quantity, int Form);

/// <summary>Which prices and quantities the steps choose from.</summary>
internal enum TradeScale
{
    /// <summary>Around zero and around 25 600, up to nine decimals, so that ties and signs meet.</summary>
    Ordinary,

    /// <summary>The ends of the ranges, where sums come near the bounds of 128 bits.</summary>
    Extreme,
}

/// <summary>Feeds the same ticks and signals to the engine and to the model, and compares every figure of every position.</summary>
internal sealed class TradeSteps : IDisposable
{
    private static readonly Instrument[] Instruments =
    [
        Some.Future("MNQ", 0.25m, 0.5m), Some.Future("THIRD", 0.3m, 1m, "EUR"), Some.Future("6J", 0.0000005m, 6.25m), Some.Spot("AAPL"),
        Some.Future("HUGE", 0.000001m, 100m),
    ];

    private static readonly string[] SymbolNames = ["MNQZ2025", "MNQH2026", "THIRDZ2025", "6JZ2025", "AAPL", "HUGEZ2025"];

    private readonly HeldJournal _journal = new() { CommitsAtOnce = true };
    private readonly EngineRig _rig;
    private readonly ModelEngine _model = new(EngineRig.LateTolerance);
    private readonly List<(long Id, RecorderSettings Settings)> _recorders = [];
    private readonly Symbol[] _symbols;
    private readonly List<Tick> _batch = [];
    private readonly List<(SignalMessage Message, ModelAnswer Expected)> _asked = [];
    private readonly Dictionary<long, PositionView> _closed = [];
    private readonly TradeScale _scale;
    private readonly Func<Tick[], Tick[]> _spoil;

    /// <param name="recorderCount">Recorders, of all modes in turn.</param>
    /// <param name="scale">Which numbers to choose from.</param>
    /// <param name="spoil">A planted fault: what becomes of a batch of ticks on its way to the engine, while the model gets it whole.</param>
    public TradeSteps(int recorderCount, TradeScale scale, Func<Tick[], Tick[]>? spoil = null)
    {
        _scale = scale;
        _spoil = spoil ?? (ticks => ticks);
        _rig = new EngineRig(_journal, positionsMax: recorderCount * SymbolNames.Length);
        _rig.WithInstruments(Instruments);
        _symbols = [.. SymbolNames.Select(name => _rig.Symbol(name))];
        for (var i = 0; i < recorderCount; i++) _recorders.Add(AddRecorder(i));
    }

    public EngineRig Rig => _rig;

    /// <summary>What the signals came to, so that a test can say whether it reached what it is for.</summary>
    public HashSet<string> Reached { get; } = [];

    public static TradeStep Any(Random random)
    {
        return new(random.Next(100), Pick(), Pick(), Pick(), Pick(), Pick());

        int Pick() => random.Next(1 << 20);
    }

    public void Dispose() => _rig.Dispose();

    public void Take(TradeStep step)
    {
        switch (step.Kind)
        {
            case < 50:
                Tick(step);
                break;
            case < 90:
                Signal(step);
                break;
            case < 94:
                // Mostly small, zero too; now and then long enough that prices grow too old and pending ticks are journalled.
                _rig.Time.Advance(TimeSpan.FromMicroseconds(step.Form % 7 == 0 ? step.Price * 1000L % 300_000_000 : step.Price % 3 * 100));
                break;
            case < 98:
                Turn();
                break;
            default:
                CheckAll();
                break;
        }
    }

    /// <summary>What was sent so far reaches an engine that can journal nothing for a while.</summary>
    public void Stall()
    {
        FlushTicks();
        _journal.HasRoom = false;
        _rig.Run();
        _journal.HasRoom = true;
    }

    /// <summary>Every position, open or closed, figure by figure.</summary>
    public void CheckAll()
    {
        Turn();
        _rig.Time.Advance(EngineLimits.FoldInterval);
        _rig.Run();
        var open = _rig.OpenViews();
        Assert.Equal(_model.Positions.Count(p => p.IsOpen), open.Count);
        Assert.Equal(open.OrderByDescending(v => v.Id).Select(v => v.Id), open.Select(v => v.Id));
        foreach (var view in open) Check(view);
        foreach (var group in _rig.TakeReleased())
            foreach (var closed in group.Outputs.OfType<PositionClosed>()) _closed.Add(closed.Position.Id, closed.View());
        Assert.Equal(_model.Positions.Count(p => !p.IsOpen), _closed.Count);
        foreach (var view in _closed.Values) Check(view);
        Assert.Equal(_model.Late, _rig.Session.Late);
    }

    private (long, RecorderSettings) AddRecorder(int index)
    {
        RecorderSettings? settings = null;
        var id = _rig.AddRecorder($"r{index}", plain => settings = plain with
        {
            OnOpposite = (OnOpposite)(index % 4),
            DefaultQuantity = Some.E9(index % 3 == 2 ? 0.3m : 1 + index % 3),
            Commission = Some.E9(index % 5 * 0.37m),
            FillPrice = index % 7 == 6 ? FillPrice.Tick : FillPrice.Signal,
        });
        return (id, settings!);
    }

    private void Tick(TradeStep step)
    {
        // Some are late by more than the tolerance, many at equal times.
        var at = _rig.Now - step.Form % 8 * Timestamp.Second / (step.Quantity % 3 + 1);
        var symbol = _symbols[step.Symbol % _symbols.Length];
        _batch.Add(new Tick(symbol.Id, PriceOf(step), at));
        _model.Tick(symbol.Name, PriceOf(step), at);
    }

    private void Signal(TradeStep step)
    {
        FlushTicks();
        var symbol = _symbols[step.Symbol % _symbols.Length];
        var (id, settings) = _recorders[step.Recorder % _recorders.Count];
        var signal = SignalOf(step, symbol);
        var instrument = Instruments.Single(i => i.Root == symbol.Root);
        _asked.Add((_rig.Offer(id, signal), _model.Signal(id, settings, signal, instrument, _rig.Now)));
    }

    private Signal SignalOf(TradeStep step, Symbol symbol)
    {
        var action = (step.Form % 16) switch
        {
            < 5 => SignalAction.Buy,
            < 10 => SignalAction.Sell,
            10 => SignalAction.Add,
            11 => SignalAction.Reverse,
            12 => SignalAction.Exit,
            13 => (SignalAction)((int)SignalAction.CloseLong + step.Price % 2),
            14 => SignalAction.CloseAll,
            _ => SignalAction.None,
        };
        var hasTarget = action == SignalAction.None || (action is SignalAction.Buy or SignalAction.Sell && step.Form / 16 % 4 == 0);
        var bySide = hasTarget && step.Form / 64 % 3 == 0;
        return new Signal
        {
            Symbol = symbol,
            Action = action,
            Price = step.Form / 192 % 6 == 0 ? null : PriceOf(step),
            Quantity = step.Quantity % 4 == 0 ? null : QuantityOf(step),
            ClosesOpposite = Said(step.Form / 1152),
            MayAdd = Said(step.Form / 13_824),
            TargetSide = bySide ? (Side)(step.Price % 3 - 1) : null,
            TargetPosition = hasTarget && !bySide ? (step.Price % 3 - 1) * QuantityOf(step) : null,
            WasFlat = hasTarget && !bySide && step.Recorder % 3 == 0,
            PreviousPosition = hasTarget && !bySide && step.Recorder % 5 == 0 ? step.Recorder % 2 : null,
            // Whole seconds, as alerts have them, so that many come at the same one.
            At = step.Form / 7 % 2 == 0 ? null : (_rig.Now / Timestamp.Second - step.Recorder / 64 % 4) * Timestamp.Second,
        };
    }

    /// <summary>Mostly nothing; at the ends of the ranges never, because there positions must grow to the bounds.</summary>
    private bool? Said(int choice) => _scale == TradeScale.Extreme ? null : (choice % 12) switch { 0 => true, 1 => false, _ => null };

    private long PriceOf(TradeStep step) => (_scale, step.Price % 8) switch
    {
        (TradeScale.Extreme, < 6) => step.Price / 8 % 2 == 0 ? Fixed9.PriceMax - step.Price % 3 : -Fixed9.PriceMax + step.Price % 3,
        (_, < 3) => Some.E9(step.Price / 8 % 9 - 4),
        (_, < 6) => Some.E9(25600 + step.Price / 8 % 400 * 0.25m),
        _ => step.Price * 123_457L - 60_000_000_000,
    };

    private long QuantityOf(TradeStep step) => (_scale, step.Quantity % 8) switch
    {
        (TradeScale.Extreme, < 6) => Fixed9.QuantityMax - step.Quantity / 8 % 2,
        (_, < 5) => Some.E9(1 + step.Quantity / 8 % 4),
        (_, 5) => Some.E9(0.1m * (1 + step.Quantity / 8 % 20)),
        (_, 6) => Some.E9(0.333333333m),
        _ => 1 + step.Quantity / 8 % 3,
    };

    private void FlushTicks()
    {
        foreach (var part in _batch.Chunk(3)) _rig.OfferTicks(null, _spoil(part));
        _batch.Clear();
    }

    private void Turn()
    {
        FlushTicks();
        _rig.Run();
        foreach (var (message, expected) in _asked) Check(EngineRig.Done(message.Answer), expected);
        _asked.Clear();
    }

    private void Check(SignalAnswer answer, ModelAnswer expected)
    {
        Reached.Add(answer.Refusal?.Kind.Label ?? (answer.Reason == IgnoreReason.None ? Words.Of(answer.Effect) : Words.Of(answer.Reason)));
        Assert.Equal(
            (expected.Status, expected.Rejection, expected.Reason, expected.Effect),
            (answer.Status, answer.Refusal?.Kind, answer.Reason, answer.Effect));
        if (answer.Status != SignalStatus.Accepted) return;
        Know(expected.Closed, answer.ClosedPositionId);
        Know(expected.Open ?? expected.Closed, answer.PositionId);
        Assert.Equal(expected.Open is not null, answer.PositionIsOpen);
    }

    /// <summary>The first answer names a position's id; every later one must name the same.</summary>
    private static void Know(ModelPosition? position, long id)
    {
        if (position is { Id: 0 }) position.Id = id;
        Assert.Equal(position?.Id ?? 0, id);
    }

    private void Check(PositionView actual)
    {
        var position = Assert.Single(_model.Positions, p => p.Id == actual.Id);
        ViewAssert.Equal(ModelFigures.ViewOf(position), actual);
    }
}
