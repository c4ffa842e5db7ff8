using FASTER.core;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Prices;

namespace StreamRecorder.Micro;

/// <summary>
/// The design that the epochs replace: on each tick, one read-modify-write in FASTER for each open position. All in memory, one session, no locks.
/// </summary>
internal sealed class NaiveStore : IDisposable
{
    private readonly FasterKVSettings<PositionKey, Position> _settings;
    private readonly FasterKV<PositionKey, Position> _store;
    private readonly ClientSession<PositionKey, Position, Tick, Empty, Empty, ObserveTick> _session;
    private readonly int _positions;

    public NaiveStore(int positions)
    {
        _positions = positions;
        _settings = new FasterKVSettings<PositionKey, Position>
        {
            LogDevice = new NullDevice(),
            IndexSize = 1 << 24,
            PageSize = 1 << 20,
            MemorySize = 1 << 28,
            SegmentSize = 1 << 30,
            ConcurrencyControlMode = ConcurrencyControlMode.None,
            EqualityComparer = new KeyComparer(),
        };
        _store = new FasterKV<PositionKey, Position>(_settings);
        _session = _store.For(new ObserveTick()).NewSession<ObserveTick>();
        for (var i = 1; i <= positions; i++) Open(i);
    }

    public void Observe(Tick tick)
    {
        for (var i = 1; i <= _positions; i++)
        {
            var key = new PositionKey(i, tick.SymbolId);
            if (_session.RMW(ref key, ref tick).IsPending) throw new InvalidOperationException("a record left memory");
        }
    }

    public void Dispose()
    {
        _session.Dispose();
        _store.Dispose();
        _settings.LogDevice.Dispose();
    }

    private void Open(int recorder)
    {
        var key = new PositionKey(recorder, 0);
        var side = recorder % 2 == 0 ? 1 : -1;
        var position = new Position { Id = recorder, Quantity = side * Fixed9.One, Cost = (Int128)side * 25_600 * Fixed9.One * Fixed9.One };
        _session.Upsert(ref key, ref position);
    }

    private sealed class ObserveTick : FunctionsBase<PositionKey, Position, Tick, Empty, Empty>
    {
        public override bool InPlaceUpdater(ref PositionKey key, ref Tick tick, ref Position value, ref Empty output, ref RMWInfo rmwInfo)
        {
            PositionMath.Observe(ref value, tick.Price, tick.At);
            return true;
        }
    }

    private sealed class KeyComparer : IFasterEqualityComparer<PositionKey>
    {
        public bool Equals(ref PositionKey left, ref PositionKey right) => left == right;

        public long GetHashCode64(ref PositionKey key) => Utility.GetHashCode(key.RecorderId) ^ key.SymbolId;
    }
}
