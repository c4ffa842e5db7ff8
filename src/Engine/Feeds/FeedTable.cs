namespace StreamRecorder.Engine.Feeds;

/// <summary>
/// A named sender of ticks: its batches up to <paramref name="Sequence"/> are
/// journalled; last heard of at <paramref name="SeenAt"/> (engine time, µs).
/// </summary>
public sealed record Feed(string Name, long Sequence, long SeenAt);

/// <summary>
/// Feeds by name, so that one that reconnects resumes where it was: a batch's sequence
/// becomes state in the same input as its ticks. State of the engine: changes only in Apply.
/// </summary>
public sealed class FeedTable
{
    private readonly Dictionary<string, Feed> _feeds = new(StringComparer.Ordinal);

    public IReadOnlyCollection<Feed> All => _feeds.Values;

    /// <summary>Null: never heard of, or not for so long that it is forgotten.</summary>
    public Feed? Find(string name) => _feeds.GetValueOrDefault(name);

    /// <summary>True when one more name is kept at this moment.</summary>
    public bool HasRoom(long now) => _feeds.Count < EngineLimits.FeedsMax || _feeds.Values.Any(f => IsOld(f, now));

    internal void Load(Feed feed) => _feeds.Add(feed.Name, feed);

    /// <summary>A connection gave its name. Returns the names that are forgotten now, in order.</summary>
    public IReadOnlyList<string> Open(string name, long now)
    {
        var old = _feeds.Values.Where(f => IsOld(f, now) && f.Name != name).Select(f => f.Name).Order(StringComparer.Ordinal).ToArray();
        foreach (var forgotten in old) _feeds.Remove(forgotten);
        Mark(new FeedMark(name, 0), now);
        return old;
    }

    public Feed Mark(FeedMark mark, long now)
    {
        var feed = new Feed(mark.Name, Math.Max(mark.Sequence, Find(mark.Name)?.Sequence ?? 0), now);
        _feeds[mark.Name] = feed;
        return feed;
    }

    private static bool IsOld(Feed feed, long now) => feed.SeenAt < now - EngineLimits.FeedAge;
}

/// <summary>All batches of a feed up to this sequence are in the input that carries the mark, or in earlier ones.</summary>
public readonly record struct FeedMark(string Name, long Sequence);
