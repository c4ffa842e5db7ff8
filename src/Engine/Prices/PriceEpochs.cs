namespace StreamRecorder.Engine.Prices;

/// <summary>
/// The price path of one contract, cut where some open position starts, so that a tick costs O(1) whatever the number of positions.
/// <para>
/// Between two fills of a position its result is a straight line in the price, so all it needs of the ticks between is their
/// <see cref="Excursion"/>. Ticks go into one running excursion. When a position of the contract changes, the running one is sealed as an epoch and
/// a new one begins; the position remembers the id of the epoch that it starts at. Its figures are the combination of all epochs from there on,
/// which <see cref="FoldFrom"/> gives when a page or a fill asks; a tick never does.
/// </para>
/// <para>
/// Sealed epochs are only ever appended, so a tower of partial sums serves: level k + 1 holds the combinations of <see cref="Fan"/>
/// neighbours of level k. Appending touches one cell a level; a fold reads at most Fan − 1 cells a level. Ids rise, so a position finds
/// its epoch by binary search, and nothing that a position stores ever needs to be moved. An epoch at which no position starts any more
/// belongs to its predecessor; its cell stays (the sums are the same) until such cells outnumber the others, then the tower is rebuilt
/// with each dead cell combined into its predecessor. Epochs in use: at most open positions + 1; cells: at most about twice that.
/// </para>
/// </summary>
public sealed class PriceEpochs
{
    private const int FanBits = 3;
    private const int Fan = 1 << FanBits;
    private const int DeadMin = 16;

    private readonly List<Level> _levels = [];
    private long[] _ids = [];
    private int[] _starts = [];
    private int _sealedCount;
    private int _deadCount;
    private long _nextId = 1;
    private int _runningStarts;
    private Excursion _running;

    /// <summary>Epochs that some open position starts at, and the running one: at most open positions + 1.</summary>
    public int Count => _sealedCount - _deadCount + 1;

    /// <summary>Cells held, for the bound on memory.</summary>
    public int CellCount => _sealedCount + 1;

    /// <summary>Id of the running epoch.</summary>
    public long RunningId => _nextId;

    /// <summary>Ticks since the last seal.</summary>
    public ref readonly Excursion Running => ref _running;

    /// <summary>Adds ticks to the running epoch.</summary>
    public void Append(in Excursion ticks) => _running.Append(ticks);

    /// <summary>
    /// A position starts now (opened or changed): later ticks count for it. Returns
    /// the id it must remember for <see cref="FoldFrom"/> and <see cref="End"/>.
    /// </summary>
    public long Start()
    {
        if (!_running.IsEmpty) Seal();
        _runningStarts++;
        return _nextId;
    }

    /// <summary>The position that started at <paramref name="id"/> is flat, or starts anew.</summary>
    public void End(long id)
    {
        if (id == _nextId)
        {
            Invariant.Holds(_runningStarts > 0);
            _runningStarts--;
            return;
        }
        var index = Find(id);
        Invariant.Holds(_starts[index] > 0);
        if (--_starts[index] > 0) return;
        _deadCount++;
        if (_deadCount >= DeadMin && _deadCount > _sealedCount - _deadCount) Compact();
    }

    /// <summary>All ticks since the position started, in order.</summary>
    public Excursion FoldFrom(long id)
    {
        if (id == _nextId) return _running;
        var result = default(Excursion);
        var index = Find(id);
        foreach (var level in _levels)
        {
            // Up to the end of the block at this level; whole blocks after it are one cell each a level higher.
            for (; index < level.Count && (index & (Fan - 1)) != 0; index++) result.Append(level.Cells[index]);
            if (index >= level.Count) break;
            if ((index >> FanBits) + 1 >= BlocksOf(level.Count))
            {
                for (; index < level.Count; index++) result.Append(level.Cells[index]);
                break;
            }
            index >>= FanBits;
        }
        result.Append(_running);
        return result;
    }

    private static int BlocksOf(int count) => (count + Fan - 1) >> FanBits;

    private void Seal()
    {
        if (_runningStarts == 0)
        {
            // Nobody starts in the running stretch: it belongs to the epoch before it, or to nobody.
            if (_sealedCount == _deadCount) Clear();
            else AppendToLast();
        }
        else
        {
            Push(_nextId, _runningStarts, _running);
            _runningStarts = 0;
        }
        _running = default;
        _nextId++;
    }

    private void Clear()
    {
        if (_levels.Count > 1) _levels.RemoveRange(1, _levels.Count - 1);
        if (_levels.Count > 0) _levels[0].Count = 0;
        _sealedCount = 0;
        _deadCount = 0;
    }

    private void Push(long id, int starts, in Excursion sealedEpoch)
    {
        if (_sealedCount == _ids.Length)
        {
            var size = Math.Max(4, _ids.Length * 2);
            Array.Resize(ref _ids, size);
            Array.Resize(ref _starts, size);
        }
        _ids[_sealedCount] = id;
        _starts[_sealedCount] = starts;
        PushCells(_sealedCount, sealedEpoch);
        _sealedCount++;
    }

    private void PushCells(int index, in Excursion cell)
    {
        for (var height = 0; ; height++)
        {
            if (height == _levels.Count) _levels.Add(LevelAbove(height));
            var level = _levels[height];
            if (index == level.Count) level.Add(cell);
            else level.Cells[index].Append(cell);
            if (level.Count <= Fan) return;
            index >>= FanBits;
        }
    }

    /// <summary>A new level holds the sums of what its lower level had before the cell that made it necessary.</summary>
    private Level LevelAbove(int height)
    {
        var level = new Level();
        if (height == 0) return level;
        var lower = _levels[height - 1];
        for (var i = 0; i < lower.Count - 1; i++)
        {
            if ((i & (Fan - 1)) == 0) level.Add(lower.Cells[i]);
            else level.Cells[i >> FanBits].Append(lower.Cells[i]);
        }
        return level;
    }

    private void AppendToLast()
    {
        var index = _sealedCount - 1;
        foreach (var level in _levels)
        {
            if (level.Count == 0) return;
            level.Cells[index].Append(_running);
            index >>= FanBits;
        }
    }

    private int Find(long id)
    {
        var index = Array.BinarySearch(_ids, 0, _sealedCount, id);
        Invariant.Holds(index >= 0);
        return index;
    }

    private void Compact()
    {
        // In place: what is pushed lands behind what is still to be read. New arrays would be large objects, whose garbage costs full collections.
        var (cells, ids, starts, count) = (_levels[0].Cells, _ids, _starts, _sealedCount);
        Clear();
        for (var i = 0; i < count;)
        {
            var epoch = cells[i];
            var live = i++;
            while (i < count && starts[i] == 0) epoch.Append(cells[i++]);
            // Dead cells at the very beginning have no predecessor: no open position is as old.
            if (starts[live] > 0) Push(ids[live], starts[live], epoch);
        }
    }

    private sealed class Level
    {
        public Excursion[] Cells = new Excursion[Fan];
        public int Count;

        public void Add(in Excursion cell)
        {
            if (Count == Cells.Length) Array.Resize(ref Cells, Count * 2);
            Cells[Count++] = cell;
        }
    }
}
