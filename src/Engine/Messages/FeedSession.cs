namespace StreamRecorder.Engine.Messages;

/// <summary>What became of some ticks of one connection, and the sequence that they bring its feed to (0: none).</summary>
internal readonly record struct FeedTally(long Sequence, long Applied, long Late, long Rejected, long Repeated);

/// <summary>
/// What is durable of one connection: batches up to <paramref name="Sequence"/>, and how many of all
/// ticks that it sent were applied, late, rejected, or repeated (sent again although they were taken).
/// </summary>
public sealed record FeedReport(long Sequence, long Applied, long Late, long Rejected, long Repeated);

/// <summary>
/// One connection of a feed. Its counts are written by the engine's thread and read by the feed once its batch is done;
/// a connection that gave a <paramref name="name"/> numbers its batches, and only one of a name is alive at a time.
/// </summary>
/// <param name="feed">Label of the feed in metrics, one of <see cref="FeedNames"/>.</param>
/// <param name="name">Under which batches are numbered; null: they are not.</param>
/// <param name="reported">Called on the engine's thread when more is durable. Must not
/// block or throw. Null: the connection asks by <see cref="TickBatch.Durable"/>.</param>
public sealed class FeedSession(string feed, string? name = null, Action<FeedReport>? reported = null)
{
    private long _applied;
    private long _late;
    private long _rejected;
    private long _repeated;
    private long _taken;

    public string Feed { get; } = feed;

    public string? Name { get; } = name;

    public long Applied => Interlocked.Read(ref _applied);

    public long Late => Interlocked.Read(ref _late);

    /// <summary>Of the newest batch whose ticks are pending or journalled.</summary>
    internal long Sequence { get; private set; }

    /// <summary>The sequence is not journalled.</summary>
    internal bool IsMarked { get; set; }

    internal bool IsReportDue { get; set; }

    internal bool WantsReports => reported is not null;

    /// <summary>Resumes behind what is journalled.</summary>
    internal void Resume(long sequence) => _taken = Sequence = sequence;

    /// <summary>False for a batch that was taken before. Batches without a sequence always are new.</summary>
    internal bool TryTake(long sequence)
    {
        if (sequence == 0) return true;
        if (sequence <= _taken) return false;
        _taken = sequence;
        return true;
    }

    internal void Add(in FeedTally tally)
    {
        Interlocked.Add(ref _applied, tally.Applied);
        Interlocked.Add(ref _late, tally.Late);
        _rejected += tally.Rejected;
        _repeated += tally.Repeated;
        if (tally.Sequence == 0) return;
        Sequence = tally.Sequence;
        IsMarked = true;
    }

    internal FeedReport Report() => new(Sequence, _applied, _late, _rejected, _repeated);

    internal void Tell(FeedReport report) => reported!(report);
}
