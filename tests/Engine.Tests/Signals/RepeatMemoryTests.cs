using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Signals;
using Xunit;

namespace StreamRecorder.Engine.Tests.Signals;

public sealed class RepeatMemoryTests
{
    private const int DeliveriesMax = 50;

    /// <summary>The same memory as a list that is looked through.</summary>
    private readonly List<(long RecorderId, string Key, UInt128 Body, long At, SignalAnswer Answer)> _list = [];
    private readonly RepeatMemory _memory = new(DeliveriesMax);
    private long _forgotten;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Memory_OfRandomDeliveries_AnswersAsAListDoes(int seed)
    {
        var random = new Random(seed);
        var now = 1_000_000_000_000L;
        var (repeats, reused) = (0, 0);
        for (var i = 1; i <= 5000; i++)
        {
            // Days go by in some stretches, seconds in others: both bounds are met.
            now += random.NextInt64(i / 500 % 2 == 0 ? Timestamp.Day / 10 : Timestamp.Second);
            var (recorder, key, body) = (random.NextInt64(1, 3), $"id {random.Next(20)}", (UInt128)random.Next(3));
            var expected = Listed(recorder, key, body, now, out var isListedReused);
            var found = _memory.Find(recorder, key, body, now, out var isReused);
            Assert.Equal((expected, isListedReused), (found, isReused));
            if (found is not null) repeats++;
            if (isReused) reused++;
            if (found is null) Remember(recorder, key, body, now, AnswerOf(i, random));
            Assert.Equal((_list.Count, _forgotten), (_memory.Count, _memory.Forgotten));
        }
        Assert.Equal(
            _list.Where(d => d.At >= now - Timestamp.Day).Select(d => (d.RecorderId, d.Body, d.Answer, d.At)),
            _memory.Since(now - Timestamp.Day).Select(d => (d.RecorderId, d.BodyHash, d.Answer, d.At)));
        Assert.InRange(repeats, 100, 5000);
        Assert.InRange(reused, 100, 5000);
        Assert.InRange(_forgotten, 100, 5000);
    }

    [Fact]
    public void Memory_OfOneKeyForAllBodies_FindsEachAndGivesUpTheOldest()
    {
        const int bodies = 100_000;
        const int max = 50_000;
        var memory = new RepeatMemory(max);
        for (var i = 1; i <= bodies; i++)
        {
            Assert.Null(memory.Find(1, "order-1", (UInt128)i, i, out var isReused));
            Assert.Equal(i > 1, isReused);
            memory.Remember(1, "order-1", (UInt128)i, i, new SignalAnswer { Status = SignalStatus.Accepted, Sequence = i });
        }
        Assert.Equal((max, bodies - max), (memory.Count, memory.Forgotten));
        Assert.Null(memory.Find(1, "order-1", bodies - max, bodies, out _));
        Assert.Equal(bodies - max + 1, memory.Find(1, "order-1", bodies - max + 1, bodies, out _)!.Sequence);
        Assert.Equal(bodies, memory.Find(1, "order-1", bodies, bodies, out _)!.Sequence);
    }

    [Fact]
    public void Memory_AfterADayOfSilence_GivesUpTheOldInSteps()
    {
        var memory = new RepeatMemory();
        for (var i = 1; i <= 1000; i++) memory.Remember(1, $"id {i}", 1, i, new SignalAnswer { Status = SignalStatus.Accepted, Sequence = i });
        var later = 2 * EngineLimits.RepeatKeyAge;
        memory.Remember(1, "new", 1, later, new SignalAnswer { Status = SignalStatus.Accepted, Sequence = 1001 });
        Assert.InRange(memory.Count, 900, 1000);
        // One that is still there, its day over, comes anew.
        Assert.Null(memory.Find(1, "id 500", 1, later, out var isReused));
        Assert.False(isReused);
        memory.Remember(1, "id 500", 1, later, new SignalAnswer { Status = SignalStatus.Accepted, Sequence = 1002 });
        Assert.Equal(1002, memory.Find(1, "id 500", 1, later, out _)!.Sequence);
        Assert.Equal(0, memory.Forgotten);
    }

    private static SignalAnswer AnswerOf(int sequence, Random random) => new()
    {
        Status = random.Next(2) == 0 ? SignalStatus.Accepted : SignalStatus.Ignored,
        Sequence = sequence,
        Effect = (Effect)random.Next(6),
        PositionId = random.NextInt64(),
        PositionIsOpen = random.Next(2) == 0,
        ClosedPositionId = random.NextInt64(),
        Flags = (Flags)random.Next(256),
        Reason = (IgnoreReason)random.Next(9),
    };

    private SignalAnswer? Listed(long recorder, string key, UInt128 body, long now, out bool isReused)
    {
        var known = _list.Where(d => d.RecorderId == recorder && d.Key == key && d.At >= now - EngineLimits.RepeatKeyAge).ToList();
        var answer = known.Where(d => d.Body == body).Select(d => d.Answer).SingleOrDefault();
        isReused = answer is null && known.Count > 0;
        return answer;
    }

    private void Remember(long recorder, string key, UInt128 body, long now, SignalAnswer answer)
    {
        _list.RemoveAll(d => d.At < now - EngineLimits.RepeatKeyAge);
        if (_list.Count == DeliveriesMax)
        {
            _list.RemoveAt(0);
            _forgotten++;
        }
        _list.Add((recorder, key, body, now, answer));
        _memory.Remember(recorder, key, body, now, answer);
    }
}
