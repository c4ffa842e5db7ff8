using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Journal;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Prices;
using StreamRecorder.Engine.Queries;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Engine.Signals;
using StreamRecorder.Engine.Tests.Journal;
using Xunit;

namespace StreamRecorder.Engine.Tests.Support;

/// <summary>
/// A whole engine whose crank the test turns: real loop, inbox and outbox, a journal in memory (or the test's own), and a clock that stands still.
/// </summary>
internal sealed class EngineRig : IDisposable
{
    public const long LateTolerance = 5 * Timestamp.Second;

    /// <summary>2025-12-04T15:00:00Z, when the clock starts.</summary>
    public static readonly long Start = Timestamp.From(new DateTimeOffset(2025, 12, 4, 15, 0, 0, TimeSpan.Zero));

    private readonly FeedSession _session = new("test");

    public EngineRig(IJournal? journal = null, int positionsMax = 10_000, int outboxCapacity = 1 << 20, Inbox? inbox = null)
    {
        Time.Advance(TimeSpan.FromTicks(Timestamp.ToDateTime(Start).Ticks - Time.GetTimestamp()));
        Journal = journal ?? new MemoryJournal(keepRecords: true);
        Inbox = inbox ?? new Inbox();
        Outbox = new Outbox(outboxCapacity);
        State = new StateMachine(new SymbolTable(), positionsMax, LateTolerance);
        Loop = new EngineLoop(State, Journal, Inbox, Outbox, Time);
    }

    public FakeTime Time { get; } = new();

    public IJournal Journal { get; }

    public Inbox Inbox { get; }

    public Outbox Outbox { get; }

    public StateMachine State { get; }

    public EngineLoop Loop { get; }

    public FeedSession Session => _session;

    /// <summary>The clock's moment, µs.</summary>
    public long Now => Timestamp.From(Time.GetUtcNow());

    public void Dispose()
    {
        State.Dispose();
        Journal.Dispose();
        Inbox.Dispose();
    }

    /// <summary>With the built-in instruments, or the given ones, set as the first input.</summary>
    public EngineRig WithInstruments(params IReadOnlyList<Instrument> rows)
    {
        foreach (var chunk in (rows.Count > 0 ? rows : InstrumentFile.BuiltIn).Chunk(1000)) Do(new SetInstruments(chunk, fromFiles: true));
        return this;
    }

    /// <summary>Turns the crank until nothing is left to do at this moment.</summary>
    public void Run()
    {
        while (Loop.RunOnce() > 0) { }
    }

    public Symbol Symbol(string text)
    {
        Assert.True(State.Symbols.TryResolve(text, Now, out var symbol, out var refusal), refusal?.Detail);
        return symbol;
    }

    public long AddRecorder(string name, Func<RecorderSettings, RecorderSettings>? change = null)
    {
        var settings = new RecorderSettings { Name = name };
        var result =
            Do(new AddRecorder(change?.Invoke(settings) ?? settings, new RecorderToken("first", Secret.Hash(name), Now)) { ReceivedAt = Now });
        return ((Recorder)result.Value!).Id;
    }

    public CommandResult Do(Command command)
    {
        Assert.Null(Inbox.Offer(command));
        Run();
        return Done(command.Result);
    }

    /// <summary>Puts a signal into the inbox without turning the crank.</summary>
    public SignalMessage Offer(long recorderId, Signal signal)
    {
        var message = new SignalMessage(recorderId, signal) { ReceivedAt = Now };
        Assert.Null(Inbox.Offer(message));
        return message;
    }

    public SignalAnswer Send(long recorderId, Signal signal)
    {
        var message = Offer(recorderId, signal);
        Run();
        return Done(message.Answer);
    }

    /// <summary>Puts one batch of ticks into the inbox; the completion source, if given, ends when they are durable.</summary>
    public void OfferTicks(TaskCompletionSource? durable, params IReadOnlyList<Tick> ticks)
    {
        var batch = TickBatch.Rent(_session, Now);
        foreach (var tick in ticks) batch.Ticks[batch.Count++] = tick;
        batch.Durable = durable;
        Offer(batch);
    }

    /// <summary>Puts a batch into the inbox, where there must be a place.</summary>
    public void Offer(TickBatch batch)
    {
        var offered = Inbox.OfferAsync(batch, CancellationToken.None);
        Assert.True(offered.IsCompletedSuccessfully);
    }

    /// <summary>Ticks of one symbol at the clock's moment, applied and folded.</summary>
    public void Ticks(Symbol symbol, params IReadOnlyList<decimal> prices)
    {
        OfferTicks(new TaskCompletionSource(), [.. prices.Select(p => new Tick(symbol.Id, Some.E9(p), Now))]);
        Run();
    }

    public T Ask<T>(Query<T> query)
    {
        Assert.Null(Inbox.Offer(query));
        Run();
        return Done(query.Result);
    }

    public IReadOnlyList<PositionView> OpenViews() => Ask(new OpenPositionsQuery(new OpenFilter { Limit = int.MaxValue }));

    /// <summary>Takes what was released since the last call, as the sink would, and calls it durable.</summary>
    public List<OutputGroup> TakeReleased()
    {
        var groups = new List<OutputGroup>();
        while (Outbox.Reader.TryRead(out var group)) groups.Add(group);
        if (groups.Count > 0) Outbox.MarkDurable(groups[^1].Sequence);
        return groups;
    }

    public static T Done<T>(Task<T> task)
    {
        Assert.True(task.IsCompletedSuccessfully, "not answered");
        return task.Result;
    }
}
