using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Tests.Support;
using StreamRecorder.Tests.Shared;
using Xunit;

namespace StreamRecorder.Engine.Tests.Positions;

public sealed class PositionStoreTests
{
    [Fact]
    public void Store_AtItsBound_KeepsEveryRecordInMemoryThroughManyUpdates()
    {
        const int keys = 200_000;
        using var store = new PositionStore(keys);
        // Every operation asserts that it is neither pending nor faulted.
        for (var i = 0; i < keys; i++) store.Write(Key(i), new Position { Id = i + 1, Cost = i }, isNew: true);
        Assert.True(store.IsFull);
        var tail = store.TailAddress;
        for (var round = 1; round <= 5; round++)
            for (var i = 0; i < keys; i++) store.Write(Key(i), new Position { Id = i + 1, Cost = i * (Int128)round, Sequence = round }, isNew: false);
        for (var i = 0; i < keys; i++)
        {
            Assert.True(store.TryRead(Key(i), out var position));
            Assert.Equal((i + 1L, i * (Int128)5, 5L), (position.Id, position.Cost, position.Sequence));
        }
        Assert.Equal(keys, store.KeyCount);
        Assert.Equal(tail, store.TailAddress);
    }

    [Fact]
    public void Write_OneKeyBeyondTheBound_BreaksTheInvariant()
    {
        using var store = new PositionStore(1);
        store.Write(Key(1), default, isNew: true);
        Assert.Throws<InvariantException>(() => store.Write(Key(2), default, isNew: true));
        store.Write(Key(1), new Position { Id = 7 }, isNew: false);
        Assert.True(store.TryRead(Key(1), out var position) && position.Id == 7);
    }

    [Fact]
    public void TryRead_UnusedKey_IsNotFoundAndFlat()
    {
        using var store = new PositionStore(10);
        Assert.False(store.TryRead(Key(1), out var position));
        Assert.False(position.IsOpen);
    }

    [Fact]
    public void Store_RandomWritesAndReads_IsADictionary() => Seeds.Run(3, random =>
    {
        using var store = new PositionStore(500);
        var expected = new Dictionary<PositionKey, Int128>();
        for (var i = 0; i < 20_000; i++)
        {
            var key = Key(random.Next(500));
            var isKnown = expected.TryGetValue(key, out var cost);
            Assert.Equal(isKnown, store.TryRead(key, out var position));
            Assert.Equal(cost, position.Cost);
            expected[key] = (Int128)random.NextInt64() * random.NextInt64();
            store.Write(key, new Position { Cost = expected[key] }, isNew: !isKnown);
        }
    });

    [Fact]
    public void Update_InPlace_AllocatesNothing()
    {
        using var store = new PositionStore(100);
        var position = new Position { Id = 1 };
        store.Write(Key(1), position, isNew: true);
        Assert.Equal(0, Allocations.Least(Touch));

        void Touch()
        {
            for (var i = 0; i < 1000; i++)
            {
                store.TryRead(Key(1), out position);
                position.Cost++;
                store.Write(Key(1), position, isNew: false);
            }
        }
    }

    private static PositionKey Key(int i) => new(i / 7 + 1, i % 7);
}
