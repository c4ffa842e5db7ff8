using System.Threading.Channels;
using BenchmarkDotNet.Attributes;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Messages;

namespace StreamRecorder.Micro;

/// <summary>
/// A batch of outputs through the outbox: released, read, and told durable, beside a bare channel that forgets them. Time is per group.
/// </summary>
public class ReleaseOutputs
{
    private const int Groups = 512;

    private readonly OutputGroup[] _groups = new OutputGroup[Groups];
    private readonly Outbox _outbox = new(2 * Groups);
    private readonly Channel<OutputGroup> _channel =
        Channel.CreateBounded<OutputGroup>(new BoundedChannelOptions(2 * Groups) { SingleReader = true, SingleWriter = true });

    [GlobalSetup]
    public void Setup()
    {
        for (var i = 0; i < Groups; i++) _groups[i] = new OutputGroup(i + 1, i + 1, []);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Groups)]
    public long BareChannel()
    {
        foreach (var group in _groups) _channel.Writer.TryWrite(group);
        var last = 0L;
        while (_channel.Reader.TryRead(out var group)) last = group.Sequence;
        return last;
    }

    [Benchmark(OperationsPerInvoke = Groups)]
    public long Outbox()
    {
        foreach (var group in _groups) _outbox.TryRelease(group);
        var last = 0L;
        while (_outbox.Reader.TryRead(out var group)) last = group.Sequence;
        _outbox.MarkDurable(last);
        return last;
    }
}
