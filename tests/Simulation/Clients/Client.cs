using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Queries;
using StreamRecorder.Engine.Signals;

namespace StreamRecorder.Simulation;

/// <summary>
/// Everybody outside: what was sent and not answered yet, and whether an answer may be what it is. Answers come on the run's
/// thread, inside a turn; <see cref="Poll"/> is called between two releases, when the model is as of exactly what was released.
/// </summary>
internal sealed class Client(Model model, Trace trace)
{
    private readonly List<(Order Order, SignalMessage Message)> _signals = [];
    private readonly List<Command> _commands = [];
    private readonly List<(int Batch, TaskCompletionSource Waiter)> _batches = [];
    private readonly List<OpenPositionsQuery> _queries = [];
    private readonly Dictionary<int, int> _tries = [];

    /// <summary>Keyed orders whose sender may send again: not answered, or answered and sent twice all the same.</summary>
    public List<Order> Resendable { get; } = [];

    public int AnsweredCount { get; private set; }

    public bool IsAnswered => _signals.Count + _commands.Count + _batches.Count + _queries.Count == 0;

    /// <summary>Up to which sequence the medium has all; null: the run does not look.</summary>
    public Func<long>? DurableSequence { get; set; }

    /// <summary>Sequence up to which somebody was told that it is safe.</summary>
    public long AnsweredSequence { get; private set; }

    public void Send(Order order, SimProcess process, long now)
    {
        model.Know(order);
        var message = new SignalMessage(order.RecorderId, order.ToSignal(process.Symbols)) { ReceivedAt = now };
        process.Offer(message);
        _signals.Add((order, message));
        _tries[order.Id] = _tries.GetValueOrDefault(order.Id) + 1;
        // TradingView sends four times at most.
        if (order.Key is null || _tries[order.Id] >= 4) Resendable.Remove(order);
        else if (!Resendable.Contains(order)) Resendable.Add(order);
    }

    public void Send(Command command, SimProcess process)
    {
        process.Offer(command);
        _commands.Add(command);
    }

    public void Send(OpenPositionsQuery query, SimProcess process)
    {
        process.Offer(query);
        _queries.Add(query);
    }

    public void Expect(int batch, TaskCompletionSource waiter) => _batches.Add((batch, waiter));

    /// <summary>Whoever has no answer never gets one.</summary>
    public void Crashed()
    {
        _signals.Clear();
        _commands.Clear();
        _batches.Clear();
        _queries.Clear();
    }

    public void Poll()
    {
        _signals.RemoveAll(s => IsDone(s.Message.Answer, () => Take(s.Order, s.Message.Answer.Result)));
        _commands.RemoveAll(c => IsDone(c.Result, () => Take(c, c.Result.Result)));
        _batches.RemoveAll(b => IsDone(b.Waiter.Task, () => TakeBatch(b.Batch)));
        _queries.RemoveAll(q => IsDone(q.Result, () => Take(q.Result.Result)));
    }

    private static bool IsDone(Task task, Action take)
    {
        if (!task.IsCompleted) return false;
        if (task.IsCompletedSuccessfully) take();
        return true;
    }

    private void Take(Order order, SignalAnswer answer)
    {
        trace.Add($"answer {order.Id} {answer.Status} {answer.Sequence} {answer.Refusal?.Kind.Label}");
        if (answer.Status == SignalStatus.Refused) return;
        AnsweredCount++;
        Check.That(model.AppliedOrders.TryGetValue(order.Id, out var applied), $"{order.Label} was answered {answer.Status} and not applied");
        Check.Same(applied!.Answer, answer.Status == SignalStatus.Duplicate ? answer with { Status = applied.Answer.Status } : answer,
            "answer to " + order.Label);
        NoteSafe(answer.Sequence);
    }

    private void Take(Command command, CommandResult result)
    {
        trace.Add($"result {command.GetType().Name} {result.Sequence} {result.Refusal?.Kind.Label}");
        if (result.Refusal is null && command is not TruncateJournal) NoteSafe(result.Sequence);
    }

    private void TakeBatch(int batch)
    {
        trace.Add($"ticks {batch} are durable");
        model.Market.RequireApplied(batch);
        AnsweredCount++;
        NoteSafe(model.Sequence);
    }

    private void Take(IReadOnlyList<PositionView> views)
    {
        trace.Add($"query {views.Count}");
        var open = model.Book.Places.Where(p => p.Value.Open is not null).ToDictionary(p => p.Value.Open!.Id, p => p.Value.Open!);
        Check.Same(open.Count, views.Count, "open positions of a query");
        foreach (var view in views)
        {
            Check.That(open.TryGetValue(view.Id, out var position), $"a query shows position {view.Id}, which is not open");
            position!.Compare(view);
        }
    }

    private void NoteSafe(long sequence)
    {
        Check.That(sequence <= model.Sequence, $"sequence {sequence} was answered before it was released");
        if (DurableSequence is { } durable) Check.That(sequence <= durable(), $"sequence {sequence} was answered, but the disk has no commit of it");
        AnsweredSequence = Math.Max(AnsweredSequence, sequence);
    }
}
