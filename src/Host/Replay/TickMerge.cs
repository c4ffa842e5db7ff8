using StreamRecorder.Engine;
using StreamRecorder.Engine.Prices;

namespace StreamRecorder.Host.Replay;

/// <summary>
/// Several files of ticks as one stream in the order of arrival. A tick arrives at the greatest time its file has reached,
/// so that rows of one file never change places; of equal arrivals the earlier file on the command line goes first.
/// </summary>
internal sealed class TickMerge(IReadOnlyList<TickSource> sources)
{
    /// <summary>Gives the engine every tick that arrives at or before <paramref name="until"/>.</summary>
    public void Feed(ReplayEngine engine, long until)
    {
        while (First() is var first && first >= 0 && sources[first].Arrival <= until)
            sources[first].Feed(engine, Math.Min(until, LimitOf(first)));
    }

    /// <summary>Index of the source whose turn it is; −1: all are at their end.</summary>
    private int First()
    {
        var first = -1;
        for (var i = 0; i < sources.Count; i++)
            if (sources[i].HasTick && (first < 0 || sources[i].Arrival < sources[first].Arrival)) first = i;
        return first;
    }

    /// <summary>How far a source may go on alone: to the next tick of any other, past it only if it comes first on the command line.</summary>
    private long LimitOf(int index)
    {
        var limit = long.MaxValue;
        for (var i = 0; i < sources.Count; i++)
            if (i != index && sources[i].HasTick) limit = Math.Min(limit, i < index ? sources[i].Arrival - 1 : sources[i].Arrival);
        return limit;
    }
}

/// <summary>One file of ticks, read ahead by a chunk.</summary>
internal sealed class TickSource
{
    private readonly Func<Tick[], int> _read;
    private readonly Tick[] _ticks = new Tick[EngineLimits.TicksPerBatch];
    private int _index;
    private int _count;

    /// <param name="read">Fills the array from its beginning; 0: the end.</param>
    public TickSource(Func<Tick[], int> read)
    {
        _read = read;
        Refill();
    }

    public bool HasTick => _index < _count;

    /// <summary>When the next tick arrives: the file's greatest time up to it.</summary>
    public long Arrival { get; private set; } = long.MinValue;

    /// <summary>Gives the engine the ticks that arrive at or before <paramref name="limit"/>.</summary>
    public void Feed(ReplayEngine engine, long limit)
    {
        while (HasTick && Arrival <= limit)
        {
            engine.Add(_ticks[_index], Arrival);
            if (++_index == _count) Refill();
            else Arrival = Math.Max(Arrival, _ticks[_index].At);
        }
    }

    private void Refill()
    {
        _index = 0;
        _count = _read(_ticks);
        if (_count > 0) Arrival = Math.Max(Arrival, _ticks[0].At);
    }
}
