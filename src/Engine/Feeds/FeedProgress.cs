using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Prices;

namespace StreamRecorder.Engine.Feeds;

/// <summary>
/// What connections sent that is taken but not journalled, and whom to tell when it is. No state: a crash loses it together with the pending
/// ticks, and the feeds send it again. Ticks of a batch with a sequence are journalled all at once and with the sequence (<see cref="TakeFold"/>):
/// were one symbol's fold safe and another's not, a feed that resumes would double the one or lose the other. The engine's thread alone.
/// </summary>
internal sealed class FeedProgress
{
    private readonly List<FeedSession> _sessions = [];

    /// <summary>Nobody waits for a report.</summary>
    public bool IsEmpty => _sessions.Count == 0;

    /// <summary>Feeds with sequences that are not journalled.</summary>
    public int MarkCount { get; private set; }

    public void Took(FeedSession session, in FeedTally tally)
    {
        var wasMarked = session.IsMarked;
        session.Add(tally);
        if (session.IsMarked && !wasMarked) MarkCount++;
        if (!session.WantsReports || session.IsReportDue) return;
        session.IsReportDue = true;
        _sessions.Add(session);
    }

    /// <summary>All pending ticks of all symbols, with the sequences that they bring feeds to, as the one input to journal and apply.</summary>
    public FeedFold TakeFold(PriceBook prices)
    {
        var pending = prices.WithPending;
        Invariant.Holds(pending.Count <= EngineLimits.FoldsPerRecord);
        var folds = new TickFold[pending.Count];
        for (var i = 0; i < folds.Length; i++) folds[i] = prices.TakePending(pending[^1]);
        var marks = new FeedMark[MarkCount];
        foreach (var session in _sessions)
        {
            if (!session.IsMarked) continue;
            marks[--MarkCount] = new FeedMark(session.Name!, session.Sequence);
            session.IsMarked = false;
        }
        return new FeedFold(folds, marks);
    }

    /// <summary>Nothing is pending: gives up what each connection is to be told once the newest input is committed.</summary>
    public void TakeReports(Action<FeedSession, FeedReport> take)
    {
        foreach (var session in _sessions)
        {
            session.IsReportDue = false;
            take(session, session.Report());
        }
        _sessions.Clear();
    }
}
