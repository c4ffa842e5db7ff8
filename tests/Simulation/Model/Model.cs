using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Engine.Signals;

namespace StreamRecorder.Simulation;

/// <summary>What became of an order.</summary>
internal sealed record Applied(long Sequence, long At, SignalAnswer Answer);

/// <summary>
/// The oracle: the state that must be after the inputs up to <see cref="Sequence"/>. It learns from the
/// engine only which input came next (which order, how many ticks of which symbol, at which engine time)
/// and works out by itself what comes of it. A sequence seen again, replayed, must be what it was.
/// </summary>
internal sealed class Model
{
    private readonly Dictionary<int, Order> _orders = [];
    private readonly Dictionary<string, Order> _ordersByLabel = [];
    private readonly List<string> _history = [""];
    private readonly Dictionary<(long RecorderId, string Key), HashSet<int>> _bodiesOfKey = [];
    private readonly SortedDictionary<long, Recorder> _recorders = [];
    private long _now;

    public ModelMarket Market { get; } = new();

    public ModelBook Book { get; } = new();

    public Dictionary<int, Applied> AppliedOrders { get; } = [];

    public IReadOnlyDictionary<int, Order> Orders => _orders;

    public IReadOnlyDictionary<long, Recorder> Recorders => _recorders;

    public long Sequence => _history.Count - 1;

    public ModelOutages Outages { get; } = new();

    /// <summary>What a position on a contract has missed since ever, as of now.</summary>
    public long GapOf(Contract contract) => Outages.At(contract.Name, _now);

    public long NextRecorderId { get; private set; } = 1;

    public void Know(Order order)
    {
        _orders[order.Id] = order;
        _ordersByLabel[order.Label] = order;
    }

    /// <summary>A group left the engine, for the first time or again.</summary>
    public void Take(OutputGroup group)
    {
        var text = GroupText.Of(group);
        if (group.Sequence <= Sequence)
        {
            Check.Same(_history[(int)group.Sequence], text, $"sequence {group.Sequence}, seen again");
            return;
        }
        Check.Same(Sequence + 1, group.Sequence, "next sequence");
        Check.That(group.At >= _now, "engine time went back");
        var gap = _now == 0 ? 0 : group.At - _now;
        _now = group.At;
        _history.Add(text);
        foreach (var output in group.Outputs)
            if (output is not (FillOutput or PositionChanged or PositionClosed)) Apply(group, output, gap);
    }

    private void Apply(OutputGroup group, Output output, long gap)
    {
        switch (output)
        {
            case FoldApplied fold:
                foreach (var tick in Market.Apply(fold.Symbol.Name, fold.Ticks)) Book.Tick(fold.Symbol.Name, tick);
                Outages.Ticked(fold.Symbol.Name, group.At);
                break;
            case SignalApplied signal:
                Apply(group, signal);
                break;
            case GapCounted counted:
                Outages.Stopped(gap);
                Check.Same(Outages.Service, counted.TotalGap, "gap");
                break;
            case OutageChanged changed:
                Outages.Take(changed, group.At);
                break;
            case RecorderChanged changed:
                _recorders[changed.Recorder.Id] = changed.Recorder;
                NextRecorderId = Math.Max(NextRecorderId, changed.Recorder.Id + 1);
                break;
            case RecorderDeleted deleted:
                Check.That(_recorders.Remove(deleted.RecorderId), "a recorder was removed twice");
                break;
        }
    }

    private void Apply(OutputGroup group, SignalApplied signal)
    {
        var input = signal.Input;
        var isManual = input.Reason == CloseReason.Manual;
        var order = isManual ? ByHand(input) : OrderOf(input);
        var flags = isManual ? Flags.None : NoteKey(order);
        var turn = new Turn(group, order, _recorders[input.RecorderId], GapOf, isManual, flags);
        var answer = Book.Apply(turn, Market);
        Check.Same(answer, signal.Answer with { Reason = IgnoreReason.None }, $"answer to {order.Label}");
        if (!isManual) AppliedOrders.Add(order.Id, new Applied(group.Sequence, group.At, signal.Answer));
    }

    private Order OrderOf(SignalInput input)
    {
        Check.That(_ordersByLabel.TryGetValue(input.Signal.Label ?? "", out var order), "an order that nobody sent");
        Check.That(!AppliedOrders.ContainsKey(order!.Id), $"{order.Label} was applied twice");
        Check.Same(order.RecorderId, input.RecorderId, "recorder of " + order.Label);
        return order;
    }

    private static Order ByHand(SignalInput input) => new()
    {
        Id = -1,
        RecorderId = input.RecorderId,
        Contract = Array.Find(Contract.All, c => c.Name == input.Signal.Symbol.Name)!,
        Action = SignalAction.CloseAll,
        Price = input.Signal.Price,
    };

    private Flags NoteKey(Order order)
    {
        if (order.Key is null) return Flags.None;
        var place = (order.RecorderId, order.Key);
        if (!_bodiesOfKey.TryGetValue(place, out var bodies)) _bodiesOfKey[place] = bodies = [];
        Check.That(bodies.Add(order.Id), $"{order.Label}: its key was applied twice");
        return bodies.Count > 1 ? Flags.IdReused : Flags.None;
    }
}

/// <summary>One signal's turn: what the book needs to know beside its own state.</summary>
internal sealed record Turn(OutputGroup Group, Order Order, Recorder Recorder, Func<Contract, long> GapOf, bool IsManual, Flags Flags);
