namespace StreamRecorder.Engine.Signals;

/// <summary>
/// Keys (the <c>id</c> field or Idempotency-Key) of the last 24 h with the answers given, per recorder. Filled by Apply only,
/// so that recovery rebuilds it; bounded by age and by <see cref="EngineLimits.RepeatKeysMax"/>, the oldest going first.
/// </summary>
public sealed class RepeatMemory
{
    private readonly Dictionary<Delivery, (SignalAnswer Answer, long At)> _answers = [];
    private readonly Dictionary<(long RecorderId, string Key), (int Bodies, long NewestAt)> _byKey = [];
    private readonly Queue<(Delivery Delivery, long At)> _byAge = new();

    private readonly record struct Delivery(long RecorderId, string Key, UInt128 BodyHash);

    public int Count => _byAge.Count;

    /// <summary>
    /// The answer to the same body under the same key, or null; <paramref name="isReused"/> when the key came with other bodies only.
    /// </summary>
    public SignalAnswer? Find(long recorderId, string key, UInt128 bodyHash, long now, out bool isReused)
    {
        var oldest = now - EngineLimits.RepeatKeyAge;
        isReused = false;
        if (_answers.TryGetValue(new Delivery(recorderId, key, bodyHash), out var known) && known.At >= oldest) return known.Answer;
        isReused = _byKey.TryGetValue((recorderId, key), out var bodies) && bodies.NewestAt >= oldest;
        return null;
    }

    /// <summary>
    /// What is remembered of the deliveries at or after a moment, in the order of their inputs: as much as two memories must agree in.
    /// </summary>
    internal IEnumerable<(long RecorderId, string Key, UInt128 BodyHash, SignalAnswer Answer, long At)> Since(long oldest) =>
        _answers.Where(a => a.Value.At >= oldest).OrderBy(a => a.Value.Answer.Sequence)
            .Select(a => (a.Key.RecorderId, a.Key.Key, a.Key.BodyHash, a.Value.Answer, a.Value.At));

    internal void Remember(long recorderId, string text, UInt128 bodyHash, long now, SignalAnswer answer)
    {
        Forget(now);
        var delivery = new Delivery(recorderId, text, bodyHash);
        Invariant.Holds(_answers.TryAdd(delivery, (answer, now)));
        var key = (recorderId, text);
        _byKey[key] = (_byKey.GetValueOrDefault(key).Bodies + 1, now);
        _byAge.Enqueue((delivery, now));
    }

    private void Forget(long now)
    {
        while (_byAge.TryPeek(out var oldest) && (oldest.At < now - EngineLimits.RepeatKeyAge || _byAge.Count >= EngineLimits.RepeatKeysMax))
        {
            _byAge.Dequeue();
            _answers.Remove(oldest.Delivery);
            var key = (oldest.Delivery.RecorderId, oldest.Delivery.Key);
            var (bodies, newestAt) = _byKey[key];
            if (bodies == 1) _byKey.Remove(key);
            else _byKey[key] = (bodies - 1, newestAt);
        }
    }
}
