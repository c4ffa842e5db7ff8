using System.Threading.Channels;
using BenchmarkDotNet.Attributes;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Signals;

namespace StreamRecorder.Micro;

/// <summary>
/// So many messages into the inbox and out again, each with its place in the quota of its kind, beside
/// a bare bounded channel of the same size. One thread, nobody waits for anybody. Time is per message.
/// </summary>
public class OfferMessages : IDisposable
{
    private const int Messages = EngineLimits.TickBatchesMax;

    private readonly Inbox _inbox = new();
    private readonly TickBatch _batch = TickBatch.Rent(new FeedSession(FeedNames.Http), 0);
    private readonly SignalMessage _signal = new(1, new Signal { Symbol = Symbol.None, Action = SignalAction.Buy });
    private readonly Channel<object> _channel = Channel.CreateBounded<object>(
        new BoundedChannelOptions(EngineLimits.SignalsMax + EngineLimits.TickBatchesMax + EngineLimits.QueriesMax) { SingleReader = true });

    [Benchmark(Baseline = true, OperationsPerInvoke = Messages)]
    public int BareChannel()
    {
        for (var i = 0; i < Messages; i++) _channel.Writer.TryWrite(_signal);
        var taken = 0;
        while (_channel.Reader.TryRead(out _)) taken++;
        return taken;
    }

    [Benchmark(OperationsPerInvoke = Messages)]
    public int Signals()
    {
        for (var i = 0; i < Messages; i++) _inbox.Offer(_signal);
        var taken = 0;
        for (; _inbox.TryTake(out _); taken++) _inbox.Answered();
        return taken;
    }

    [Benchmark(OperationsPerInvoke = Messages)]
    public async Task<int> TickBatches()
    {
        for (var i = 0; i < Messages; i++) await _inbox.OfferAsync(_batch, CancellationToken.None).ConfigureAwait(false);
        var taken = 0;
        while (_inbox.TryTake(out _)) taken++;
        return taken;
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _inbox.Dispose();
        GC.SuppressFinalize(this);
    }
}
