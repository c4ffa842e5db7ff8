using StreamRecorder.Engine.Feeds;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Prices;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Engine.Recovery;
using StreamRecorder.Engine.Signals;

namespace StreamRecorder.Engine;

/// <summary>
/// All state of one engine, and <see cref="Apply"/>, the only place where it changes. Reads no clock,
/// randomness, culture or environment: two runs over the same inputs give the same bytes. Used by one thread.
/// </summary>
public sealed class StateMachine : IDisposable
{
    private readonly Dictionary<long, int> _openByRecorder = [];

    private readonly SettingTables _tables;

    public StateMachine(SymbolTable symbols, int positionsMax, long lateTolerance)
    {
        Symbols = symbols;
        _tables = new SettingTables(symbols);
        Prices = new PriceBook(symbols, lateTolerance);
        Store = new PositionStore(positionsMax);
    }

    public SymbolTable Symbols { get; }

    public PriceBook Prices { get; }

    public PositionStore Store { get; }

    public OpenPositions Open { get; } = new();

    public FeedTable Feeds { get; } = new();

    public RepeatMemory Repeats { get; } = new();

    public BodyMemory Bodies { get; } = new();

    /// <summary>Replaced as a whole; other threads may read it at any time.</summary>
    public RecorderDirectory Directory => _tables.Directory;

    public InstrumentTable Instruments => _tables.Instruments;

    public FrontContractTable FrontContracts => _tables.FrontContracts;

    public long NextRecorderId => _tables.NextRecorderId;

    /// <summary>Sequence of the last input applied.</summary>
    public long Sequence { get; private set; }

    /// <summary>Engine time: of the last input applied; never goes back.</summary>
    public long Now { get; private set; }

    /// <summary>All stretches (µs) in which the service took no inputs, from the last journalled moment to the next start.</summary>
    public long TotalGap { get; private set; }

    /// <summary>When this process began to take inputs; 0: not yet.</summary>
    public long StartedAt { get; private set; }

    public int OpenCountOf(long recorderId) => _openByRecorder.GetValueOrDefault(recorderId);

    /// <summary>
    /// Applies one input. <paramref name="sequence"/> is the last one + 1, <paramref name="at"/> not before the last. What
    /// it leaves for the sink is added to <paramref name="outputs"/>. The answer is given for signals, null for all else.
    /// </summary>
    public SignalAnswer? Apply(long sequence, long at, Input input, List<Output> outputs)
    {
        Invariant.Holds(sequence == Sequence + 1);
        Invariant.Holds(at >= Now);
        var lastMoment = Now;
        Sequence = sequence;
        Now = at;
        switch (input)
        {
            case TickFold fold:
                Prices.Apply(fold, Now, outputs);
                return null;
            case FeedFold fold:
                foreach (var ticks in fold.Folds) Prices.Apply(ticks, Now, outputs);
                foreach (var mark in fold.Marks) outputs.Add(new FeedSeen(Feeds.Mark(mark, Now)));
                return null;
            case SignalInput signal:
                return ApplySignal(signal, outputs);
            case SignalNoted noted:
                Note(noted, outputs);
                return null;
            case ContractsLost lost:
                foreach (var (contract, since) in lost.Contracts) outputs.Add(Prices[contract.Id].BeginOutage(since));
                return null;
            case ServiceStarted started:
                Bodies.DoubtSince(lastMoment - EngineLimits.DoubtAge, started.Doubtful);
                Start(lastMoment == 0 ? 0 : at - lastMoment, outputs);
                return null;
            case FeedOpened opened:
                outputs.AddRange(Feeds.Open(opened.Name, Now).Select(name => new FeedForgotten(name)));
                outputs.Add(new FeedSeen(Feeds.Find(opened.Name)!));
                return null;
            case RecorderRemoved removed:
                Invariant.Holds(OpenCountOf(removed.RecorderId) == 0);
                outputs.Add(_tables.Apply(removed));
                return null;
            default:
                outputs.Add(_tables.Apply(input));
                return null;
        }
    }

    /// <summary>
    /// Takes over what the database holds as of one sequence; inputs after it follow by <see cref="Apply"/>. Once, before the first input.
    /// </summary>
    public void Load(StoredState stored)
    {
        Invariant.Holds(Sequence == 0);
        _tables.Load(stored);
        var loader = new StateLoader(Symbols, Prices, Store);
        loader.Load(stored);
        foreach (var (id, key) in loader.Open)
        {
            Open.Add(id, key);
            _openByRecorder[key.RecorderId] = OpenCountOf(key.RecorderId) + 1;
        }
        foreach (var repeat in stored.Repeats)
        {
            if (repeat.Key is { } text) Repeats.Remember(repeat.RecorderId, text, repeat.BodyHash, repeat.At, repeat.Answer);
            else Bodies.Remember(repeat.RecorderId, repeat.BodyHash, repeat.Answer, repeat.At, repeat.Until).LastAt =
                repeat.LastAt;
        }
        foreach (var feed in stored.Feeds) Feeds.Load(feed);
        TotalGap = stored.TotalGap;
        Sequence = stored.Sequence;
        Now = stored.Now;
    }

