using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Journal;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Prices;
using StreamRecorder.Engine.Queries;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Engine.Signals;
using StreamRecorder.Sink;
using Xunit;

namespace StreamRecorder.Host.Tests.Verify;

/// <summary>
/// A service without its listeners on a real directory: journal, engine turned
/// by hand, sink, database; driven by ticks and signals that a seed decides.
/// </summary>
internal sealed class LiveHistory : IAsyncDisposable
{
    private const long Start = 1_764_860_400L * Timestamp.Second; // 2025-12-04T15:00:00Z
    private static readonly string[] Spellings = ["MNQ1!", "GC1!", "GCZ2025", "GCG2026", "ES1!", "AAA"];

    private readonly FeedSession _session = new("test");
    private readonly FeedSession _named = new("test", "gateway", _ => { });
    private readonly Inbox _inbox = new();
    private readonly SymbolTable _symbols = new();
    private readonly Outbox _outbox = new(100_000);
    private readonly AutoResetEvent _woken = new(false);
    private readonly SteppedTime _time = new();
    private readonly StateMachine _state;
    private readonly EngineLoop _loop;
    private readonly SqliteSink _sink;
    private readonly Task _sinkRun;
    private long _now = Start;
    private long _body;
    private long _batch;
    private bool _isEnded;

    /// <summary>
    /// Starts on a directory, new or not, as the service does; at a moment of its own,
    /// or a later one (what is old by the clock is given up by a service that runs).
    /// </summary>
    public LiveHistory(string directory, long start = Start)
    {
        var database = Database.Open(DataFiles.Database(directory));
        Journal = new FasterJournal(DataFiles.Journal(directory), DataFiles.Sizes, TimeProvider.System);
        Journal.Committed += () => _woken.Set();
        _state = new StateMachine(_symbols, 4096, 5 * Timestamp.Second);
        _loop = new EngineLoop(_state, Journal, _inbox, _outbox, _time);
        _sink = new SqliteSink(database, _outbox, TimeProvider.System, NullLogger.Instance);
        _sinkRun = _sink.RunAsync();
        using (var reader = new StateReader(database)) _loop.Load(reader.Read());
        _loop.Replay();
        _now = Math.Max(start, _state.Now) + 90 * Timestamp.Second;
        if (_state.Sequence == 0) AddTables();
        Assert.Null(_inbox.Offer(new LoseContracts([.. _state.Prices.TickedSince(_state.Now - EngineLimits.FedAge)], withProcess: true)));
        Assert.Null(_inbox.Offer(new StartService { ReceivedAt = _now }));
        // Another front each time, so that open positions keep a contract that is front no more.
        var front = new FrontContract("GC", _state.FrontContracts.FrontAt("GC", _now) == "GCZ2025" ? "GCG2026" : "GCZ2025", Start - Timestamp.Day);
        Assert.Null(_inbox.Offer(new SetFrontContracts([front], fromFile: true) { ReceivedAt = _now }));
        var opening = new OpenFeed(_named) { ReceivedAt = _now };
        Assert.Null(_inbox.Offer(opening));
        Turn();
        _batch = (long)opening.Result.GetAwaiter().GetResult().Value!;
    }

    public FasterJournal Journal { get; }

    public long Sequence => _state.Sequence;

    /// <summary>Text that signals carry; a long one fills journal files fast.</summary>
    public string Label { get; set; } = "L";

    /// <summary>Random steps, several of them a commit.</summary>
    public LiveHistory Steps(Random random, int count)
    {
        for (var i = 0; i < count; i++)
        {
            _now = Math.Max(_now, _state.Now) + random.Next(0, 400_000);
            if (random.Next(100) < 55) Ticks(random);
            else if (random.Next(12) == 0) Assert.Null(_inbox.Offer(new LoseContracts([SymbolOf(random).Id]) { ReceivedAt = _now }));
            else Signal(random);
            if (random.Next(8) == 0) Turn();
        }
        Turn();
        return this;
    }

    /// <summary>A target of recorder 1 for a contract that no step touches; its own time is so many seconds ahead.</summary>
    public SignalAnswer Target(int position, int ahead)
    {
        Assert.True(_symbols.TryResolve("CLF2026", _now, out var symbol, out _));
        var signal = new Signal
        {
            Symbol = symbol,
            Action = SignalAction.Buy,
            TargetPosition = position * Fixed9.One,
            Price = 60 * Fixed9.One,
            At = _now + ahead * Timestamp.Second,
            BodyHash = (UInt128)(++_body),
        };
        var message =
            new SignalMessage(1, signal) { ReceivedAt = _now, Receipt = new Receipt(Encoding.UTF8.GetBytes($"target {_body}"), false, _now) };
        Assert.Null(_inbox.Offer(message));
        Turn();
        return message.Answer.GetAwaiter().GetResult();
    }

    public IReadOnlyList<PositionView> OpenViews()
    {
        var query = new OpenPositionsQuery(new OpenFilter { Limit = int.MaxValue });
        Assert.Null(_inbox.Offer(query));
        Turn();
        return query.Result.GetAwaiter().GetResult();
    }

