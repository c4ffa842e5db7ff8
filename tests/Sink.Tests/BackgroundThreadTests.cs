using StreamRecorder.Engine;
using StreamRecorder.Engine.Signals;
using Xunit;

namespace StreamRecorder.Sink.Tests;

/// <summary>The thread that writes for the sink, and who it is.</summary>
public sealed class BackgroundThreadTests : IAsyncDisposable
{
    private readonly Rig _rig = new();

    [Fact]
    public void Run_SomeWork_IsDoneByTheOneThreadAndReturned()
    {
        using var thread = new BackgroundThread("test");
        var first = thread.Run(() => Environment.CurrentManagedThreadId);
        Assert.NotEqual(Environment.CurrentManagedThreadId, first);
        Assert.Equal(first, thread.Run(() => Environment.CurrentManagedThreadId));
    }

    [Fact]
    public void Run_WorkThatFails_ThrowsItHereAndGoesOn()
    {
        using var thread = new BackgroundThread("test");
        var fault = Assert.Throws<InvalidDataException>(() => thread.Run<int>(() => throw new InvalidDataException("such")));
        Assert.Equal("such", fault.Message);
        Assert.Equal(3, thread.Run(() => 3));
    }

    [Fact]
    public async Task Sink_OnLinux_WritesOnAThreadThatGivesWayAndTellsOnOneThatDoesNot()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Only Linux knows the niceness of a thread.");
        var usual = ThreadScheduling.Niceness;
        var (writing, telling) = (-1, -1);
        var ledger = new LedgerSettings
        {
            AnsweredAt = _ =>
            {
                writing = ThreadScheduling.Niceness;
                return null;
            },
        };
        _rig.StartSink(ledger: ledger).Flushed += _ => telling = ThreadScheduling.Niceness;
        var script = new Script();
        script.Buy(script.Recorder("A"), 1, 25_000, receipt: new Receipt("x"u8.ToArray(), false, script.Now));
        _rig.Release(script.Groups);
        await _rig.EndSinkAsync();
        Assert.Equal(Math.Min(19, usual + SinkLimits.Niceness), writing);
        Assert.Equal(usual, telling);
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();
}
