using System.Buffers;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Numbers;

namespace StreamRecorder.Ingest.Ticks;

/// <summary>
/// Pumps one sender's stream into the inbox in batches: a batch goes when it is full, and when no more
/// bytes are waiting, so that a slow sender's lines apply at once. A full inbox makes it stop reading,
/// which the sender feels. One object per request; disposed of after <see cref="FinishAsync"/>.
/// </summary>
internal sealed class TickIntake(Inbox inbox, SymbolTable symbols, TimeProvider time, string feed, LiveFeed live) : IDisposable
{
    private readonly FeedSession _session = new(feed);
    private TickBatch? _batch;
    private bool _hasSent;

    public TickDecoder Decoder { get; } = new(symbols, live);

    public long Applied => _session.Applied;

    public long Late => _session.Late;

    /// <summary>
    /// Reads to the end of the stream. When it throws, because the stream broke, all complete
    /// lines that arrived were decoded; <see cref="FinishAsync"/> is still to be called.
    /// </summary>
    public async Task ReadAsync(Stream stream, CancellationToken cancel)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var buffer = ArrayPool<byte>.Shared.Rent(IngestLimits.ReadBufferBytes);
        try
        {
            var filled = 0;
            for (var isFinal = false; !isFinal && Decoder.Refusal is null;)
            {
                var count = await ReadAsync(stream, buffer.AsMemory(filled), end).ConfigureAwait(false);
                isFinal = count == 0;
                filled += count;
                var used = await DecodeAsync(buffer.AsMemory(0, filled), isFinal).ConfigureAwait(false);
                buffer.AsSpan(used, filled - used).CopyTo(buffer);
                filled -= used;
            }
            live.End();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Sends what is left and waits until all that was sent is applied and durable.</summary>
    public async Task FinishAsync()
    {
        if (!_hasSent && _batch is not { Count: > 0 }) return;
        var durable = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var last = _batch ?? NewBatch();
        last.Durable = durable;
        _batch = null;
        await inbox.OfferAsync(last, CancellationToken.None).ConfigureAwait(false);
        await durable.Task.ConfigureAwait(false);
    }

    public void Dispose() => live.Dispose();

    private async ValueTask<int> DecodeAsync(ReadOnlyMemory<byte> data, bool isFinal)
    {
        var arrival = Timestamp.From(time.GetUtcNow());
        var stamp = time.GetTimestamp();
        for (var used = 0; ;)
        {
            var batch = _batch ??= TickBatch.Rent(_session, arrival, stamp);
            used += Decoder.Decode(data.Span[used..], isFinal, arrival, batch.Ticks.AsSpan(batch.Count), out var written);
            batch.Count += written;
            if (!batch.IsFull) return used;
            await SendAsync().ConfigureAwait(false);
        }
    }

    /// <summary>What is there goes to the engine before a wait for more.</summary>
    private async ValueTask<int> ReadAsync(Stream stream, Memory<byte> buffer, CancellationTokenSource end)
    {
        var read = stream.ReadAsync(buffer, end.Token);
        try
        {
            if (!read.IsCompleted) await SendAsync().ConfigureAwait(false);
        }
        catch
        {
            // The buffer is given back next, and nobody may write into it then.
            await end.CancelAsync().ConfigureAwait(false);
            await ((Task)read.AsTask()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
        return await read.ConfigureAwait(false);
    }

    /// <summary>Not cancelled with the request: what arrived counts.</summary>
    private async ValueTask SendAsync()
    {
        if (_batch is not { Count: > 0 } batch) return;
        _batch = null;
        _hasSent = true;
        await inbox.OfferAsync(batch, CancellationToken.None).ConfigureAwait(false);
    }

    private TickBatch NewBatch() => TickBatch.Rent(_session, Timestamp.From(time.GetUtcNow()));
}