    /// <summary>Waits until the database has everything.</summary>
    public async Task WrittenAsync()
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look()
        {
            if (_outbox.DurableSequence >= Sequence) reached.TrySetResult();
        }
        _outbox.Drained += Look;
        Look();
        await reached.Task.WaitAsync(DataFiles.Limit);
        _outbox.Drained -= Look;
    }

    /// <summary>A recorder that trades once and is gone; its position stays.</summary>
    public async Task AddAndRemoveRecorderAsync()
    {
        var settings = new RecorderSettings { Name = "temporary" };
        var add = new AddRecorder(settings, new RecorderToken("first", Secret.Hash("temporary"), _now)) { ReceivedAt = _now };
        Assert.Null(_inbox.Offer(add));
        Turn();
        var id = ((Recorder)(await add.Result).Value!).Id;
        Assert.True(_symbols.TryResolve("AAA", _now, out var symbol, out _));
        foreach (var action in new[] { SignalAction.Buy, SignalAction.CloseAll })
            Assert.Null(
                _inbox.Offer(new SignalMessage(id, new Signal { Symbol = symbol, Action = action, Price = 100 * Fixed9.One }) { ReceivedAt = _now }));
        var remove = new RemoveRecorder(id) { ReceivedAt = _now };
        Assert.Null(_inbox.Offer(remove));
        Turn();
        Assert.Null((await remove.Result).Refusal);
    }

    /// <summary>Snapshots of all that is open, as the service takes them once a second.</summary>
    public async Task SnapshotAsync()
    {
        var views = OpenViews();
        await WrittenAsync();
        await _sink.WriteSnapshotsAsync(views, _now).WaitAsync(DataFiles.Limit);
    }

    /// <summary>Gives up records before a sequence and commits twice, after which the files below are gone.</summary>
    public void Truncate(long sequence)
    {
        Journal.TruncateBefore(sequence);
        for (var i = 0; i < 2; i++)
        {
            Assert.Null(_inbox.Offer(new StartService { ReceivedAt = _now }));
            Turn();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_isEnded) return;
        _isEnded = true;
        _outbox.Complete();
        await _sinkRun.WaitAsync(DataFiles.Limit);
        await _sink.DisposeAsync();
        Journal.Dispose();
        _state.Dispose();
        _inbox.Dispose();
        _woken.Dispose();
    }

    private void AddTables()
    {
        var own = new Instrument("AAA", "TEST", "A", 250_000_000, 500_000_000, "USD", InstrumentKind.Spot);
        Assert.Null(_inbox.Offer(new SetInstruments([.. InstrumentFile.BuiltIn, own], fromFiles: true) { ReceivedAt = _now }));
        foreach (var mode in Enum.GetValues<OnOpposite>())
        {
            var settings = new RecorderSettings { Name = mode.ToString(), OnOpposite = mode, Commission = 250_000_000 };
            Assert.Null(
                _inbox.Offer(new AddRecorder(settings, new RecorderToken("first", Secret.Hash(mode.ToString()), _now)) { ReceivedAt = _now }));
        }
    }

    private void Turn()
    {
        do
        {
            _time.Now = Timestamp.ToDateTime(_now);
            _time.Advance(EngineLimits.FoldInterval);
            // A segment written ahead raises no event: look again now and then.
            if (_loop.RunOnce() == 0 && !_loop.IsIdle) _woken.WaitOne(TimeSpan.FromMilliseconds(5));
        }
        while (!_loop.IsIdle);
    }

    private Symbol SymbolOf(Random random)
    {
        // The engine learns the spellings from the first input.
        if (_symbols.Instruments == InstrumentTable.Empty) Turn();
        Assert.True(_symbols.TryResolve(Spellings[random.Next(Spellings.Length)], _now, out var symbol, out _));
        return symbol;
    }

    private void Ticks(Random random)
    {
        var isNamed = random.Next(3) == 0;
        var batch = TickBatch.Rent(isNamed ? _named : _session, _now);
        if (isNamed) batch.Sequence = ++_batch;
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
            At = random.Next(3) == 0 ? _now - random.Next(0, 2_000_000) : null,
            Key = random.Next(5) == 0 ? "key" + random.Next(20) : null,
            Label = Label,
            BodyHash = (UInt128)(_body++ / 3),
        };
        Assert.Null(
            _inbox.Offer(
                new SignalMessage(random.Next(1, 5), signal)
                { ReceivedAt = _now, Receipt = new Receipt(Encoding.UTF8.GetBytes($"body {_body}"), false, _now) }));
    }

    private sealed class SteppedTime : TimeProvider
    {
        private long _stamp;

        public DateTime Now { get; set; } = Timestamp.ToDateTime(Start);

        public override DateTimeOffset GetUtcNow() => Now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _stamp;

        public void Advance(TimeSpan time) => _stamp += time.Ticks;
    }
}
