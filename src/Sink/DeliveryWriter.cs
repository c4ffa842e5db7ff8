using System.Buffers;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Recovery;

namespace StreamRecorder.Sink;

/// <summary>
/// Deliveries that may come again, within the transaction of <see cref="WriterSession"/>: a row for all of a transaction, because only a start reads
/// them; those with a key, remembered for a day, apart from those without, remembered for a minute or so.
/// </summary>
internal sealed class DeliveryWriter
{
    private readonly Statement _insert;
    private readonly Statement _repeat;
    private readonly Statement _keep;
    private readonly Run _keyed = new();
    private readonly Run _unkeyed = new();
    private long _keyedTotal;

    public DeliveryWriter(Statements statements)
    {
        _insert = statements.Prepare("INSERT INTO delivery_runs (last_sequence, until_us, keyed_total, deliveries) VALUES (?, ?, ?, ?)");
        _repeat = statements.Prepare("INSERT OR REPLACE INTO delivery_repeats (sequence, last_at_us, until_us) VALUES (?, ?, ?)");
        // Of one transaction there is a run with keys and one without: of the first two that end at or after the delivery one holds it, and it may
        // not go before. The other one is kept a minute too long.
        _keep = statements.Prepare("""
            UPDATE delivery_runs SET until_us = max(until_us, ?2)
            WHERE last_sequence IN (SELECT last_sequence FROM delivery_runs WHERE last_sequence >= ?1 ORDER BY last_sequence LIMIT 2)
            """);
        var newest = statements.Prepare(DeliveryRun.NewestTotal);
        newest.Step();
        // NULL reads as 0.
        _keyedTotal = newest.Int64(0);
        newest.Reset();
    }

    public void Write(IReadOnlyList<Delivery> deliveries)
    {
        foreach (var (at, applied) in deliveries)
        {
            var signal = applied.Input.Signal;
            var run = signal.Key is null ? _unkeyed : _keyed;
            run.Add(new StoredRepeat(
                applied.Input.RecorderId, signal.Key, signal.BodyHash, at, at, applied.Answer, applied.RememberUntil, signal.HasFiringTime));
        }
        _keyedTotal += _keyed.Count;
        Flush(_keyed, _keyedTotal);
        Flush(_unkeyed, null);
    }

    /// <summary>After the deliveries of the same transaction: it may be one of them that came again.</summary>
    public void Write(BodyNoted noted, long at)
    {
        _repeat.Add(noted.Input.Answer.Sequence).Add(at).Add(noted.RememberUntil).Run();
        _keep.Add(noted.Input.Answer.Sequence).Add(noted.RememberUntil).Run();
    }

    private void Flush(Run run, long? keyedTotal)
    {
        if (run.Count == 0) return;
        run.Seal();
        _insert.Add(run.LastSequence).Add(run.Until).Add(keyedTotal).Add(run.Bytes).Run();
        run.Clear();
    }

    private sealed class Run
    {
        private readonly ArrayBufferWriter<byte> _bytes = new();

        public int Count { get; private set; }

        public long LastSequence { get; private set; }

        public long Until { get; private set; }

        public ReadOnlySpan<byte> Bytes => _bytes.WrittenSpan;

        public void Add(in StoredRepeat delivery)
        {
            DeliveryRun.Append(_bytes, delivery);
            LastSequence = delivery.Answer.Sequence;
            Until = Math.Max(Until, delivery.Until);
            Count++;
        }

        public void Seal() => DeliveryRun.Seal(_bytes);

        public void Clear()
        {
            _bytes.ResetWrittenCount();
            Until = 0;
            Count = 0;
        }
    }
}
