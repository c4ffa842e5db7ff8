using StreamRecorder.Engine;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Journal;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Prices;
using StreamRecorder.Engine.Signals;
using StreamRecorder.Sink;
using static System.FormattableString;

namespace StreamRecorder.Host.Verify;

/// <summary>
/// Every figure of the database made again from the journal's inputs, in their order, and compared. Follows
/// <see cref="Engine.StateMachine"/> in what a signal does, but shares only the arithmetic with it; a position
/// opened before the journal's first record is followed by its quantity alone. Memory: open positions and flat keys.
/// </summary>
internal sealed class Recomputation : IDisposable
{
    private readonly VerificationReader _database;
    private readonly Findings _findings;
    private readonly long _first;
    private readonly SymbolTable _symbols = new();
    private readonly InputCodec _codec;
    private readonly KeyBook _keys;
    private readonly FoldChecks _folds;
    private readonly FeedChecks _feeds;
    private readonly FillChecks _fills;
    private readonly LedgerChecks _ledger;
    private readonly GapChecks _gaps;
    private readonly PositionChecks _positions;
    private readonly Dictionary<int, PriceEpochs> _epochs = [];
    private readonly List<(int Ordinal, FillOutput Fill)> _expected = [];
    private long? _lastMoment;

    public Recomputation(VerificationReader database, Findings findings, long first)
    {
        _database = database;
        _findings = findings;
        _first = first;
        _codec = new InputCodec(_symbols);
        _keys = new KeyBook(database, first);
        _folds = new FoldChecks(database, findings, first);
        _feeds = new FeedChecks(database, findings, isFromTheStart: first == 1);
        _fills = new FillChecks(database, findings, first);
        _ledger = new LedgerChecks(database, findings, first);
        _gaps = new GapChecks(database, findings, isFromTheStart: first == 1);
        _positions = new PositionChecks(database, findings, _gaps);
    }

    public long SignalCount { get; private set; }

    public long FoldCount { get; private set; }

    public long FoldRowCount => _folds.ComparedCount;

    public long PositionCount => _positions.ClosedCount + _positions.OpenCount;

    /// <summary>
    /// One record in the order of the journal. What is behind the database's sequence is read, but has nothing to be compared with.
    /// </summary>
    public void Visit(Place place, ReadOnlySpan<byte> payload)
    {
        Input input;
        long at;
        try
        {
            input = _codec.Read(payload, out at);
        }
        catch (Exception error) when (error is InvalidDataException or ArgumentException)
        {
            _findings.Add($"{place}: the record cannot be read: {error.Message}");
            return;
        }
        if (at < _lastMoment) _findings.Add($"{place}: engine time goes back from {Timestamp.Format(_lastMoment.Value)} to {Timestamp.Format(at)}");
        if (place.Sequence <= _database.State.Sequence) Apply(place, at, input);
        if (place.Sequence == _database.State.Sequence && at != _database.State.At)
            _findings.Add($"state, at: {Timestamp.Format(_database.State.At)} instead of {Timestamp.Format(at)}, the time of {place}");
        _lastMoment = at;
    }

    /// <summary>Every record up to the database's sequence was visited.</summary>
    public void End()
    {
        _folds.End();
        _feeds.End();
        _fills.End();
        _ledger.End();
        foreach (var stored in _database.Keys())
        {
            var key = _keys.Take(stored.RecorderId, stored.Symbol);
            if (key is { IsChanged: true, IsWhole: true }) _positions.CheckKey(stored, key, _symbols[key.Record.ContractId]);
            else if (key is not { IsChanged: true } && stored.Sequence >= _first)
                _findings.Add(
                    Invariant($"position_keys, recorder {stored.RecorderId}, symbol {stored.Symbol}: ")
                    + Invariant($"the journal has no signal of it at sequence {stored.Sequence}"));
        }
        foreach (var (recorderId, symbol) in _keys.Changed)
            _findings.Add(Invariant($"position_keys, recorder {recorderId}, symbol {symbol}: the row is missing; the journal has signals of it"));
        _gaps.Check();
    }

    public void Dispose()
    {
        _fills.Dispose();
        _ledger.Dispose();
    }

