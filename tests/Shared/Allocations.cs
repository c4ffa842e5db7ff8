namespace StreamRecorder.Tests.Shared;

/// <summary>What a piece of code allocates on the calling thread.</summary>
internal static class Allocations
{
    private const int Rounds = 20;

    /// <summary>
    /// The least of some rounds, in bytes: the runtime itself may allocate in one, while it replaces the code by better code or
    /// loads something late; code that allocates does so in each.
    /// </summary>
    public static long Least(Action round) => Enumerable.Range(0, Rounds).Min(_ =>
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        round();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    });
}
