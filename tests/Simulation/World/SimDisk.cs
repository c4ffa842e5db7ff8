using StreamRecorder.Engine.Journal;
using StreamRecorder.Engine.Tests.Journal;

namespace StreamRecorder.Simulation;

/// <summary>
/// A disk with a volatile cache over <see cref="FaultyDisk"/>. Data stays in the cache until the commit slot that needs it is written: then it
/// goes down sector by sector in order, whatever order the pool's threads brought it in, so that the n-th operation is the same in every run of
/// a seed. A commit waits at its slot until the run lets it go; a crash leaves a random subset of the cached sectors and of the waiting slot's.
/// </summary>
internal sealed class SimDisk : JournalDisk
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly object _gate = new();
    private readonly FaultyDisk _disk;
    private readonly SortedDictionary<(int Segment, long Offset), byte[]> _cache = [];
    private readonly SortedSet<int> _removed = [];
    private (int Slot, byte[] Bytes)? _waiting;
    private bool _isGated;
    private bool _isLetGo;
    private bool _isExtending;
    private bool _hasRefusedData;
    private bool _isDown;

    public SimDisk(int seed) : this(new FaultyDisk(seed)) { }

    private SimDisk(FaultyDisk disk) => _disk = disk;

    /// <summary>Operations from now on until one fails, as of a full disk; 0: none does.</summary>
    public int FailIn { set => _disk.FailAt = value == 0 ? 0 : _disk.Operations + value; }

    public bool HasFailed => _disk.HasFailed;

    /// <summary>Data writes fail at once, before any slot (the device's own path).</summary>
    public bool FailsData { get; set; }

    /// <summary>A planted fault: from now on writes are claimed and dropped.</summary>
    public bool Lies { get; set; }

    public override string Name => "sim";

    public override string SlotsName => "sim/commits";

    public override string SegmentName(int number) => _disk.SegmentName(number);

    /// <summary>From now on commits wait at their slot. At a start they do not: the journal itself writes there.</summary>
    public void Gate() => _isGated = true;

    /// <summary>Blocks until the commit under way has come to its slot, or its data was refused and the journal has heard of it.</summary>
    public void AwaitSlot(Func<bool> hasFailed) => Await(() => _waiting is not null || (_hasRefusedData && hasFailed()));

    /// <summary>
    /// Lets segments be written ahead until <paramref name="isDone"/>; at other times they wait, so that room never comes in the middle of a turn.
    /// </summary>
    public void Extend(Func<bool> isDone)
    {
        lock (_gate)
        {
            _isExtending = true;
            Monitor.PulseAll(_gate);
        }
        if (!SpinWait.SpinUntil(isDone, Limit)) throw new TimeoutException("The next segment was not written.");
        lock (_gate) _isExtending = false;
    }

    public bool IsWaiting
    {
        get
        {
            lock (_gate) return _waiting is not null;
        }
    }

    public void LetGo(Func<bool> isOver)
    {
        lock (_gate)
        {
            _isLetGo = true;
            Monitor.PulseAll(_gate);
        }
        Await(() => _waiting is null && isOver());
    }

    /// <summary>Something that a waiter may look at has changed.</summary>
    public void Pulse()
    {
        lock (_gate) Monitor.PulseAll(_gate);
    }

    /// <summary>Sequence up to which the medium itself holds whole commits: what a start would find at least.</summary>
    public long DurableSequence
    {
        get
        {
            var newest = 0L;
            foreach (var point in SlotPoints) newest = Math.Max(newest, point.LastSequence);
            return newest;
        }
    }

    /// <summary>First record that the newest commit on the medium keeps.</summary>
    public long FirstSequence => SlotPoints.MaxBy(p => p.Number) is { Number: > 0 } newest ? newest.FirstSequence : 1;

    private IEnumerable<CommitPoint> SlotPoints
    {
        get
        {
            foreach (var slot in _disk.ReadSlots() is { } slots ? Slots(slots) : [])
                if (CommitSlot.Read(slot) is { } commit) yield return commit.Point;
        }
    }

    /// <summary>How far a truncation has come that moved the begin to an address.</summary>
    public TruncationStage StageOf(long begin)
    {
        var points = SlotPoints.ToList();
        var later = points.Count(p => p.Begin >= begin);
        if (points.Any(p => p.Begin < begin)) return later == 0 ? TruncationStage.Begun : TruncationStage.OneSlot;
        if (points.Count < CommitSlot.Count || !_disk.Segments().Any(s => (s.Number + 1) * s.Bytes <= begin)) return TruncationStage.None;
        return Segments().Any(s => (s.Number + 1) * s.Bytes <= begin) ? TruncationStage.FilesLeft : TruncationStage.Done;
    }

    /// <summary>
    /// What the next process finds. Power lost: any subset of the sectors that were not synced; else (a kill) all that was handed over.
    /// </summary>
    public SimDisk Crash(int seed, bool losesPower)
    {
        var random = new Random(seed);
        lock (_gate)
        {
            _isDown = true;
            Monitor.PulseAll(_gate);
            _disk.FailAt = 0;
            // A slot is begun when its data is synced, never before.
            var isSlotBegun = _waiting is not null && random.Next(2) == 0;
            foreach (var ((segment, offset), bytes) in _cache)
                if (!Lies && (isSlotBegun || !losesPower || random.Next(2) == 0)) _disk.Write(segment, offset, bytes);
            if (isSlotBegun && !Lies) WriteTorn(_waiting!.Value.Slot, _waiting.Value.Bytes, random, losesPower);
            var next = new SimDisk(_disk.Restart());
            foreach (var number in _removed)
                if (random.Next(2) == 0) next._removed.Add(number);
            return next;
        }
    }

    /// <summary>After a crash: once more what the next process finds, to be damaged.</summary>
    public SimDisk Twin() => new(_disk.Restart());

    /// <summary>Flips one bit somewhere in the segments; false when there is none.</summary>
    public bool FlipDataBit(int seed)
    {
        var random = new Random(seed);
        var segments = _disk.Segments();
        if (segments.Count == 0) return false;
        var segment = segments[random.Next(segments.Count)];
        _disk.FlipBit(segment.Number, random.NextInt64(segment.Bytes));
        return true;
    }

    /// <summary>Flips a bit of one slot, if both are whole commits: the other must be enough.</summary>
    public bool FlipSlotBit(int seed)
    {
        if (_disk.ReadSlots() is not { } slots || Slots(slots).Any(s => CommitSlot.Read(s) is null)) return false;
        _disk.FlipSlotBit(seed % CommitSlot.Count);
        return true;
    }

    public override IReadOnlyList<JournalSegment> Segments()
    {
        lock (_gate) return [.. _disk.Segments().Where(s => !_removed.Contains(s.Number))];
    }

    public override void EnsureSegment(int number, long bytes)
    {
        lock (_gate)
        {
            while (_isGated && !_isExtending && !_isDown)
                if (!Monitor.Wait(_gate, Limit)) throw new IOException("Nobody let the segment be written.");
            if (_isDown) throw new IOException("The disk is gone.");
            _disk.EnsureSegment(number, bytes);
            _removed.Remove(number);
        }
    }

    // Noted here only: removals come from the pool at any time and must not shift the count of operations.
    public override void RemoveSegment(int number)
    {
        lock (_gate)
        {
            if (_isDown) throw new IOException("The disk is gone.");
            if (_disk.Segments().Any(s => s.Number == number)) _removed.Add(number);
        }
    }

    public override void Write(int segment, long offset, ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            // While a slot is being written the disk is busy: a page that is full comes after it, in every run of the seed.
            while (_waiting is not null && !_isDown)
                if (!Monitor.Wait(_gate, Limit)) throw new IOException("Nobody let the commit go.");
            if (_isDown || FailsData)
            {
                _hasRefusedData = true;
                Monitor.PulseAll(_gate);
                throw new IOException("The disk takes no data.");
            }
            for (var at = 0; at < bytes.Length; at += JournalLimits.SectorBytes)
                _cache[(segment, offset + at)] = bytes.Slice(at, Math.Min(JournalLimits.SectorBytes, bytes.Length - at)).ToArray();
        }
    }

    public override int Read(int segment, long offset, Span<byte> bytes)
    {
        lock (_gate)
        {
            var count = _disk.Read(segment, offset, bytes);
            for (var at = 0; at < count; at += JournalLimits.SectorBytes)
                if (_cache.TryGetValue((segment, offset + at), out var sector))
                    sector.AsSpan(0, Math.Min(sector.Length, count - at)).CopyTo(bytes[at..]);
            return count;
        }
    }

    public override byte[]? ReadSlots() => _disk.ReadSlots();

    public override void CreateSlots(ReadOnlySpan<byte> bothSlots) => _disk.CreateSlots(bothSlots);

    public override void WriteSlot(int slot, ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            _waiting = (slot, bytes.ToArray());
            Monitor.PulseAll(_gate);
            while (_isGated && !_isLetGo && !_isDown)
                if (!Monitor.Wait(_gate, Limit)) throw new IOException("Nobody let the commit go.");
            if (_isDown) throw new IOException("The disk is gone.");
            var (_, content) = _waiting.Value;
            try
            {
                if (Lies) return;
                Sync();
                _disk.WriteSlot(slot, content);
            }
            catch (IOException)
            {
                // A page that waits for this slot must not race with the crash that follows.
                FailsData = true;
                throw;
            }
            finally
            {
                _isLetGo = false;
                _waiting = null;
                Monitor.PulseAll(_gate);
            }
        }
    }

    protected override void Dispose(bool disposing)
    {
        lock (_gate)
        {
            _isDown = true;
            Monitor.PulseAll(_gate);
        }
    }

    private static IEnumerable<byte[]> Slots(byte[] slots) => slots.Chunk(CommitSlot.Bytes);

    private void Sync()
    {
        foreach (var (place, bytes) in _cache.ToArray())
        {
            _disk.Write(place.Segment, place.Offset, bytes);
            _cache.Remove(place);
        }
    }

    /// <summary>Sectors of the new slot and of the old one, mixed; a kill leaves one of them whole.</summary>
    private void WriteTorn(int slot, byte[] bytes, Random random, bool losesPower)
    {
        var mixed = _disk.ReadSlots()!.AsSpan(slot * CommitSlot.Bytes, CommitSlot.Bytes).ToArray();
        var isAll = random.Next(3);
        for (var at = 0; at < bytes.Length; at += JournalLimits.SectorBytes)
            if (isAll == 0 || (isAll == 1 && losesPower && random.Next(2) == 0)) bytes.AsSpan(at, JournalLimits.SectorBytes).CopyTo(mixed.AsSpan(at));
        _disk.WriteSlot(slot, mixed);
    }

    private void Await(Func<bool> isDone)
    {
        lock (_gate)
        {
            while (!isDone())
                if (!Monitor.Wait(_gate, Limit)) throw new TimeoutException("The journal neither committed nor failed.");
        }
    }
}
