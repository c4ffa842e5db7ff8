using StreamRecorder.Engine;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Journal;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Prices;
using StreamRecorder.Engine.Queries;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Host.Replay;
using StreamRecorder.Ingest.Webhooks;

namespace StreamRecorder.Host.Tests.Day;

/// <summary>The real parser and engine, turned by hand, with a clock and a disk that the run controls.</summary>
internal sealed class DayEngine : IDisposable
{
    private readonly ReplayClock _clock = new();
    private readonly HeldJournal _journal = new();
    private readonly Inbox _inbox = new();
    private readonly Outbox _outbox = new(100_000);
    private readonly FeedSession _session = new("day");
    private readonly SymbolTable _symbols = new();
    private readonly StateMachine _state;
    private readonly EngineLoop _loop;
    private readonly WebhookParser _parser;
    private readonly Symbol _symbol;
    private readonly List<PositionView> _closed = [];
    private readonly List<DayEvent> _events = [];
    private readonly HashSet<long> _applied = [];

    public DayEngine(IEnumerable<string> recorders)
    {
        _state = new StateMachine(_symbols, 1000, 5_000_000);
        _loop = new EngineLoop(_state, _journal, _inbox, _outbox, _clock);
        _parser = new WebhookParser(_symbols);
        foreach (var rows in InstrumentFile.BuiltIn.Chunk(500)) Do(new SetInstruments(rows, fromFiles: true));
        foreach (var name in recorders) Do(new AddRecorder(new RecorderSettings { Name = name }, new RecorderToken("t", Secret.Hash(name), 0)));
        Assert.True(_symbols.TryResolve(DayTicks.Symbol, 1_381_104_000_000_000, out var symbol, out _));
        _symbol = symbol;
    }

    /// <summary>While held, nothing is committed.</summary>
    public bool IsHeld
    {
        set
        {
            _journal.IsHeld = value;
            Run();
        }
    }

    public void Tick(long at, long price)
    {
        _clock.MoveTo(at);
        var batch = TickBatch.Rent(_session, at);
        batch.Ticks[batch.Count++] = new Tick(_symbol.Id, price, at);
        var offered = _inbox.OfferAsync(batch, CancellationToken.None).AsTask();
        Assert.True(offered.IsCompletedSuccessfully);
        Run();
        _events.Add(new DayEvent(at, price));
    }

    public SignalMessage Deliver(string recorder, string body, long at)
    {
        _clock.MoveTo(at);
        var bytes = System.Text.Encoding.UTF8.GetBytes(body);
        Assert.True(_parser.TryParse(bytes, at, null, out var signal, out var refusal), refusal?.Detail);
        var message =
            new SignalMessage(_state.Directory.FindByName(recorder)!.Id, signal) { ReceivedAt = at, Receipt = KeptBody.Of(bytes, isWhole: true, at) };
        Assert.Null(_inbox.Offer(message));
        Run();
        _events.Add(new DayEvent(at, 0, recorder, body, _state.Sequence));
        return message;
    }

    /// <summary>All in the order of opening, once nothing is under way any more.</summary>
    public List<PositionView> Positions()
    {
        // A last batch that asks to be durable: then every tick is folded.
        var batch = TickBatch.Rent(_session, _clock.GetTimestamp());
        batch.Durable = new TaskCompletionSource();
        Assert.True(_inbox.OfferAsync(batch, CancellationToken.None).AsTask().IsCompletedSuccessfully);
        Run();
        var query = new OpenPositionsQuery(new OpenFilter { Limit = 100 });
        Assert.Null(_inbox.Offer(query));
        Run();
        return [.. _closed.Concat(query.Result.Result).OrderBy(p => p.Id)];
    }

    public DayOracle Oracle() => new(_events, _applied);

    /// <summary>As <c>replay</c> prints them, newest opening first.</summary>
    public static string Json(List<PositionView> positions)
    {
        using var bytes = new MemoryStream();
        ReplayJson.Write(bytes, [.. positions.AsEnumerable().Reverse().Select(view => new ReplayedPosition(view, []))]);
        return System.Text.Encoding.UTF8.GetString(bytes.ToArray());
    }

    public void Dispose()
    {
        _state.Dispose();
        _inbox.Dispose();
        _journal.Dispose();
    }

    private void Do(Command command)
    {
        Assert.Null(_inbox.Offer(command));
        Run();
        Assert.Null(command.Result.Result.Refusal);
    }

    private void Run()
    {
        while (_loop.RunOnce() > 0)
        {
        }
        while (_outbox.Reader.TryRead(out var group))
        {
            _closed.AddRange(group.Outputs.OfType<PositionClosed>().Select(closed => closed.View()));
            if (group.Outputs.OfType<SignalApplied>().Any()) _applied.Add(group.Sequence);
            _outbox.MarkDurable(group.Sequence);
        }
    }

    /// <summary>A journal in memory whose commits wait while it is held.</summary>
    private sealed class HeldJournal : IJournal
    {
        private readonly MemoryJournal _journal = new();

        public event Action? Committed
        {
            add => _journal.Committed += value;
            remove => _journal.Committed -= value;
        }

        public bool IsHeld { get; set; }

        public long AppendedSequence => _journal.AppendedSequence;

        public long CommittedSequence => _journal.CommittedSequence;

        public long BytesAppended => _journal.BytesAppended;

        public Exception? Fault => null;

        public long FirstSequence => 1;

        public long DiskBytes => 0;

        public bool CanAppend(int length) => true;

        public void Append(long sequence, ReadOnlySpan<byte> payload) => _journal.Append(sequence, payload);

        public void StartCommit()
        {
            if (!IsHeld) _journal.StartCommit();
        }

        public void TruncateBefore(long sequence)
        {
        }

        public void Replay(JournalReader reader)
        {
        }

        public void Dispose() => _journal.Dispose();
    }
}
