namespace StreamRecorder.Engine.Positions;

/// <summary>
/// The keys of open positions in the order of opening, and nothing else of them: ids rise, so opening appends, closing leaves a hole found by binary
/// search, and holes are squeezed out when they outnumber the rest. Pages and snapshots walk it; ticks never do.
/// </summary>
public sealed class OpenPositions
{
    private const int HolesMin = 64;
    private Entry[] _entries = new Entry[16];
    private int _length;

    public readonly record struct Entry(long Id, PositionKey Key)
    {
        public bool IsHole => Key.RecorderId == 0;
    }

    public int Count { get; private set; }

    /// <summary>Slots, holes included: indexes below this are good for <see cref="this[int]"/> until the next change.</summary>
    public int Length => _length;

    public Entry this[int index] => _entries[index];

    /// <summary>Of open positions, oldest opening first; good until the next change.</summary>
    public IEnumerable<PositionKey> Keys => _entries.Take(_length).Where(e => !e.IsHole).Select(e => e.Key);

    public void Add(long id, PositionKey key)
    {
        Invariant.Holds(_length == 0 || _entries[_length - 1].Id < id);
        if (_length == _entries.Length) Array.Resize(ref _entries, _length * 2);
        _entries[_length++] = new Entry(id, key);
        Count++;
    }

    public void Remove(long id)
    {
        var index = IndexAtOrBelow(id);
        Invariant.Holds(index >= 0 && _entries[index].Id == id && !_entries[index].IsHole);
        _entries[index] = new Entry(id, default);
        Count--;
        if (_length - Count >= HolesMin && _length - Count > Count) Squeeze();
    }

    public bool TryFind(long id, out PositionKey key)
    {
        var index = IndexAtOrBelow(id);
        var found = index >= 0 && _entries[index].Id == id && !_entries[index].IsHole;
        key = found ? _entries[index].Key : default;
        return found;
    }

    /// <summary>Index of the newest entry whose id is at most <paramref name="id"/>; -1 when there is none.</summary>
    public int IndexAtOrBelow(long id)
    {
        var (low, high) = (0, _length - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            if (_entries[middle].Id <= id) low = middle + 1;
            else high = middle - 1;
        }
        return high;
    }

    private void Squeeze()
    {
        var kept = 0;
        for (var i = 0; i < _length; i++)
            if (!_entries[i].IsHole) _entries[kept++] = _entries[i];
        _length = kept;
    }
}
