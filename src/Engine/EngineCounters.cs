using StreamRecorder.Engine.Messages;

namespace StreamRecorder.Engine;

/// <summary>Plain counts, written by the loop's thread and sampled by the scraper (a torn read is impossible on 64-bit).</summary>
public sealed class EngineCounters
{
    private volatile FeedCounters[] _feeds = [new(FeedNames.Http), new(FeedNames.Socket)];

    public long InputsApplied;
    public long TicksApplied;
    public long TicksLate;

    /// <summary>Ticks that joined others while they waited for a disk or database that is behind.</summary>
    public long TicksMerged;

    /// <summary>Every feed of the service from the start; one that a program of its own invents joins with its first batch.</summary>
    public IReadOnlyList<FeedCounters> Feeds => _feeds;

    internal void Took(FeedSession session, long applied, long late, long arrival)
    {
        var feed = Of(session.Feed);
        feed.Applied += applied;
        feed.Late += late;
        if (applied + late > 0) feed.LastArrival = arrival;
        TicksApplied += applied;
        TicksLate += late;
    }

    private FeedCounters Of(string feed)
    {
        foreach (var known in _feeds)
            if (known.Name == feed) return known;
        var added = new FeedCounters(feed);
        _feeds = [.. _feeds, added];
        return added;
    }
}

/// <summary>What came by one kind of feed.</summary>
public sealed class FeedCounters(string name)
{
    public long Applied;
    public long Late;

    /// <summary>Arrival of its newest batch, µs; 0: none yet.</summary>
    public long LastArrival;

    public string Name { get; } = name;
}

/// <summary>The kinds of feed: labels of metrics.</summary>
public static class FeedNames
{
    public const string Http = "http";
    public const string Socket = "socket";

    /// <summary>A file, which is no service's feed.</summary>
    public const string Replay = "replay";
}
