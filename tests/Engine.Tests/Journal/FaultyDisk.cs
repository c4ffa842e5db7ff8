using StreamRecorder.Engine.Journal;

namespace StreamRecorder.Engine.Tests.Journal;

/// <summary>
/// A disk in memory that fails on purpose and can be replayed from its seed. Operations that change it are counted
/// from 1; the n-th can fail (leaving a random subset of its 512-byte sectors written), hang until released, or be
/// the last before the machine goes down. <see cref="Restart"/> gives the disk as the next process finds it.
/// </summary>
internal sealed class FaultyDisk : JournalDisk
{
    private readonly Lock _gate = new();
    private readonly Random _random;
    private readonly SortedDictionary<int, byte[]> _segments;
    private readonly ManualResetEventSlim _released = new(false);
    private readonly ManualResetEventSlim _hanging = new(false);
    private byte[]? _slots;
    private bool _down;

    public FaultyDisk(int seed) : this(seed, [], null) { }

    private FaultyDisk(int seed, SortedDictionary<int, byte[]> segments, byte[]? slots)
    {
        Seed = seed;
        _random = new Random(seed);
        (_segments, _slots) = (segments, slots);
    }

    public int Seed { get; }

    /// <summary>Operations so far that changed (or would have changed) the disk.</summary>
    public int Operations { get; private set; }

    /// <summary>The operation that fails, 0 for none.</summary>
    public int FailAt { get; set; }

    /// <summary>When set, the machine goes down with the failing operation: all later ones fail too and change nothing.</summary>
    public bool GoesDown { get; init; }

    /// <summary>The operation that hangs until <see cref="Release"/>, 0 for none.</summary>
    public int HangAt { get; set; }

    /// <summary>No file can be made or grow; what is there can be overwritten.</summary>
    public bool IsFull { get; set; }

    public bool HasFailed { get; private set; }

    /// <summary>Nothing will ever change on it again.</summary>
    public bool IsDown
    {
        get { lock (_gate) return _down; }
    }

    public override string Name => "faulty";

    public override string SlotsName => "faulty/commits";

    public override string SegmentName(int number) => "faulty/segment." + number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Waits until the operation of <see cref="HangAt"/> is reached; false after the limit.</summary>
    public bool WaitUntilHanging(TimeSpan limit) => _hanging.Wait(limit);

    public void Release() => _released.Set();

    /// <summary>What is on the disk now, for the next process; this disk takes no more writes.</summary>
    public FaultyDisk Restart()
    {
        lock (_gate)
        {
            _down = true;
            var copy = new SortedDictionary<int, byte[]>();
            foreach (var (number, bytes) in _segments) copy.Add(number, [.. bytes]);
            return new FaultyDisk(Seed + 1, copy, _slots is null ? null : [.. _slots]);
        }
    }

    public void FlipBit(int segment, long offset) => _segments[segment][offset] ^= 1;

    public void FlipSlotBit(int slot) => _slots![(slot * CommitSlot.Bytes) + 50] ^= 1;

    public override IReadOnlyList<JournalSegment> Segments()
    {
        lock (_gate) return [.. _segments.Select(s => new JournalSegment(s.Key, s.Value.Length))];
    }

    public override void EnsureSegment(int number, long bytes)
    {
        if (IsFull) throw new IOException("No space left on device");
        Change((int)Math.Min(bytes, int.MaxValue), part =>
        {
            var old = _segments.GetValueOrDefault(number, []);
            // A torn extension leaves the file short.
            if (old.Length < part) _segments[number] = [.. old, .. new byte[part - old.Length]];
        });
    }

    public override void RemoveSegment(int number) => Change(1, part =>
    {
        if (part > 0) _segments.Remove(number);
    });

    public override void Write(int segment, long offset, ReadOnlySpan<byte> bytes)
    {
        var copy = bytes.ToArray();
        void Write(bool torn) => WriteSectors(_segments[segment], offset, copy, torn);
        Change(0, _ => Write(torn: false), () => Write(torn: true));
    }

    public override int Read(int segment, long offset, Span<byte> bytes)
    {
        lock (_gate)
        {
            if (!_segments.TryGetValue(segment, out var content)) throw new FileNotFoundException("There is no " + SegmentName(segment));
            int count = (int)Math.Clamp(content.Length - offset, 0, bytes.Length);
            content.AsSpan((int)offset, count).CopyTo(bytes);
            return count;
        }
    }

    public override byte[]? ReadSlots()
    {
        lock (_gate) return _slots is null ? null : [.. _slots];
    }

    public override void CreateSlots(ReadOnlySpan<byte> bothSlots)
    {
        var copy = bothSlots.ToArray();
        Change(1, part => _slots = part > 0 ? copy : _slots);
    }

    public override void WriteSlot(int slot, ReadOnlySpan<byte> bytes)
    {
        var copy = bytes.ToArray();
        void Write(bool torn) => WriteSectors(_slots!, (long)slot * CommitSlot.Bytes, copy, torn);
        Change(0, _ => Write(torn: false), () => Write(torn: true));
    }

    protected override void Dispose(bool disposing) => _released.Set();

    /// <summary>One counted operation: whole, torn (a random part, or what <paramref name="torn"/> does) or not at all.</summary>
    private void Change(int size, Action<int> whole, Action? torn = null)
    {
        int operation;
        lock (_gate) operation = ++Operations;
        if (operation == HangAt)
        {
            _hanging.Set();
            _released.Wait(JournalDirectory.Limit);
        }

        lock (_gate)
        {
            if (_down) throw new IOException("The disk is gone.");
            if (operation == FailAt)
            {
                HasFailed = true;
                _down = GoesDown;
                if (torn is null) whole(_random.Next(size + 1));
                else torn();
                throw new IOException("No space left on device, says the test.");
            }

            whole(size);
        }
    }

    private void WriteSectors(byte[] content, long offset, byte[] bytes, bool torn)
    {
        for (int at = 0; at < bytes.Length; at += JournalLimits.SectorBytes)
        {
            if (torn && _random.Next(2) == 0) continue;
            int length = Math.Min(JournalLimits.SectorBytes, bytes.Length - at);
            bytes.AsSpan(at, length).CopyTo(content.AsSpan((int)offset + at));
        }
    }
}
