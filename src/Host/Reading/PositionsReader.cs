using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Queries;
using StreamRecorder.Sink;

namespace StreamRecorder.Host.Reading;

public enum PositionStatus
{
    Open,
    Closed,
    All,
}

/// <summary>
/// Which positions are wanted. Times are of the opening for open ones, of the closing for closed ones; from inclusive, to exclusive.
/// </summary>
public sealed record PositionFilter(PositionStatus Status)
{
    /// <summary>A recorder's name or id; null: any.</summary>
    public string? Recorder { get; init; }
    public Symbol? Symbol { get; init; }
    public long? From { get; init; }
    public long? To { get; init; }
    public long BeforeId { get; init; } = long.MaxValue;
    public int Limit { get; init; } = HostLimits.PageLimitDefault;
}

/// <summary>One page, newest opening first, and whether older ones follow.</summary>
public sealed record PositionPage(IReadOnlyList<PositionView> Positions, bool HasMore);

/// <summary>
/// Positions as they are after every answer given: open ones from the engine, closed ones from the outbox and the
/// database. The engine is asked first: what closes in between is then among the closed ones, and those win. Any thread.
/// </summary>
public sealed class PositionsReader(EngineClient engine, RecorderIds recorderIds, ClosedReader closed, Queries queries)
{
    public async Task<Reply<PositionPage>> ListAsync(PositionFilter filter)
    {
        var recorders = await recorderIds.OfAsync(filter.Recorder).ConfigureAwait(false);
        var found = new Dictionary<long, PositionView>();
        if (filter.Status != PositionStatus.Closed)
        {
            foreach (var recorder in recorders)
            {
                var open = await OpenAsync(filter, recorder).ConfigureAwait(false);
                if (open.Refusal is not null) return Reply.No<PositionPage>(open.Refusal);
                foreach (var view in open.Value!) found[view.Id] = view;
            }
        }
        if (filter.Status != PositionStatus.Open)
        {
            foreach (var recorder in recorders)
                foreach (var view in closed.Closed(ClosedOf(filter, recorder))) found[view.Id] = view;
        }
        var page = found.Values.OrderByDescending(p => p.Id).Take(filter.Limit).ToList();
        return new Reply<PositionPage>(new PositionPage(page, found.Count > page.Count), null);
    }

    /// <summary>
    /// Open ones first, newest opening first, then closed ones, latest closing first; so many of each, so that open ones never push the history out.
    /// </summary>
    public async Task<Reply<IReadOnlyList<PositionView>>> HistoryAsync(long? from, long? to, int limit, bool includeOpen)
    {
        IReadOnlyList<PositionView> open = [];
        if (includeOpen)
        {
            var reply = await engine.AskAsync(
                new OpenPositionsQuery(new OpenFilter { OpenedFrom = from, OpenedTo = to, Limit = limit })
                { ReceivedAt = engine.Now }).ConfigureAwait(false);
            if (reply.Refusal is not null) return reply;
            open = reply.Value!;
        }
        var ended = closed.ClosedByClosing(from, to, limit);
        var endedIds = ended.Select(p => p.Id).ToHashSet();
        return new([.. open.Where(p => !endedIds.Contains(p.Id)).Concat(ended)], null);
    }

    /// <summary>One position, open or closed; a null value: there is none.</summary>
    public async Task<Reply<PositionView>> FindAsync(long id)
    {
        var open = await engine.AskAsync(new OpenPositionQuery(id) { ReceivedAt = engine.Now }).ConfigureAwait(false);
        if (open.Refusal is not null) return Reply.No<PositionView>(open.Refusal);
        return new Reply<PositionView>(open.Value ?? closed.Closed(id), null);
    }

    public PositionView? FindClosed(long id) => closed.Closed(id);

    /// <summary>Its fills up to the moment that the view shows.</summary>
    public IReadOnlyList<FillOutput> FillsOf(PositionView view) => [.. closed.Fills(view.Id).Where(f => f.At <= view.UpdatedAt)];

    /// <summary>Prices for a chart: what snapshots saw, and the fills, so that even the shortest trade has a line.</summary>
    public IReadOnlyList<PricePoint> PathOf(PositionView view, IReadOnlyList<FillOutput> fills) =>
        [.. queries.PricePath(view.Id).Concat(fills.Select(f => new PricePoint(f.At, f.Price))).OrderBy(p => p.At)];

    private async Task<Reply<IReadOnlyList<PositionView>>> OpenAsync(PositionFilter filter, long? recorder) =>
        await engine.AskAsync(new OpenPositionsQuery(new OpenFilter
        {
            RecorderId = recorder,
            Symbol = filter.Symbol,
            OpenedFrom = filter.From,
            OpenedTo = filter.To,
            BeforeId = filter.BeforeId,
            Limit = filter.Limit + 1,
        })
        { ReceivedAt = engine.Now }).ConfigureAwait(false);

    private static ClosedFilter ClosedOf(PositionFilter filter, long? recorder) =>
        new(recorder, filter.Symbol?.Name, filter.From, filter.To, filter.BeforeId, filter.Limit + 1);
}
