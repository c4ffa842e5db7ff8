using StreamRecorder.Engine;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Journal;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Prices;
using StreamRecorder.Engine.Queries;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Engine.Recovery;
using StreamRecorder.Engine.Signals;
using Xunit;

namespace StreamRecorder.Sink.Tests;

/// <summary>
/// The database as of any one sequence, and the journal after it, give back the engine exactly: random histories,
/// cut anywhere, written in batches of random size by sinks that come and go, with folds merged in between.
/// </summary>
public sealed class RecoveryTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(12)]
    public async Task Start_FromDatabaseAndJournal_GivesBackTheEngine(int seed)
    {
        var random = new Random(seed);
        using var before = new RandomEngine(new MemoryJournal(keepRecords: true));
        before.Begin();
        for (var i = 0; i < 400; i++) before.Step(random);
        var groups = before.DrainOutbox();
        await using var rig = new Rig();
        var cut = random.Next(groups.Count + 1);
        await WriteInPieces(rig, groups.Take(cut).ToList(), random);

        using var after = new RandomEngine(before.CopyOfJournal());
        using (var reader = new StateReader(rig.Database)) after.Loop.Load(reader.Read());
        after.Loop.Replay();

        Assert.Equal(before.State.Sequence, after.State.Sequence);
        Assert.Equal(before.OpenViews(), after.OpenViews());
        Assert.Equal(groups.Skip(cut).Select(g => g.Sequence), after.DrainOutbox().Select(g => g.Sequence));
        // What comes later comes to the same on both.
        var (left, right) = (new Random(seed + 1000), new Random(seed + 1000));
        for (var i = 0; i < 150; i++)
        {
            before.Step(left);
            after.Step(right);
        }
        Assert.Equal(before.OpenViews(), after.OpenViews());
        Assert.Equal(Closed(before.DrainOutbox()), Closed(after.DrainOutbox()));
    }

    [Fact]
    public async Task Start_FoldSpanningAChange_IsRefused()
    {
        using var before = new RandomEngine(new MemoryJournal(keepRecords: true));
        var random = new Random(5);
        before.Begin();
        for (var i = 0; i < 200; i++) before.Step(random);
        await using var rig = new Rig();
        await rig.WriteAsync(before.DrainOutbox());
        rig.Execute("""
            UPDATE symbol_folds SET to_seq = 1000000 WHERE (symbol, from_seq) IN (
              SELECT f.symbol, f.from_seq FROM symbol_folds f JOIN position_keys k ON k.contract = f.symbol AND k.is_open = 1 AND f.from_seq <= k.sequence LIMIT 1)
            """);
        using var after = new RandomEngine(before.CopyOfJournal());
        using var reader = new StateReader(rig.Database);
        Assert.Throws<StateDamagedException>(() => after.Loop.Load(reader.Read()));
    }

    [Fact]
    public async Task Start_JournalEndingBeforeTheDatabase_IsRefused()
    {
        using var before = new RandomEngine(new MemoryJournal(keepRecords: true));
        before.Begin();
        await using var rig = new Rig();
        await rig.WriteAsync(before.DrainOutbox());
        using var after = new RandomEngine(new MemoryJournal(keepRecords: true));
        using var reader = new StateReader(rig.Database);
        after.Loop.Load(reader.Read());
        Assert.Throws<StateDamagedException>(() => after.Loop.Replay());
    }

    private static IEnumerable<PositionView> Closed(IEnumerable<OutputGroup> groups) =>
        groups.SelectMany(g => g.Outputs).OfType<PositionClosed>().Select(c => c.View());

    private static async Task WriteInPieces(Rig rig, List<OutputGroup> groups, Random random)
    {
        for (var from = 0; from < groups.Count;)
        {
            var count = Math.Min(random.Next(1, 120), groups.Count - from);
            // A restart replays from before what the database has: the sink must leave that out.
            var again = Math.Max(0, from - random.Next(5));
            rig.Release(groups[again..(from + count)]);
            var sink = rig.StartSink(random.Next(1, 40));
            await rig.DurableAsync(groups[from + count - 1].Sequence);
            if (random.Next(3) == 0) await sink.ThinAsync(Script.Start);
            await rig.EndSinkAsync();
            from += count;
        }
    }
}

/// <summary>A whole engine turned by hand, driven by random ticks and signals that a seed decides.</summary>
internal sealed class RandomEngine : IDisposable
{
    private static readonly string[] Spellings = ["MNQ1!", "GC1!", "GCZ2025", "ES1!", "AAA"];
    private readonly SymbolTable _symbols = new();
    private readonly Inbox _inbox = new();
    private readonly Outbox _outbox = new(1_000_000);
    private readonly MemoryJournal _journal;
    private readonly FeedSession _session = new("test");
    private readonly SteppedTime _time = new();
    private long _now = Script.Start;
    private long _body;