    private void Apply(Place place, long at, Input input)
    {
        _ledger.Check(place, input);
        switch (input)
        {
            case TickFold fold:
                Apply(place, at, fold);
                break;
            case FeedFold fold:
                foreach (var ticks in fold.Folds) Apply(place, at, ticks);
                _feeds.Add(fold, at);
                break;
            case FeedOpened opened:
                _feeds.Add(opened, at);
                break;
            case SignalInput signal:
                SignalCount++;
                Apply(place, at, signal);
                break;
            case ServiceStarted:
                // The first start of all ends no gap; that before the journal's first record counts as before it.
                if (_lastMoment is { } last) _gaps.Stopped(at - last);
                break;
            case ContractsLost lost:
                foreach (var (contract, since) in lost.Contracts) _gaps.Lost(contract, since);
                break;
            case RecorderRemoved removed:
                _keys.Remove(removed.RecorderId);
                break;
        }
    }

    private void Apply(Place place, long at, TickFold fold)
    {
        FoldCount++;
        if (!IsPossible(fold.Ticks)) _findings.Add($"{place}: the fold of {fold.Symbol.Name} contradicts itself: no ticks come to it");
        EpochsOf(fold.Symbol.Id).Append(fold.Ticks);
        _folds.Add(fold.Symbol.Name, fold.Ticks, at, place);
        _gaps.Ticked(fold.Symbol, at);
    }

    private void Apply(Place place, long at, SignalInput input)
    {
        var key = _keys.Of(input.RecorderId, input.Signal.Symbol.Name);
        _expected.Clear();
        if (input.Ignored == IgnoreReason.None)
        {
            var decision = SignalMeaning.Decide(key.Record, input.Signal, input.OnOpposite, input.DefaultQuantity);
            if (!key.IsAlertKnown && IsTargetWithTime(input.Signal)) decision = Learn(key, place, input.Signal.At!.Value, decision);
            if (decision.Refusal is not null) _findings.Add($"{place}: the journal has a signal that cannot be applied where it stands");
            else if (decision.Ignored == IgnoreReason.None) Fill(key, place.Sequence, at, input, decision);
            else if (decision.Ignored == IgnoreReason.AtTarget) Hear(key, place.Sequence, at, input);
        }
        _fills.Check(place, _expected);
    }

    /// <summary>
    /// A target whose key's newest alert is not known: the ledger says whether it came too late, or,
    /// where its row is gone, the fills do. If it did, the newest alert is not older than this one.
    /// </summary>
    private Decision Learn(KeyState key, Place place, long own, Decision decision)
    {
        if (decision.Ignored is IgnoreReason.Stale or IgnoreReason.SameTime) return decision;
        var leavesFills = decision.ExitQuantity + decision.EnterQuantity > 0;
        var ignored = _database.IgnoredAs(place.Sequence);
        var wasLate = ignored is IgnoreReason.Stale or IgnoreReason.SameTime || (ignored is null && leavesFills && !_fills.Has(place.Sequence));
        if (!wasLate) return decision;
        key.Record.AlertAt = Math.Max(key.Record.AlertAt, own);
        return new Decision { Ignored = ignored ?? IgnoreReason.Stale };
    }

    /// <summary>A target held already: only what it makes stale changes.</summary>
    private void Hear(KeyState key, long sequence, long at, SignalInput input)
    {
        ref var record = ref key.Record;
        if (input.Signal.At is not { } heard || heard <= record.AlertAt) return;
        if (record.IsOpen && key.IsWhole) FoldIn(ref record, at, Flags.None);
        Settle(key, sequence, at, input);
    }

    /// <summary>The fills of one signal, as <see cref="Engine.StateMachine"/> makes them.</summary>
    private void Fill(KeyState key, long sequence, long at, SignalInput input, Decision decision)
    {
        ref var record = ref key.Record;
        var flags = decision.Flags | input.Flags;
        if (record.IsOpen && key.IsWhole) FoldIn(ref record, at, flags);
        if (decision.ExitQuantity > 0)
        {
            Expect(record.Id, isEntry: false, decision.ExitQuantity, at, input, flags);
            PositionMath.Exit(ref record, input.Price, decision.ExitQuantity, input.Commission, at);
            if (record.Quantity == 0) Close(key, sequence, at, input, decision.ExitReason);
        }
        if (decision.EnterQuantity > 0)
        {
            // The front that changed under the position just closed is the one that the next position opens with.
            var entryFlags = record.IsOpen ? flags : flags & ~Flags.ContractChanged;
            if (!record.IsOpen) Open(key, sequence, at, input, decision.EnterSide, entryFlags);
            Expect(record.Id, isEntry: true, decision.EnterQuantity, at, input, entryFlags);
            PositionMath.Enter(ref record, input.Price, decision.EnterQuantity, input.Commission, at);
        }
        record.UpdatedAt = at;
        Settle(key, sequence, at, input);
    }

