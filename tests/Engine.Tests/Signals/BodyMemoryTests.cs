using StreamRecorder.Engine.Signals;
using Xunit;

namespace StreamRecorder.Engine.Tests.Signals;

public sealed class BodyMemoryTests
{
    [Fact]
    public void Memory_OfMoreBodiesThanItMay_GivesUpTheOldestAndCountsThem()
    {
        var memory = new BodyMemory(10);
        for (var i = 1; i <= 15; i++) Remember(memory, i, now: i);
        Assert.Equal((10, 5), (memory.Count, memory.Forgotten));
        memory.DoubtSince(0, null);
        Assert.Equal(Enumerable.Range(6, 10).Select(i => (long)i), memory.Since(0));
    }

    [Fact]
    public void Memory_OfBodiesWhoseMinuteIsOver_CountsNone()
    {
        var memory = new BodyMemory(10);
        for (var i = 1; i <= 15; i++) Remember(memory, i, now: i * 2 * EngineLimits.DoubtAge);
        Assert.Equal((1, 0), (memory.Count, memory.Forgotten));
    }

    private static void Remember(BodyMemory memory, int sequence, long now)
    {
        var answer = new SignalAnswer { Status = SignalStatus.Accepted, Sequence = sequence };
        memory.Remember(1, (UInt128)sequence, answer, now, now + EngineLimits.DoubtAge, hasFiringTime: false);
    }
}
