using System.Numerics;
using FASTER.core;
using StreamRecorder.Engine.Instruments;

namespace StreamRecorder.Engine.Positions;

/// <summary>
/// The working positions in FASTER, and the only place where their figures are. One session, used by the engine's
/// thread alone, hence no locking. Sized so that every record stays in the mutable part of memory: updates are in
/// place, nothing is ever written to a device and no operation is pending (the journal and the database are what
/// survives; docs/DECISIONS.md, "FASTER holds no checkpoint"). A key is never deleted: flat is a state.
/// </summary>
public sealed class PositionStore : IDisposable
{
    private const long PageBytes = 1 << 20;
    private const int HeaderAndKeyBytes = 8 + 16;
    private const long IndexBucketBytes = 64;
    private const int KeysPerBucket = 7;

    private readonly FasterKVSettings<PositionKey, Position> _settings;
    private readonly FasterKV<PositionKey, Position> _store;
    private readonly ClientSession<PositionKey, Position, Position, Position, Empty, Functions> _session;
    private readonly int _keysMax;

    public PositionStore(int keysMax)
    {
        _keysMax = keysMax;
        var recordBytes = HeaderAndKeyBytes + System.Runtime.CompilerServices.Unsafe.SizeOf<Position>();
        // A page keeps whole records only; a quarter more leaves room for the read-only share and the page being opened.
        var recordsPerPage = PageBytes / recordBytes;
        var pages = keysMax / recordsPerPage + 4;
        _settings = new FasterKVSettings<PositionKey, Position>
        {
            LogDevice = new NullDevice(),
            IndexSize = (long)BitOperations.RoundUpToPowerOf2((ulong)Math.Max(IndexBucketBytes * keysMax / KeysPerBucket * 2, 1 << 16)),
            PageSize = PageBytes,
            MemorySize = (long)BitOperations.RoundUpToPowerOf2((ulong)(pages * PageBytes * 5 / 4)),
            SegmentSize = 1 << 30,
            ConcurrencyControlMode = ConcurrencyControlMode.None,
            EqualityComparer = new KeyComparer(),
        };
        _store = new FasterKV<PositionKey, Position>(_settings);
        _session = _store.For(new Functions()).NewSession<Functions>();
    }

    /// <summary>Keys ever used, flat ones too.</summary>
    public int KeyCount { get; private set; }

    /// <summary>Where the log of records ends: it moves when a key is new, and never for an update in place.</summary>
    internal long TailAddress => _store.Log.TailAddress;

    public bool IsFull => KeyCount >= _keysMax;

    /// <summary>Reads the record of a key; false (and a flat record) when the key was never used.</summary>
    public bool TryRead(PositionKey key, out Position position)
    {
        position = default;
        var status = _session.Read(ref key, ref position);
        Invariant.Holds(!status.IsPending && !status.IsFaulted);
        return status.Found;
    }

    /// <summary>Writes the record of a key, in place when it was used before.</summary>
    public void Write(PositionKey key, in Position position, bool isNew)
    {
        Invariant.Holds(!isNew || KeyCount < _keysMax);
        var value = position;
        var status = _session.Upsert(ref key, ref value);
        Invariant.Holds(!status.IsPending && !status.IsFaulted);
        if (isNew) KeyCount++;
    }

    public void Dispose()
    {
        _session.Dispose();
        _store.Dispose();
        _settings.LogDevice.Dispose();
    }

    private sealed class Functions : SimpleFunctions<PositionKey, Position>;

    private sealed class KeyComparer : IFasterEqualityComparer<PositionKey>
    {
        public bool Equals(ref PositionKey left, ref PositionKey right) => left == right;

        public long GetHashCode64(ref PositionKey key) =>
            Utility.GetHashCode(key.RecorderId * 0x9E37_79B9 + key.SymbolId) ^ Utility.GetHashCode(key.SymbolId);
    }
}
