using StreamRecorder.Engine;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Sink;

namespace StreamRecorder.Simulation;

/// <summary>
/// The sink turned by hand: the real batches, the real transactions, no thread.
/// What would be the thread's choice (how much a batch takes, when) is the run's.
/// </summary>
internal sealed class SimSink(SimDatabase database, Outbox outbox, PlantedFault fault) : IDisposable
{
    private readonly List<OutputGroup> _hand = [];
    private readonly WriterSession _session = new(database.File, new LedgerSettings());

    public long Sequence => _session.Sequence;

    /// <summary>As the sink does at its start: says as of what the file is.</summary>
    public void Begin() => outbox.MarkDurable(_session.Sequence);

    /// <summary>Called for each group on its way, in order.</summary>
    public Action<OutputGroup>? Taken { get; set; }

    /// <summary>Takes what was released and writes at most so many groups in one transaction. False when there was nothing to write.</summary>
    public bool Step(int groupsMax)
    {
        if (!Write(groupsMax)) return false;
        database.EndFlight();
        outbox.MarkDurable(_session.Sequence);
        return true;
    }

    /// <summary>The same, but the run crashes before anybody hears that the transaction ended.</summary>
    public bool StepIntoCrash(int groupsMax) => Write(groupsMax);

    public void MergeFolds() => _session.MergeStep(("", 0), out _);

    public void Take()
    {
        while (outbox.Reader.TryRead(out var group))
        {
            Taken?.Invoke(group);
            _hand.Add(group);
        }
    }

    public void Dispose() => _session.Dispose();

    private bool Write(int groupsMax)
    {
        Take();
        var groups = fault.Alter(_hand.Take(groupsMax).ToList(), _session.Sequence, out var taken);
        if (groups.Count == 0) return false;
        _hand.RemoveRange(0, taken);
        var batch = new Batch(groups, _session.Sequence);
        database.BeginFlight();
        if (batch.GroupCount > 0) _session.Write(batch);
        return true;
    }
}
