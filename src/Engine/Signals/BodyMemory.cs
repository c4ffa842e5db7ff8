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
    private readonly Dictionary<(long RecorderId, UInt128 BodyHash), SameBody> _byBody = [];
    private readonly Dictionary<long, Delivery> _bySequence = [];
    private readonly PriorityQueue<Delivery, long> _byEnd = new();
    private long _forgotten;

    /// <summary>
    /// Deliveries of one body. Only <see cref="Open"/> ones are looked through, which are few however often the body came: those that somebody waits
    /// for, and those in doubt.
    /// </summary>
    internal sealed class SameBody
    {
        public int Count { get; set; }
        public List<Delivery> Open { get; } = new(1);
        public Delivery? Newest { get; set; }
    }

    /// <summary>One delivery that was applied or ignored.</summary>
    internal sealed class Delivery((long, UInt128) body, SameBody same, SignalAnswer answer, long at, long until)
    {
        private bool _isOpen;
        private bool _isForgotten;

        public (long, UInt128) Body { get; } = body;
        public SameBody Same { get; } = same;
        public SignalAnswer Answer { get; } = answer;
        public long At { get; } = at;

        /// <summary>Of the newest repeat of it, or its own: how old a doubt may be counts from here.</summary>
        public long LastAt { get; set; } = at;
        public long Until { get; set; } = until;
        public bool IsInDoubt { get; private set; }

        /// <summary>Who waits for the answer, until it is released.</summary>
        public Messages.SignalMessage? Asker { get; private set; }

        /// <summary>From now on it is this message whose answer may stay unknown to the sender.</summary>
        public void Await(Messages.SignalMessage asker)
        {
            Asker = asker;
            asker.Delivery = this;
            Open();
        }

        public void Doubt()
        {
            IsInDoubt = true;
            Open();
        }

        /// <summary>Nobody waits for it, and it is in no doubt.</summary>
        public void Settle()
        {
            (IsInDoubt, Asker) = (false, null);
            if (_isOpen) Same.Open.Remove(this);
            _isOpen = false;
        }

        /// <summary>The answer is released; not to be used any more when the sender had given up.</summary>
        public void Released(bool isAnswered)
        {
            Asker = null;
            if (isAnswered) Settle();
            else Doubt();
        }

        /// <summary>Whoever still waits for its answer gets it; no repeat finds it any more.</summary>
        public void Forget()
        {
            Settle();
            _isForgotten = true;
        }

        /// <summary>The oldest first.</summary>
        private void Open()
        {
            if (_isOpen || _isForgotten) return;
            var place = Same.Open.Count;
            while (place > 0 && Same.Open[place - 1].Answer.Sequence > Answer.Sequence) place--;
            Same.Open.Insert(place, this);
            _isOpen = true;
        }
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
        if (!_byBody.TryGetValue((recorderId, signal.BodyHash), out var same)) return null;
        foreach (var delivery in same.Open)
            if ((delivery.IsInDoubt || delivery.Asker is { IsAbandoned: true }) && delivery.LastAt >= now - EngineLimits.DoubtAge) return delivery;
        return signal.HasFiringTime && window > 0 && same.Newest is { } newest && newest.At >= now - window ? newest : null;
    }

    /// <summary>
    /// A repeat of the delivery of <paramref name="sequence"/> came: its doubt is settled, and from now on the
    /// repeat may be in doubt in its place. Returns until when it is remembered; 0: it is not known by its body.
    /// </summary>
    internal long Repeated(long recorderId, UInt128 bodyHash, long sequence, long now)
    {
        if (Of(recorderId, bodyHash, sequence) is not { } first) return 0;
        first.Settle();
        first.LastAt = now;
        return first.Until = Math.Max(first.Until, now + EngineLimits.DoubtAge);
    }

    internal Delivery Remember(long recorderId, UInt128 bodyHash, SignalAnswer answer, long now, long until)
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
        var body = (recorderId, bodyHash);
        if (!_byBody.TryGetValue(body, out var same)) _byBody[body] = same = new SameBody();
        var delivery = new Delivery(body, same, answer, now, until);
        same.Count++;
        same.Newest = delivery;
        _bySequence.Add(answer.Sequence, delivery);
        _byEnd.Enqueue(delivery, until);
        Newest = delivery;
        return delivery;
    }

    /// <summary>The answer is released: nobody waits, and if the sender had given up, it may come again.</summary>
    internal static void Released(Messages.SignalMessage message, bool isAnswered)
    {
        // With another asker, or none, a repeat has settled it already.
        if (message.Delivery is { } delivery && delivery.Asker == message) delivery.Released(isAnswered);
    }

    /// <summary>The answer to that delivery, or to its repeat, was not written whole: an identical body may be the sender's next try.</summary>
    internal void Doubt(long recorderId, UInt128 bodyHash, long sequence) => Of(recorderId, bodyHash, sequence)?.Doubt();

    /// <summary>Sequences of the deliveries at or after a moment, rising.</summary>
    internal IEnumerable<long> Since(long oldest) =>
        _byEnd.UnorderedItems.Where(d => d.Element.LastAt >= oldest).Select(d => d.Element.Answer.Sequence).Order();

    /// <summary>The process ended: of the deliveries since then those named are in doubt, or all (null).</summary>
    internal void DoubtSince(long oldest, IReadOnlyList<long>? named)
    {
        List<long> doubtful = named is null ? [.. Since(oldest)] : [.. named.Order()];
        foreach (var sequence in doubtful)
            if (_bySequence.TryGetValue(sequence, out var delivery) && delivery.LastAt >= oldest) delivery.Doubt();
    }

    private Delivery? Of(long recorderId, UInt128 bodyHash, long sequence) =>
        _bySequence.TryGetValue(sequence, out var delivery) && delivery.Body == (recorderId, bodyHash) ? delivery : null;

    private void Forget(Delivery oldest)
    {
        _byEnd.Dequeue();
        _bySequence.Remove(oldest.Answer.Sequence);
        oldest.Forget();
        var same = oldest.Same;
        if (same.Newest == oldest) same.Newest = null;
        if (--same.Count == 0) _byBody.Remove(oldest.Body);
    }
}
