using StreamRecorder.Engine;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Journal;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Sink;

namespace StreamRecorder.Simulation;

/// <summary>
/// Starts a process on what a crash left, as often as it takes: a start may meet a failing disk
/// or crash itself. Then the state must be the model's, all of what was ever released included.
/// </summary>
internal sealed class Restart(Random random, SimClock clock, Model model, PlantedFault fault, Risks risks, Trace trace)
{
    public (SimProcess Process, SimDisk Disk, SimDatabase Database) Start(SimDisk disk, SimDatabase database)
    {
        while (true)
        {
            disk.FailIn = random.Next(4) == 0 ? random.Next(1, 80) : 0;
            var released = model.Sequence;
            var process = TryStart(disk, database);
            if (process is not null)
            {
                Check.That(model.Sequence >= released, "released inputs are gone");
                Compare(process.State);
                return (process, disk, database);
            }
            risks.CrashesInRecovery++;
            trace.Add("crash while starting");
            disk = disk.Crash(random.Next(), losesPower: true);
        }
    }

    /// <summary>
    /// A bit of the journal flips: the start is refused, or what was released is there all the same. A flipped slot alone must not stop a start.
    /// </summary>
    public void TryDamaged(SimDisk crashed, SimDisk disk, SimDatabase database)
    {
        if (random.Next(6) == 0 && fault.Kind == FaultKind.None) disk.FlipSlotBit(random.Next());
        if (random.Next(4) != 0 || fault.Kind != FaultKind.None) return;
        var twin = crashed.Twin();
        if (!twin.FlipDataBit(random.Next())) return;
        var isRefused = false;
        try
        {
            using var state = new StateMachine(new SymbolTable(), 256, 5 * Timestamp.Second);
            using var journal = new SimJournal(twin, clock);
            var outbox = new Outbox(100_000);
            using var inbox = new Inbox();
            var loop = new EngineLoop(state, journal, inbox, outbox, clock);
            using (var reader = new StateReader(database.File)) loop.Load(reader.Read());
            loop.Replay();
            Check.That(state.Sequence >= model.Sequence, "a flipped bit took released inputs away without a word");
            while (outbox.Reader.TryRead(out var group))
                if (group.Sequence <= model.Sequence) model.Take(group);
        }
        catch (JournalDamagedException)
        {
            isRefused = true;
            risks.FlipsRefused++;
        }
        trace.Add($"flipped bit, refused {isRefused}");
    }

    /// <summary>Null: the process ended before it was up.</summary>
    private SimProcess? TryStart(SimDisk disk, SimDatabase database)
    {
        SimProcess? process = null;
        try
        {
            process = new SimProcess(disk, database, clock, fault, Retention(), random.Next(3) == 0 ? 16 : 100_000);
            fault.Started(database, process.Sink.Sequence, model);
            Recover(process, database);
            return process;
        }
        catch (Exception e) when (e is CrashException || (e is IOException && disk.HasFailed))
        {
            process?.Dispose();
            return null;
        }
        catch
        {
            process?.Dispose();
            throw;
        }
    }

    /// <summary>Short, so that truncations come within a run; none at all: whatever the database has may go at once.</summary>
    private Retention Retention() => new(TimeSpan.FromSeconds(random.Next(3) * 4), random.Next(2) == 0 ? 24 * 1024 : 100 * 1024);

    private void Recover(SimProcess process, SimDatabase database)
    {
        var crashAt = random.Next(6) == 0 ? random.Next(1, 60) : 0;
        var sequence = process.Sink.Sequence;
        process.Sink.Taken = model.Take;
        process.Journal.Replayed = _ =>
        {
            while (process.IsOutboxFull) process.Sink.Step(int.MaxValue);
            if (random.Next(20) == 0) process.Sink.Step(random.Next(1, 20));
            if (--crashAt == 0) throw new CrashException();
        };
        using (var reader = new StateReader(database.File)) process.Loop.Load(reader.Read());
        var replayed = process.Loop.Replay();
        process.Sink.Take();
        process.Sink.Taken = null;
        risks.Replayed += (int)replayed;
        trace.Add($"start from {sequence}, {replayed} replayed");
    }

    private void Compare(StateMachine state)
    {
        Check.Same(model.Sequence, state.Sequence, "sequence after a start");
        Check.Same(model.Outages.Service, state.TotalGap, "gap after a start");
        Check.Same(string.Join("\n", model.Recorders.Values.Select(GroupText.Of)), string.Join("\n", state.Directory.Recorders.Select(GroupText.Of)),
            "recorders");
        Check.Same(model.NextRecorderId, state.NextRecorderId, "next recorder");
        Check.Same(model.Book.Places.Count(p => p.Value.Open is not null), state.Open.Count, "open positions after a start");
        foreach (var ((recorder, symbol), place) in model.Book.Places) Compare(state, recorder, symbol, place);
        foreach (var (name, stream) in model.Market.Streams) Compare(state, name, stream);
        CompareRepeats(state);
    }

    private void Compare(StateMachine state, long recorder, string symbol, ModelBook.Place place)
    {
        if (!model.Recorders.ContainsKey(recorder)) return;
        var key = new PositionKey(recorder, Array.Find(Contract.All, c => c.Name == symbol)!.In(state.Symbols).Id);
        state.Store.TryRead(key, out var record);
        Check.Same(place.Open is not null, record.IsOpen, $"recorder {recorder}, {symbol}: open after a start");
        Check.Same(place.AlertAt, record.AlertAt, $"recorder {recorder}, {symbol}: newest alert after a start");
        if (place.Open is not null) place.Open.Compare(state.Figures(record), model.GapOf(place.Open.PricedBy));
    }

    private void Compare(StateMachine state, string name, ModelMarket.Stream stream)
    {
        var actual = state.Prices[Array.Find(Contract.All, c => c.Name == name)!.In(state.Symbols).Id];
        Check.Same(stream.NewestApplied, actual.FoldedAt, $"newest tick of {name} after a start");
        Check.Same((stream.Last.Price, stream.Last.At), (actual.LastPrice, actual.LastAt), $"last price of {name} after a start");
        Check.Same(model.Outages.Contracts.GetValueOrDefault(name), (actual.OutageTotal, actual.OutageSince), $"outages of {name} after a start");
    }

    /// <summary>A resend after the start must find what its first delivery was answered.</summary>
    private void CompareRepeats(StateMachine state)
    {
        foreach (var (id, applied) in model.AppliedOrders)
        {
            var order = model.Orders[id];
            if (order.Key is null || !model.Recorders.ContainsKey(order.RecorderId)) continue;
            var answer = state.Repeats.Find(order.RecorderId, order.Key, order.BodyHash, state.Now, out _);
            Check.Same(applied.Answer, answer, $"{order.Label}: remembered after a start");
        }
    }

    private sealed class CrashException : Exception;
}