    /// <summary>
    /// A copy of a key's record with every folded tick in its figures. An outage that lasts
    /// is counted up to <paramref name="at"/>, for whom the last input's time is too old.
    /// </summary>
    public Position Figures(in Position stored, long at = 0)
    {
        var position = stored;
        if (position.IsOpen) FoldIn(ref position, Math.Max(Now, at));
        return position;
    }

    public PositionNames NamesOf(PositionKey key, in Position position)
    {
        var symbol = Symbols[(int)key.SymbolId];
        return new PositionNames(key.RecorderId, Directory.Find(key.RecorderId)!.Name, symbol.Name, Symbols[position.ContractId].Name, symbol.Root);
    }

    public void Dispose() => Store.Dispose();

    private void FoldIn(ref Position position, long now)
    {
        var stream = Prices[position.ContractId];
        PositionMath.Fold(ref position, stream.Epochs.FoldFrom(position.EpochId));
        position.GapSeconds = (TotalGap + stream.OutagesAt(now) - position.GapBase) / Timestamp.Second;
    }

    /// <summary>A stop counts once: outages that last go on behind it.</summary>
    private void Start(long gap, List<Output> outputs)
    {
        TotalGap += gap;
        StartedAt = Now;
        outputs.Add(new GapCounted(TotalGap));
        // By name: the order of appearance is another one in each process.
        foreach (var stream in Prices.All.Where(s => s.IsOut).OrderBy(s => s.Symbol.Name, StringComparer.Ordinal))
            outputs.Add(stream.BeginOutage(stream.OutageSince + gap));
    }

    private SignalAnswer ApplySignal(SignalInput input, List<Output> outputs)
    {
        var signal = input.Signal;
        var key = new PositionKey(input.RecorderId, signal.Symbol.Id);
        var known = Store.TryRead(key, out var position);
        var decision = input.Ignored != IgnoreReason.None
            ? new Decision { Ignored = input.Ignored }
            : SignalMeaning.Decide(position, signal, input.OnOpposite, input.DefaultQuantity);
        Invariant.Holds(decision.Refusal is null);
        if (decision.Ignored == IgnoreReason.AtTarget) Hear(key, ref position, !known, input, outputs);
        var answer = decision.Ignored != IgnoreReason.None
            ? new SignalAnswer { Status = SignalStatus.Ignored, Sequence = Sequence, Reason = decision.Ignored, Flags = decision.Flags | input.Flags }
            : Fill(key, ref position, !known, input, decision, outputs);
        outputs.Add(new SignalApplied(input, answer, Remember(input, answer), Directory.Find(input.RecorderId)!.Name));
        return answer;
    }

    private void Note(SignalNoted noted, List<Output> outputs)
    {
        var isRepeat = noted.Answer.Status == SignalStatus.Duplicate;
        var until = isRepeat ? Bodies.Repeated(noted.RecorderId, noted.BodyHash, noted.Answer.Sequence, Now) : 0;
        outputs.Add(new BodyNoted(noted, until, Directory.Find(noted.RecorderId)!.Name));
    }

    /// <summary>The delivery that this body without a key repeats, or null.</summary>
    internal BodyMemory.Delivery? FindRepeat(long recorderId, Signal signal, long now) =>
        Bodies.FindRepeat(recorderId, signal, now, WindowOf(recorderId));

    /// <summary>Returns until when; 0 when there is nothing to know it again by.</summary>
    private long Remember(SignalInput input, SignalAnswer answer)
    {
        var signal = input.Signal;
        if (signal.Key is { } text)
        {
            Repeats.Remember(input.RecorderId, text, signal.BodyHash, Now, answer);
            return Now + EngineLimits.RepeatKeyAge;
        }
        // No body: made by hand, by the broker or by a file.
        if (signal.BodyHash == 0) return 0;
        var until = BodyMemory.UntilOf(signal, Now, WindowOf(input.RecorderId));
        Bodies.Remember(input.RecorderId, signal.BodyHash, answer, Now, until);
        return until;
    }

    private long WindowOf(long recorderId) => Directory.Find(recorderId)?.Settings.DuplicateWindow ?? 0;