    private void Settle(KeyState key, long sequence, long at, SignalInput input)
    {
        ref var record = ref key.Record;
        key.IsChanged = true;
        if (record.IsOpen && key.IsWhole) record.EpochId = EpochsOf(record.ContractId).Start();
        record.Sequence = sequence;
        // It was not too late, so none was newer.
        key.IsAlertKnown |= IsTargetWithTime(input.Signal);
        if (input.Signal.At is { } alertAt) record.AlertAt = Math.Max(record.AlertAt, Math.Min(alertAt, at + EngineLimits.AlertAheadMax));
    }

    private static bool IsTargetWithTime(Signal signal) => signal is { TargetPosition: not null, At: not null, IsForced: false };

    private void FoldIn(ref Position record, long at, Flags flags)
    {
        var epochs = EpochsOf(record.ContractId);
        PositionMath.Fold(ref record, epochs.FoldFrom(record.EpochId));
        epochs.End(record.EpochId);
        record.GapSeconds = (_gaps.At(_symbols[record.ContractId], at) - record.GapBase) / Timestamp.Second;
        record.Flags |= flags & Flags.Position;
    }

    private void Close(KeyState key, long sequence, long at, SignalInput input, CloseReason reason)
    {
        ref var record = ref key.Record;
        record.UpdatedAt = at;
        record.Sequence = sequence;
        if (key.IsWhole)
        {
            var why = input.Reason == CloseReason.None ? reason : input.Reason;
            _positions.CheckClosed(key, input.Signal.Symbol, _symbols[record.ContractId], input.RecorderId, why);
        }
        // Whose ticks an older position took is not in the journal, and its flat key still names it.
        record = new Position { AlertAt = record.AlertAt, ContractId = record.ContractId };
    }

    private void Open(KeyState key, long sequence, long at, SignalInput input, Side side, Flags flags)
    {
        key.IsWhole = true;
        key.IsGapKnown = _gaps.IsKnown(input.Contract);
        key.Record = new Position
        {
            Id = sequence,
            Side = side,
            ContractId = input.Contract.Id,
            TickSize = input.TickSize,
            TickValue = input.TickValue,
            Currency = input.Currency,
            OpenedAt = at,
            AlertAt = key.Record.AlertAt,
            GapBase = _gaps.At(input.Contract, at),
            Flags = (flags & Flags.Position) | (input.IsUnpriced ? Flags.Unpriced : Flags.None),
        };
    }

    /// <summary>A fill's ordinal is its place among the outputs of its input: an exit first, then the closing if it closed, then the entry.</summary>
    private void Expect(long positionId, bool isEntry, long quantity, long at, SignalInput input, Flags flags)
    {
        var ordinal = _expected.Count == 0 ? 0 : 2;
        _expected.Add(
            (ordinal, new FillOutput(positionId, isEntry, input.Price, quantity, at, input.Signal.At, input.PriceSource, flags, input.Signal.Label)));
    }

    /// <summary>
    /// A greater fold may hide in its row what was altered in a smaller one; alone it cannot: least and greatest are the ends of a fall or of a rise.
    /// </summary>
    private static bool IsPossible(in Excursion ticks) => ticks.IsEmpty
        || (ticks.Count > 0 && ticks.Min <= Math.Min(ticks.First, ticks.Last) && ticks.Max >= Math.Max(ticks.First, ticks.Last)
            && Math.Max(ticks.Drop, ticks.Rise) == ticks.Max - ticks.Min && Math.Min(ticks.Drop, ticks.Rise) >= 0);

    private PriceEpochs EpochsOf(int contractId)
    {
        if (_epochs.TryGetValue(contractId, out var epochs)) return epochs;
        epochs = new PriceEpochs();
        _epochs.Add(contractId, epochs);
        return epochs;
    }
}
