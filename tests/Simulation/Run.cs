using StreamRecorder.Engine;
using StreamRecorder.Engine.Journal;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Tests.Shared;

namespace StreamRecorder.Simulation;

internal enum Outcome
{
    Passed,
    Failed,

    /// <summary>Nothing was wrong, but nothing could have gone wrong either: proves nothing.</summary>
    Inconclusive,
}

internal sealed record RunOptions(int Seed)
{
    public int Steps { get; init; } = 70;

    public FaultKind Fault { get; init; }

    /// <summary>Compares each answer with what is on the disk; off, the same must show at a restart.</summary>
    public bool LooksAtDisk { get; init; } = true;
}

internal sealed record RunResult(RunOptions Options, Outcome Outcome, string Message, Trace Trace, Risks Risks);

/// <summary>How often a run came to where something could go wrong.</summary>
internal sealed class Risks
{
    public int Crashes { get; set; }
    public int Replayed { get; set; }
    public int LostInputs { get; set; }
    public int CrashesHeld { get; set; }
    public int CrashesInRecovery { get; set; }
    public int CrashesInTransaction { get; set; }
    public int CrashesTruncationBegun { get; set; }
    public int CrashesBetweenSlots { get; set; }
    public int CrashesBeforeRemoval { get; set; }
    public int CrashesAfterRemoval { get; set; }
    public int HashesCompared { get; set; }
    public int JournalFaults { get; set; }
    public int FlipsRefused { get; set; }
    public int Answers { get; set; }

    public bool AreReached => Crashes > 0 && Replayed > 0 && Answers > 0;
}

/// <summary>
/// One seed's history from the first start to the last. Everything happens on the caller's thread, or
/// on threads of the journal that are waited for; no wall clock, no other randomness than the seed's.
/// </summary>
internal sealed class Run : IDisposable
{
    private readonly RunOptions _options;
    private readonly Random _random;
    private readonly SimClock _clock = new();
    private readonly Trace _trace = new();
    private readonly Risks _risks = new();
    private readonly Model _model = new();
    private readonly Client _client;
    private readonly History _history;
    private readonly PlantedFault _fault;
    private readonly Restart _restart;

    // Of the state after each turn since the last start: what is committed is always all of some turns.
    private readonly Dictionary<long, string> _hashes = [];
    private SimDisk _disk;
    private SimDatabase _database;
    private SimProcess _process = null!; // From Start on.
    private int _heldTurns;
    private bool _failsData;

    // Commits wait on the pool's threads until the run lets them go.
    static Run() => ThreadPool.SetMinThreads(32, 32);

    private Run(RunOptions options)
    {
        _options = options;
        _random = new Random(options.Seed);
        _client = new Client(_model, _trace);
        _history = new History(_random, _client, _model, _clock);
        _fault = new PlantedFault(options.Fault, options.Seed);
        _restart = new Restart(_random, _clock, _model, _fault, _risks, _trace);
        _history.TruncatesAnything = options.Fault == FaultKind.TruncationAboveC;
        _disk = new SimDisk(options.Seed);
        _database = SimDatabase.Create();
        if (options.LooksAtDisk) _client.DurableSequence = () => _disk.DurableSequence;
    }

    public static RunResult Of(RunOptions options)
    {
        using var run = new Run(options);
        try
        {
            run.Live();
            return run.Result(run.IsConclusive ? Outcome.Passed : Outcome.Inconclusive, "");
        }
#pragma warning disable CA1031 // Whatever a run ends with is its finding, and the seed must be told.
        catch (Exception finding)
#pragma warning restore CA1031
        {
            return run.Result(Outcome.Failed, finding is BrokenException ? finding.Message : finding.ToString());
        }
    }

    private bool IsConclusive => _options.Fault == FaultKind.None ? _risks.AreReached : _fault.IsReached;

    private RunResult Result(Outcome outcome, string message) =>
        new(_options, outcome, $"seed {_options.Seed}, {_options.Fault}: {outcome} {message}", _trace, _risks);

    public void Dispose()
    {
        _process?.Dispose();
        _disk.Dispose();
        _database.Remove();
    }

    private void Live()
    {
        Start();
        _history.Begin(_process);
        for (var step = 0; step < _options.Steps; step++) Step();
        CalmDown();
        Crash(inTransaction: false);
        CalmDown();
        _risks.Answers = _client.AnsweredCount;
        Check.Same(_model.Sequence, _database.File.ReadStateAfresh().Sequence, "sequence of the database in the end");
    }

    private void Step()
    {
        _clock.Advance(_random.Next(25) == 0 ? _random.Next(20_000_000) : _random.Next(400_000));
        for (var count = _random.Next(4); count > 0; count--) _history.Act(_process, _database);
        _failsData = _random.Next(60) == 0;
        if (_options.Fault == FaultKind.LostCommit && _random.Next(12) == 0) _disk.Lies = true;
        if (!TryTurn())
        {
            Crash(inTransaction: false);
            return;
        }
        // What the database has not is what a truncation above C takes away.
        var isSinkDue = _random.Next(100) < (_options.Fault == FaultKind.TruncationAboveC ? 10 : 35);
        var isCrashDue = _random.Next(100) < (_disk.Lies ? 30 : 7);
        var isInTransaction = isSinkDue && isCrashDue && _process.Sink.StepIntoCrash(_random.Next(1, 40));
        if (isSinkDue && !isInTransaction) SinkStep();
        if (isCrashDue || _fault.WantsCrash) Crash(isInTransaction && !_fault.WantsCrash);
    }