    public RandomEngine(MemoryJournal journal)
    {
        _journal = journal;
        State = new StateMachine(_symbols, 4096, 5 * Timestamp.Second);
        Loop = new EngineLoop(State, journal, _inbox, _outbox, _time);
    }

    public StateMachine State { get; }

    public EngineLoop Loop { get; }

    public void Begin()
    {
        var own = new Instrument("AAA", "TEST", "A", 250_000_000, 500_000_000, "USD", InstrumentKind.Spot);
        Assert.Null(_inbox.Offer(new SetInstruments([.. InstrumentFile.BuiltIn, own], fromFiles: true) { ReceivedAt = _now }));
        foreach (var mode in Enum.GetValues<OnOpposite>())
        {
            var settings = new RecorderSettings { Name = mode.ToString(), OnOpposite = mode, Commission = 250_000_000 };
            Assert.Null(
                _inbox.Offer(new AddRecorder(settings, new RecorderToken("first", Secret.Hash(mode.ToString()), _now)) { ReceivedAt = _now }));
        }
        Turn();
    }

    public void Step(Random random)
    {
        _now = Math.Max(_now, State.Now) + random.Next(0, 400_000);
        _time.Now = Timestamp.ToDateTime(_now);
        if (random.Next(100) < 55) Ticks(random);
        else Signal(random);
        Turn();
    }

    public List<OutputGroup> DrainOutbox()
    {
        var groups = new List<OutputGroup>();
        while (_outbox.Reader.TryRead(out var group)) groups.Add(group);
        return groups;
    }

    public IReadOnlyList<PositionView> OpenViews()
    {
        var query = new OpenPositionsQuery(new OpenFilter { Limit = int.MaxValue });
        Assert.Null(_inbox.Offer(query));
        Turn();
        Assert.True(query.Result.IsCompletedSuccessfully);
        return query.Result.GetAwaiter().GetResult();
    }

    public MemoryJournal CopyOfJournal()
    {
        var copy = new MemoryJournal(keepRecords: true);
        _journal.Replay((sequence, payload) => copy.Append(sequence, payload));
        copy.StartCommit();
        return copy;
    }

    public void Dispose()
    {
        State.Dispose();
        _inbox.Dispose();
    }

    private void Turn()
    {
        do _time.Advance(EngineLimits.FoldInterval);
        while (Loop.RunOnce() > 0 || !Loop.IsIdle);
    }

    private Symbol SymbolOf(Random random)
    {
        Assert.True(_symbols.TryResolve(Spellings[random.Next(Spellings.Length)], _now, out var symbol, out _));
        return symbol;
    }

    private void Ticks(Random random)
    {
        var batch = TickBatch.Rent(_session, _now);
        var symbol = SymbolOf(random);
        for (var count = random.Next(1, 30); count > 0; count--)
            batch.Ticks[batch.Count++] = new Tick(symbol.Id, (25_000 + random.Next(-400, 400)) * Fixed9.One / 4, _now - random.Next(0, 6_000_000));
        Assert.True(_inbox.OfferAsync(batch, CancellationToken.None).AsTask().IsCompletedSuccessfully);
    }

    private void Signal(Random random)
    {
        var action = (SignalAction)random.Next(1, 9);
        var signal = new Signal
        {
            Symbol = SymbolOf(random),
            Action = action,
            Quantity = random.Next(4) == 0 ? null : random.Next(1, 60) * Fixed9.One / 10,
            Price = (25_000 + random.Next(-400, 400)) * Fixed9.One / 4,
            TargetPosition = action is SignalAction.Buy or SignalAction.Sell && random.Next(4) == 0 ? random.Next(-3, 4) * Fixed9.One : null,
            At = random.Next(3) == 0 ? _now : null,
            Key = random.Next(5) == 0 ? "key" + random.Next(20) : null,
            BodyHash = (UInt128)(_body++ / 3),
        };
        Assert.Null(_inbox.Offer(new SignalMessage(random.Next(1, 5), signal) { ReceivedAt = _now }));
    }

    private sealed class SteppedTime : TimeProvider
    {
        private long _stamp;

        public DateTime Now { get; set; } = Timestamp.ToDateTime(Script.Start);

        public override DateTimeOffset GetUtcNow() => Now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _stamp;

        public void Advance(TimeSpan time) => _stamp += time.Ticks;
    }
}