    /// <summary>A target that is held already is heard all the same: an older alert that comes after it is stale.</summary>
    private void Hear(PositionKey key, ref Position position, bool isNewKey, SignalInput input, List<Output> outputs)
    {
        if (input.Signal.At is not { } at || at <= position.AlertAt) return;
        if (position.IsOpen)
        {
            FoldIn(ref position, Now);
            Prices[position.ContractId].Epochs.End(position.EpochId);
        }
        else if (isNewKey) position.ContractId = input.Contract.Id;
        Settle(key, ref position, isNewKey, input, outputs);
    }

    private SignalAnswer Fill(PositionKey key, ref Position position, bool isNewKey, SignalInput input, Decision decision, List<Output> outputs)
    {
        var wasOpen = position.IsOpen;
        var effect = decision.EffectOn(position);
        var flags = decision.Flags | input.Flags;
        long closedId = 0;
        if (wasOpen)
        {
            FoldIn(ref position, Now);
            Prices[position.ContractId].Epochs.End(position.EpochId);
            position.Flags |= flags & Flags.Position;
        }
        if (decision.ExitQuantity > 0)
        {
            PositionMath.Exit(ref position, input.Price, decision.ExitQuantity, input.Commission, Now);
            outputs.Add(FillOf(position.Id, false, decision.ExitQuantity, input, flags));
            if (position.Quantity == 0) closedId = Close(key, ref position, input, decision.ExitReason, outputs);
        }
        if (decision.EnterQuantity > 0)
        {
            // The front that changed under the position just closed is the one that the next position opens with.
            var entryFlags = position.IsOpen ? flags : flags & ~Flags.ContractChanged;
            if (!position.IsOpen) OpenNew(key, ref position, input, decision.EnterSide, entryFlags);
            PositionMath.Enter(ref position, input.Price, decision.EnterQuantity, input.Commission, Now);
            outputs.Add(FillOf(position.Id, true, decision.EnterQuantity, input, entryFlags));
        }
        position.UpdatedAt = Now;
        Settle(key, ref position, isNewKey, input, outputs);
        return new SignalAnswer
        {
            Status = SignalStatus.Accepted,
            Sequence = Sequence,
            Effect = effect,
            PositionId = position.IsOpen ? position.Id : closedId,
            PositionIsOpen = position.IsOpen,
            ClosedPositionId = closedId,
            Flags = flags,
        };
    }

    /// <summary>Stores the record as of this input, with all ticks before it in its figures.</summary>
    private void Settle(PositionKey key, ref Position position, bool isNewKey, SignalInput input, List<Output> outputs)
    {
        if (position.IsOpen) position.EpochId = Prices[position.ContractId].Epochs.Start();
        position.Sequence = Sequence;
        if (input.Signal.At is { } alertAt) position.AlertAt = Math.Max(position.AlertAt, Math.Min(alertAt, Now + EngineLimits.AlertAheadMax));
        Store.Write(key, position, isNewKey);
        outputs.Add(new PositionChanged(position, NamesOf(key, position)));
    }

    private FillOutput FillOf(long positionId, bool isEntry, long quantity, SignalInput input, Flags flags) =>
        new(positionId, isEntry, input.Price, quantity, Now, input.Signal.At, input.PriceSource, flags, input.Signal.Label);

    private void OpenNew(PositionKey key, ref Position position, SignalInput input, Side side, Flags flags)
    {
        position = new Position
        {
            Id = Sequence,
            Side = side,
            ContractId = input.Contract.Id,
            TickSize = input.TickSize,
            TickValue = input.TickValue,
            Currency = input.Currency,
            OpenedAt = Now,
            AlertAt = position.AlertAt,
            GapBase = TotalGap + Prices[input.Contract.Id].OutagesAt(Now),
            Flags = (flags & Flags.Position) | (input.IsUnpriced ? Flags.Unpriced : Flags.None),
        };
        Open.Add(position.Id, key);
        Prices.Hold(Prices[position.ContractId], Now);
        _openByRecorder[key.RecorderId] = OpenCountOf(key.RecorderId) + 1;
    }

    private long Close(PositionKey key, ref Position position, SignalInput input, CloseReason reason, List<Output> outputs)
    {
        position.UpdatedAt = Now;
        position.Sequence = Sequence;
        outputs.Add(new PositionClosed(position, NamesOf(key, position), input.Reason == CloseReason.None ? reason : input.Reason, Now));
        Open.Remove(position.Id);
        Prices.Release(Prices[position.ContractId]);
        _openByRecorder[key.RecorderId] = OpenCountOf(key.RecorderId) - 1;
        var closedId = position.Id;
        position = new Position { AlertAt = position.AlertAt, ContractId = position.ContractId };
        return closedId;
    }
}
