using StreamRecorder.Engine;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Positions;

namespace StreamRecorder.Sink;

/// <summary>
/// Closed positions and fills as they are after every answer given: what waits in the outbox, then the database, without doubles. The outbox is
/// always asked first: what leaves it in between is in the database by then, so nothing can be missed. Any thread.
/// </summary>
public sealed class ClosedReader(Outbox outbox, Queries queries)
{
    /// <summary>Newest opening first.</summary>
    public List<PositionView> Closed(ClosedFilter filter)
    {
        var pending = outbox.PendingClosed().Where(filter.Fits).ToList();
        var newestFirst = United(pending, queries.ClosedPositions(filter)).OrderByDescending(p => p.Id);
        return [.. newestFirst.Take(Math.Min(filter.Limit, SinkLimits.RowsPerQuery))];
    }

    /// <summary>Latest closing first.</summary>
    public List<PositionView> ClosedByClosing(long? from, long? to, int limit, ClosingPlace? before = null)
    {
        var filter = new ClosedFilter(ClosedFrom: from, ClosedTo: to);
        var pending = outbox.PendingClosed().Where(p => filter.Fits(p) && (before is not { } place || IsBefore(p, place))).ToList();
        return
        [.. United(pending, queries.ClosedByClosing(from, to, limit, before))
                .OrderByDescending(p => p.ClosedAt).ThenByDescending(p => p.Id).Take(Math.Min(limit, SinkLimits.RowsPerQuery)),
        ];
    }

    /// <summary>One closed position; null when there is none, or it is open still.</summary>
    public PositionView? Closed(long id)
    {
        foreach (var pending in outbox.PendingClosed())
            if (pending.Id == id) return pending;
        return queries.Position(id) is { IsOpen: false } closed ? closed : null;
    }

    /// <summary>All fills of a position, oldest first.</summary>
    public List<FillOutput> Fills(long positionId)
    {
        var pending = outbox.PendingFills(positionId);
        var written = queries.Fills(positionId);
        // The fills of one input are written together, so the newest sequence there tells what the database has by now.
        var last = written.Count == 0 ? 0 : written[^1].Sequence;
        return [.. written.Select(f => f.Fill), .. pending.Where(f => f.Sequence > last).Select(f => f.Fill)];
    }

    private static IEnumerable<PositionView> United(List<PositionView> pending, List<PositionView> written)
    {
        // A position is closed once, so either of two is right.
        var ids = new HashSet<long>();
        return pending.Concat(written).Where(p => ids.Add(p.Id));
    }

    private static bool IsBefore(PositionView view, ClosingPlace place) =>
        view.ClosedAt < place.ClosedAt || (view.ClosedAt == place.ClosedAt && view.Id < place.Id);
}
