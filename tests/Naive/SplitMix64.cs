namespace StreamRecorder.Naive;

/// <summary>A random generator of our own: a seed gives the same signals under every runtime. Constants: Steele, Lea and Flood, 2014.</summary>
public sealed class SplitMix64(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        var mixed = (_state ^ (_state >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>A number from 0 to below the limit. The bias of the remainder is far below what a test could see.</summary>
    public int Below(int limit) => (int)(Next() % (ulong)limit);

    public bool OneIn(int count) => Below(count) == 0;

    public T Pick<T>(params IReadOnlyList<T> items) => items[Below(items.Count)];
}
