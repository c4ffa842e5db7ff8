namespace StreamRecorder.Engine.Signals;

/// <summary>
/// Bodies without a key, as long as an identical one could be the same alert sent again: 60 s, or the recorder's duplicate window. An
/// identical body is a repeat only of a delivery that is in doubt (its sender may not have had the answer), or within the window of
/// one that carries a firing time; two real orders that look alike are two. Each doubt is settled by one repeat. Deliveries and their
/// repeats enter by Apply, so that recovery knows them; doubts of a live connection are the loop's, those of a restart Apply's.
/// </summary>
/// <param name="deliveriesMax">Most deliveries remembered.</param>
public sealed class BodyMemory(int deliveriesMax = EngineLimits.BodiesMax)
{
    private readonly Dictionary<(long RecorderId, UInt128 BodyHash), List<Delivery>> _byBody = [];
    private readonly PriorityQueue<Delivery, long> _byEnd = new();
    private long _forgotten;

    /// <summary>One delivery that was applied or ignored.</summary>
    internal sealed class Delivery((long, UInt128) body, SignalAnswer answer, long at, long until, bool hasFiringTime)
    {
        public (long RecorderId, UInt128 BodyHash) Body { get; } = body;
        public SignalAnswer Answer { get; } = answer;
        public long At { get; } = at;

        /// <summary>Of the newest repeat of it, or its own: how old a doubt may be counts from here.</summary>
        public long LastAt { get; set; } = at;
        public long Until { get; set; } = until;
        public bool HasFiringTime { get; } = hasFiringTime;
        public bool IsInDoubt { get; set; }

        /// <summary>Who waits for the answer, until it is released.</summary>
        public Messages.SignalMessage? Asker { get; set; }
    }

    public int Count => _byEnd.Count;

    /// <summary>Deliveries given up before their time was over, because there were too many. Any thread.</summary>
    public long Forgotten => Volatile.Read(ref _forgotten);

    /// <summary>The one remembered last.</summary>
    internal Delivery? Newest { get; private set; }

    /// <summary>Until when a delivery is remembered (µs).</summary>
    internal static long UntilOf(Signal signal, long now, long window) => now + Math.Max(EngineLimits.DoubtAge, signal.HasFiringTime ? window : 0);

    /// <summary>The delivery that an identical body repeats, or null.</summary>
    internal Delivery? FindRepeat(long recorderId, Signal signal, long now, long window)
    {
        if (!_byBody.TryGetValue((recorderId, signal.BodyHash), out var deliveries)) return null;
        foreach (var delivery in deliveries)
        {
            var isDoubtful = (delivery.IsInDoubt || delivery.Asker is { IsAbandoned: true }) && delivery.LastAt >= now - EngineLimits.DoubtAge;
            var isInWindow = signal.HasFiringTime && delivery.At >= now - window && window > 0;
            if (isDoubtful || isInWindow) return delivery;
        }
        return null;
    }

    /// <summary>
    /// A repeat of the delivery of <paramref name="sequence"/> came: its doubt is settled, and from now on the
    /// repeat may be in doubt in its place. Returns until when it is remembered; 0: it is not known by its body.
    /// </summary>
    internal long Repeated(long recorderId, UInt128 bodyHash, long sequence, long now)
    {
        if (!_byBody.TryGetValue((recorderId, bodyHash), out var deliveries) || deliveries.Find(d => d.Answer.Sequence == sequence) is not { } first)
            return 0;
        first.IsInDoubt = false;
        first.Asker = null;
        first.LastAt = now;
        return first.Until = Math.Max(first.Until, now + EngineLimits.DoubtAge);
    }

    internal Delivery Remember(long recorderId, UInt128 bodyHash, SignalAnswer answer, long now, long until, bool hasFiringTime)
    {
        while (_byEnd.TryPeek(out var oldest, out var end) && (end < now || _byEnd.Count >= deliveriesMax))
        {
            // A repeat has made it last longer than the queue knew.
            if (oldest.Until > end) _byEnd.DequeueEnqueue(oldest, oldest.Until);
            else
            {
                if (end >= now) Volatile.Write(ref _forgotten, _forgotten + 1);
                Forget(oldest);
            }
        }
        var delivery = new Delivery((recorderId, bodyHash), answer, now, until, hasFiringTime);
        if (!_byBody.TryGetValue(delivery.Body, out var deliveries)) _byBody[delivery.Body] = deliveries = [];
        deliveries.Add(delivery);
        _byEnd.Enqueue(delivery, until);
        Newest = delivery;
        return delivery;
    }

    /// <summary>The answer is released: nobody waits, and if the sender had given up, it may come again.</summary>
    internal static void Released(Messages.SignalMessage message, bool isAnswered)
    {
        // With another asker, or none, a repeat has settled it already.
        if (message.Delivery is not { } delivery || delivery.Asker != message) return;
        delivery.Asker = null;
        delivery.IsInDoubt = !isAnswered;
    }

    /// <summary>The answer to that delivery, or to its repeat, was not written whole: an identical body may be the sender's next try.</summary>
    internal void Doubt(long recorderId, UInt128 bodyHash, long sequence)
    {
        if (_byBody.TryGetValue((recorderId, bodyHash), out var deliveries) && deliveries.Find(d => d.Answer.Sequence == sequence) is { } delivery)
            delivery.IsInDoubt = true;
    }

    /// <summary>Sequences of the deliveries at or after a moment, rising.</summary>
    internal IEnumerable<long> Since(long oldest) =>
        _byEnd.UnorderedItems.Where(d => d.Element.LastAt >= oldest).Select(d => d.Element.Answer.Sequence).Order();

    /// <summary>The process ended: of the deliveries since then those named are in doubt, or all (null).</summary>
    internal void DoubtSince(long oldest, IReadOnlyList<long>? named)
    {
        var doubtful = named?.ToHashSet();
        foreach (var (delivery, _) in _byEnd.UnorderedItems)
            if (delivery.LastAt >= oldest && doubtful?.Contains(delivery.Answer.Sequence) != false) delivery.IsInDoubt = true;
    }

    private void Forget(Delivery oldest)
    {
        _byEnd.Dequeue();
        var deliveries = _byBody[oldest.Body];
        deliveries.Remove(oldest);
        if (deliveries.Count == 0) _byBody.Remove(oldest.Body);
    }
}
