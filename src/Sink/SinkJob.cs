using StreamRecorder.Engine.Positions;

namespace StreamRecorder.Sink;

/// <summary>
/// Work for the one writer beside the outbox's groups, done in steps so that groups get their turn between them. Not repeated when it fails.
/// </summary>
internal abstract class SinkJob
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Groups up to this sequence are written first: what the job speaks of may be in them.</summary>
    public long After { get; init; }

    public Task Done => _done.Task;

    /// <summary>One transaction; true when no more is to do.</summary>
    public abstract bool Step(WriterSession session, SinkMetrics metrics);

    public void Complete() => _done.TrySetResult();

    public virtual void Fail(Exception fault, SinkMetrics metrics) => _done.TrySetException(fault);
}

internal sealed class SnapshotJob(IReadOnlyList<PositionView> views, long takenAt) : SinkJob
{
    private int _written;

    public override bool Step(WriterSession session, SinkMetrics metrics)
    {
        var count = Math.Min(views.Count - _written, SinkLimits.SnapshotsPerTransaction);
        session.WriteSnapshots(views, _written, count, takenAt);
        metrics.SnapshotsWritten(count);
        _written += count;
        return _written == views.Count;
    }

    public override void Fail(Exception fault, SinkMetrics metrics)
    {
        metrics.SnapshotsLost(views.Count - _written);
        base.Fail(fault, metrics);
    }
}

/// <summary>First old snapshots, then folds that only closed keys kept apart.</summary>
internal sealed class ThinJob(long now) : SinkJob
{
    private (string Symbol, long FromSequence) _place = ("", 0);
    private bool _snapshotsDone;
    private int _steps;

    public override bool Step(WriterSession session, SinkMetrics metrics)
    {
        if (++_steps > SinkLimits.ThinStepsMax) return true;
        if (!_snapshotsDone)
        {
            var deleted = session.ThinStep(now);
            metrics.ThinnedBy(deleted);
            _snapshotsDone = deleted == 0;
            return false;
        }
        var place = session.MergeStep(_place, out var merged);
        metrics.ThinnedBy(merged);
        if (place is null) return true;
        _place = place.Value;
        return false;
    }
}
