using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Signals;
using StreamRecorder.Engine.Tests.Support;
using Xunit;

namespace StreamRecorder.Engine.Tests.Signals;

public sealed class BodyMemoryTests : IDisposable
{
    private readonly EngineRig _rig = new EngineRig().WithInstruments(Some.Future("MNQ", 0.25m, 0.5m));

    private Signal Body => Some.Buy(_rig.Symbol("MNQZ2025"), 1, 100) with { BodyHash = 7 };

    public void Dispose() => _rig.Dispose();

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

    [Fact]
    public void Memory_OfOneBodyAgainAndAgain_FindsTheOldestInDoubtOnly()
    {
        const int times = 100_000;
        var memory = new BodyMemory();
        var signal = Body;
        for (var i = 1; i <= times; i++)
        {
            Assert.Null(memory.FindRepeat(1, signal, i, window: 0));
            memory.Remember(1, signal.BodyHash, Accepted(i), i, i + EngineLimits.DoubtAge);
        }
        memory.Doubt(1, signal.BodyHash, 70_000);
        memory.Doubt(1, signal.BodyHash, 30_000);
        Assert.Equal(30_000, memory.FindRepeat(1, signal, times, window: 0)!.Answer.Sequence);
        memory.Repeated(1, signal.BodyHash, 30_000, times);
        Assert.Equal(70_000, memory.FindRepeat(1, signal, times, window: 0)!.Answer.Sequence);
        memory.Repeated(1, signal.BodyHash, 70_000, times);
        Assert.Null(memory.FindRepeat(1, signal, times, window: 0));
    }

    [Fact]
    public void Delivery_GivenUpWhileItsAnswerIsUnderWay_IsFoundNoMore()
    {
        var memory = new BodyMemory(1);
        var signal = Body;
        var asker = new SignalMessage(1, signal);
        memory.Remember(1, signal.BodyHash, Accepted(1), 1, 1 + EngineLimits.DoubtAge).Await(asker);
        memory.Remember(1, signal.BodyHash, Accepted(2), 2, 2 + EngineLimits.DoubtAge);
        BodyMemory.Released(asker, isAnswered: false);
        Assert.Null(memory.FindRepeat(1, signal, 3, window: 0));
    }

    private static SignalAnswer Accepted(int sequence) => new() { Status = SignalStatus.Accepted, Sequence = sequence };

    private static void Remember(BodyMemory memory, int sequence, long now) =>
        memory.Remember(1, (UInt128)sequence, Accepted(sequence), now, now + EngineLimits.DoubtAge);
}
