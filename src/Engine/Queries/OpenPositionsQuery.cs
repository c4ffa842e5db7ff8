using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Positions;

namespace StreamRecorder.Engine.Queries;

/// <summary>Which open positions are wanted. Null: any. Times µs, of the opening, from inclusive, to exclusive.</summary>
public sealed record OpenFilter
{
    public long? RecorderId { get; init; }
    public Symbol? Symbol { get; init; }
    public long? OpenedFrom { get; init; }
    public long? OpenedTo { get; init; }

    /// <summary>Only ids below this (the cursor).</summary>
    public long BeforeId { get; init; } = long.MaxValue;
    public int Limit { get; init; } = 100;
}

/// <summary>Open positions, newest opening first, with all ticks applied so far in their figures.</summary>
public sealed class OpenPositionsQuery(OpenFilter filter) : Query<IReadOnlyList<PositionView>>
{
    private readonly List<PositionView> _found = [];
    private long _below = filter.BeforeId;

    internal override bool Step(StateMachine state, int budget)
    {
        Value = _found;
        // By id, not by index: the list may have been squeezed between two turns.
        var index = state.Open.IndexAtOrBelow(_below == long.MaxValue ? _below : _below - 1);
        var passed = 0;
        for (; index >= 0 && _found.Count < filter.Limit; index--)
        {
            var entry = state.Open[index];
            _below = entry.Id;
            if (entry.IsHole || !Matches(entry.Key))
            {
                if (++passed == EngineLimits.OpenEntriesPerTurn) return false;
                continue;
            }
            if (budget-- == 0)
            {
                _below = entry.Id + 1;
                return false;
            }
            state.Store.TryRead(entry.Key, out var stored);
            if (stored.OpenedAt >= filter.OpenedTo || stored.OpenedAt < filter.OpenedFrom) continue;
            var position = state.Figures(stored, ReceivedAt);
            _found.Add(PositionView.Of(position, state.NamesOf(entry.Key, position)));
        }
        return true;
    }

    private bool Matches(PositionKey key) =>
        (filter.RecorderId is not { } recorder || key.RecorderId == recorder) && (filter.Symbol is not { } symbol || key.SymbolId == symbol.Id);
}

/// <summary>One open position by id; null when no open one has it.</summary>
public sealed class OpenPositionQuery(long id) : Query<PositionView?>
{
    internal override bool Step(StateMachine state, int budget)
    {
        if (!state.Open.TryFind(id, out var key)) return true;
        state.Store.TryRead(key, out var stored);
        var position = state.Figures(stored, ReceivedAt);
        Value = PositionView.Of(position, state.NamesOf(key, position));
        return true;
    }
}

/// <summary>
/// Open positions whose figures moved since their last snapshot, as many as the
/// budget of rows allows, round robin over calls: start where the last call ended.
/// </summary>
public sealed class ChangedPositionsQuery(long afterId, long changedSince, int limit) : Query<(IReadOnlyList<PositionView> Views, long LastId)>
{
    private readonly List<PositionView> _found = [];
    private long _last = afterId;

    internal override bool Step(StateMachine state, int budget)
    {
        var index = state.Open.IndexAtOrBelow(_last) + 1;
        for (; index < state.Open.Length && _found.Count < limit; index++)
        {
            if (budget-- == 0) return false;
            var entry = state.Open[index];
            _last = entry.Id;
            if (entry.IsHole) continue;
            state.Store.TryRead(entry.Key, out var stored);
            var stream = state.Prices[stored.ContractId];
            if (Math.Max(stored.UpdatedAt, stream.ChangedAt) < changedSince) continue;
            var position = state.Figures(stored, ReceivedAt);
            _found.Add(PositionView.Of(position, state.NamesOf(entry.Key, position)));
        }
        if (index >= state.Open.Length) _last = 0;
        Value = (_found, _last);
        return true;
    }
}
