using StreamRecorder.Engine;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Journal;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Recovery;

namespace StreamRecorder.Simulation;

/// <summary>
/// One life of the service, from a start to a crash: the real parts, composed as the host does, and nothing that turns them by itself.
/// </summary>
internal sealed class SimProcess : IDisposable
{
    private const int PositionsMax = 256;

    private readonly Inbox _inbox = new();
    private readonly Outbox _outbox;

    public SimProcess(SimDisk disk, SimDatabase database, SimClock clock, PlantedFault fault, Retention retention, int outboxCapacity)
    {
        Journal = new SimJournal(disk, clock) { AnswersEarly = fault.Kind == FaultKind.EarlyAnswer };
        State = new StateMachine(Symbols, PositionsMax, 5 * Timestamp.Second);
        _outbox = new Outbox(outboxCapacity);
        Loop = new EngineLoop(State, Journal, _inbox, _outbox, clock, retention);
        Sink = new SimSink(database, _outbox, fault);
        Sink.Begin();
    }

    public SymbolTable Symbols { get; } = new();

    public StateMachine State { get; }

    public SimJournal Journal { get; }

    public EngineLoop Loop { get; }

    public SimSink Sink { get; }

    public FeedSession Session { get; } = new("sim");

    /// <summary>One more group may not fit: the engine would wait for the sink's thread, which is this one.</summary>
    public bool IsOutboxFull => _outbox.PendingCount >= _outbox.Capacity - 1;

    public void Offer(SignalMessage message) => Check.That(_inbox.Offer(message) is null, "the inbox is full");

    public void Offer(Command message) => Check.That(_inbox.Offer(message) is null, "the inbox is full");

    public void Offer(Query message) => Check.That(_inbox.Offer(message) is null, "the inbox is full");

    public void Offer(TickBatch batch) =>
        Check.That(_inbox.OfferAsync(batch, CancellationToken.None).AsTask().IsCompletedSuccessfully, "the inbox is full");

    public void Dispose()
    {
        Sink.Dispose();
        Journal.Dispose();
        State.Dispose();
        _inbox.Dispose();
    }
}