    private void SinkStep()
    {
        if (_process.Sink.Step(_random.Next(1, 40))) _trace.Add($"database as of {_process.Sink.Sequence}");
        if (_random.Next(4) == 0) _process.Sink.MergeFolds();
    }

    /// <summary>False when the journal failed: the process stops, as the engine's thread would have it.</summary>
    private bool TryTurn()
    {
        try
        {
            _process.Loop.RunOnce();
            _hashes[_process.State.Sequence] = StateHash.Of(_process.State);
            _client.Poll();
            _process.Journal.Settle(_failsData);
            _trace.Add($"turn, appended {_process.Journal.AppendedSequence}, held {_process.Journal.IsHeld}");
            if (_process.Journal.IsHeld) HoldOrEnd();
            return true;
        }
        catch (JournalFailedException fault)
        {
            _trace.Add("the journal failed");
            _risks.JournalFaults++;
            _process.Loop.FailAll(fault);
            _client.Poll();
            return false;
        }
    }

    /// <summary>A slow disk holds a commit back for some turns; one that hangs is given up after the journal's own limit.</summary>
    private void HoldOrEnd()
    {
        if (_heldTurns == 0 && _random.Next(4) == 0) _heldTurns = _random.Next(2, 8);
        if (_heldTurns > 0 && _random.Next(60) == 0) _clock.Advance((JournalLimits.CommitTimeoutDefault.Ticks / TimeSpan.TicksPerMicrosecond) + 1);
        if (_heldTurns > 0 && --_heldTurns > 0) return;
        _process.Journal.LetCommitEnd();
    }

    private void Crash(bool inTransaction)
    {
        var losesPower = _random.Next(3) != 0;
        NoteRisks(inTransaction);
        if (!inTransaction) _database.EndFlight();
        var lost = _process.State.Sequence;
        var (crashed, begin) = (_disk, _process.Journal.BeginAddress);
        var stage = _disk.StageOf(begin);
        _disk = _disk.Crash(_random.Next(), losesPower);
        _database = _database.Crash(_random.Next());
        NoteRisks(stage, _disk.StageOf(begin));
        _process.Dispose();
        _client.Crashed();
        _fault.Crashed();
        _heldTurns = 0;
        var durable = _disk.DurableSequence;
        _trace.Add($"crash, in transaction {inTransaction}, loses power {losesPower}, durable {durable} of {lost}");
        if (_options.Fault is FaultKind.LostCommit or FaultKind.EarlyAnswer && _client.AnsweredSequence > durable) _fault.IsReached = true;
        if (_options.Fault == FaultKind.TruncationAboveC && _disk.FirstSequence > _database.File.ReadStateAfresh().Sequence + 1)
            _fault.IsReached = true;
        _restart.TryDamaged(crashed, _disk, _database);
        Start();
        _risks.LostInputs += (int)(lost - _process.State.Sequence);
    }

    private void NoteRisks(bool inTransaction)
    {
        _risks.Crashes++;
        if (_process.Journal.IsHeld) _risks.CrashesHeld++;
        if (inTransaction) _risks.CrashesInTransaction++;
    }

    private void NoteRisks(TruncationStage before, TruncationStage after)
    {
        if (before == TruncationStage.Begun) _risks.CrashesTruncationBegun++;
        if (before == TruncationStage.OneSlot) _risks.CrashesBetweenSlots++;
        if (after == TruncationStage.FilesLeft) _risks.CrashesBeforeRemoval++;
        if (after == TruncationStage.Done) _risks.CrashesAfterRemoval++;
    }

    private void Start()
    {
        (_process, _disk, _database) = _restart.Start(_disk, _database);
        CompareHashes();
        _model.Market.Restarted();
        _process.Loop.Released = Released;
        var fed = _process.State.Prices.TickedSince(_process.State.Now - EngineLimits.FedAge);
        _client.Send(new LoseContracts([.. fed], withProcess: true), _process);
        _client.Send(new StartService { ReceivedAt = _clock.Micros }, _process);
    }

    private void CompareHashes()
    {
        if (_hashes.TryGetValue(_process.State.Sequence, out var before))
        {
            Check.Same(before, StateHash.Of(_process.State), $"hash of the state as of sequence {_process.State.Sequence}");
            _risks.HashesCompared++;
        }
        _hashes.Clear();
    }

    private void Released(OutputGroup group)
    {
        _client.Poll();
        _model.Take(group);
        _trace.Add(GroupText.Of(group));
    }

    /// <summary>Nothing fails any more until everybody has an answer and the database has everything.</summary>
    private void CalmDown()
    {
        _disk.FailIn = 0;
        _failsData = false;
        for (var turns = 0; turns < 200; turns++)
        {
            _clock.Advance(EngineLimits.FoldInterval.Ticks / TimeSpan.TicksPerMicrosecond);
            _heldTurns = Math.Min(_heldTurns, 1);
            if (!TryTurn()) Crash(inTransaction: false);
            while (_process.Sink.Step(int.MaxValue) && !_fault.WantsCrash) _trace.Add($"database as of {_process.Sink.Sequence}");
            if (_fault.WantsCrash) Crash(inTransaction: false);
            if (_process.Loop.IsIdle && _client.IsAnswered && _process.Sink.Sequence == _model.Sequence) return;
        }
        throw new BrokenException("the engine does not come to rest");
    }
}
