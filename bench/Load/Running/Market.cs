using System.Collections.Concurrent;
using System.Diagnostics;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Prices;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Engine.Signals;
using StreamRecorder.Host;
using StreamRecorder.Load.Reporting;

namespace StreamRecorder.Load.Running;

/// <summary>
/// Open positions of many recorders in some contracts, and a feed of ticks of these contracts at a steady rate, with fills in between.
/// </summary>
internal sealed class Market
{
    /// <summary>A fill for so many steps of ticks: 200 a second.</summary>
    private const int StepsPerSignal = 5;

    /// <summary>What a feed sends at once: the ticks of a millisecond.</summary>
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(1);

    /// <summary>The last batches are applied within this: the engine takes them in microseconds, unless it has ended.</summary>
    private static readonly TimeSpan ApplyTime = TimeSpan.FromSeconds(10);

    private readonly Composition _pipe;
    private readonly List<Symbol> _symbols = [];
    private readonly FeedSession _session = new("load");
    private readonly int _recorders;
    private long _sent;

    private Market(Composition pipe, int recorders)
    {
        (_pipe, _recorders) = (pipe, recorders);
        foreach (var name in Contracts.Names)
        {
            if (!pipe.Symbols.TryResolve(name, pipe.Client.Now, out var symbol, out var refusal))
                throw new InvalidOperationException($"{name}: {refusal?.Detail}");
            _symbols.Add(symbol);
        }
    }

    /// <summary>As of which the database is.</summary>
    public long RowsWritten => _pipe.Outbox.DurableSequence;

    public static async Task<Market> OpenAsync(Composition pipe, int positions)
    {
        var market = new Market(pipe, Math.Max(1, positions / Contracts.Names.Count));
        for (var i = 0; i < market._recorders; i++)
        {
            var token = new RecorderToken("load", Secret.Hash($"load-{i}"), pipe.Client.Now);
            if ((await pipe.Client.SendAsync(
                new AddRecorder(new RecorderSettings { Name = $"load-{i}" }, token)).ConfigureAwait(false)).Refusal is { } no)
                throw new InvalidOperationException(no.Detail);
        }
        foreach (var chunk in Enumerable.Range(0, positions).Chunk(EngineLimits.SignalsMax / 2))
            await Task.WhenAll(chunk.Select(market.Buy).Select(m => m.Answer)).ConfigureAwait(false);
        return market;
    }

    /// <summary>
    /// For so long, so many ticks a second, a step at a time; returns how many were sent. A batch that goes out late because the load or a collection
    /// held it up is late in <paramref name="sinceDue"/>, which has the time since it was due, by a schedule that waits for nothing.
    /// </summary>
    public long Run(TimeSpan time, int ticksPerSecond, Latencies? latencies, Latencies? sinceDue = null)
    {
        var (before, merged) = (_sent, _pipe.Engine.Counters.TicksMerged);
        var late = new ConcurrentQueue<TimeSpan>();
        _pipe.Engine.BatchApplied = latencies is null ? null : seconds =>
        {
            latencies.Add((long)(seconds * 1e9));
            if (late.TryDequeue(out var lateness)) sinceDue?.Add((long)(seconds * 1e9) + (long)lateness.TotalNanoseconds);
        };
        var started = Stopwatch.GetTimestamp();
        for (var step = 1; Stopwatch.GetElapsedTime(started) < time; step++)
        {
            late.Enqueue(Stopwatch.GetElapsedTime(started) - (step - 1) * Step);
            Send(ticksPerSecond / (int)(1000 / Step.TotalMilliseconds));
            if (step % StepsPerSignal == 0) Buy((int)(_sent % (_recorders * Contracts.Names.Count)));
            var left = step * Step - Stopwatch.GetElapsedTime(started);
            if (left > TimeSpan.Zero) Thread.Sleep(left);
        }
        if (latencies is not null && !SpinWait.SpinUntil(() => late.IsEmpty, ApplyTime)) throw new TimeoutException("The last batches are not applied.");
        _pipe.Engine.BatchApplied = null;
        if (_pipe.Engine.Counters.TicksMerged != merged) throw new InvalidOperationException("Batches were merged: which waited how long is not known.");
        return _sent - before;
    }

    private void Send(int ticks)
    {
        var batch = TickBatch.Rent(_session, _pipe.Client.Now, TimeProvider.System.GetTimestamp());
        for (var i = 0; i < ticks; i++)
            batch.Ticks[batch.Count++] =
                new Tick(_symbols[(int)(++_sent % Contracts.Names.Count)].Id, Contracts.PriceAt(_sent), batch.ReceivedAt);
        batch.SymbolsMax = Contracts.Names.Count;
        _pipe.Inbox.OfferAsync(batch, CancellationToken.None).AsTask().GetAwaiter().GetResult();
    }

    private SignalMessage Buy(int position)
    {
        var signal = new Signal
        {
            Symbol = _symbols[position % Contracts.Names.Count],
            Action = SignalAction.Buy,
            Price = 5000 * Fixed9.One,
            BodyHash = (UInt128)(++_sent),
        };
        var message = new SignalMessage(position / Contracts.Names.Count + 1, signal) { ReceivedAt = _pipe.Client.Now };
        if (_pipe.Inbox.Offer(message) is { } full) throw new InvalidOperationException(full.Detail);
        return message;
    }
}
