using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using StreamRecorder.Engine.Positions;

namespace StreamRecorder.Engine.Signals;

/// <summary>
/// Keys (the <c>id</c> field or Idempotency-Key) of the last 24 h with the answers given, per recorder. Filled by Apply only, so that
/// recovery rebuilds it; bounded by age and by <see cref="EngineLimits.RepeatKeysMax"/>, the oldest going first. Holds no objects: a
/// million of them would be what each collection of garbage has to walk.
/// </summary>
/// <param name="deliveriesMax">Most deliveries remembered.</param>
public sealed class RepeatMemory(int deliveriesMax = EngineLimits.RepeatKeysMax)
{
    /// <summary>
    /// A dictionary that grows copies all that it has, on the engine's thread: of many small ones each copies little. With so many a million
    /// are 3333 each, whose spread stays below the 4049 to which a dictionary grows.
    /// </summary>
    private const int Parts = 300;

    /// <summary>Deliveries given up with one that comes because they are old: more than come in, and some 10 µs.</summary>
    private const int ForgottenAtOnceMax = 64;

    private readonly Dictionary<Name, Delivery>[] _oldestOf = [.. Enumerable.Range(0, Parts).Select(_ => new Dictionary<Name, Delivery>())];

    /// <summary>Later bodies under a key that is in use: an id that says nothing, such as one and the same for all alerts.</summary>
    private readonly Dictionary<Name, Later> _laterOf = [];
    private readonly Dictionary<(Name, UInt128 BodyHash), Delivery> _later = [];

    /// <summary>One a delivery, the oldest first. Of one thread all the same: this queue grows without copying.</summary>
    private readonly ConcurrentQueue<Name> _byAge = new();

    private long _forgotten;

    /// <summary>A recorder's key: the first 128 bits of the SHA-256 of its text.</summary>
    private readonly record struct Name(long RecorderId, UInt128 Key);

    private readonly record struct Delivery(
        UInt128 BodyHash, long At, long Sequence, long PositionId, long ClosedPositionId, Flags Flags, SignalStatus Status, Effect Effect,
        IgnoreReason Reason, bool PositionIsOpen)
    {
        public Delivery(UInt128 bodyHash, long at, SignalAnswer answer) : this(
            bodyHash, at, answer.Sequence, answer.PositionId, answer.ClosedPositionId, answer.Flags, answer.Status, answer.Effect, answer.Reason,
            answer.PositionIsOpen)
        {
        }

        public SignalAnswer Answer => new()
        {
            Status = Status,
            Sequence = Sequence,
            Effect = Effect,
            PositionId = PositionId,
            PositionIsOpen = PositionIsOpen,
            ClosedPositionId = ClosedPositionId,
            Flags = Flags,
            Reason = Reason,
        };
    }

    /// <summary>The bodies but the first under one key, the oldest first.</summary>
    private sealed class Later
    {
        public Queue<UInt128> Bodies { get; } = new();
        public long NewestAt { get; set; }
    }

    public int Count => _byAge.Count;

    /// <summary>Deliveries given up before their day was over, because there were too many. Any thread.</summary>
    public long Forgotten => Volatile.Read(ref _forgotten);

    /// <summary>
    /// The answer to the same body under the same key, or null; <paramref name="isReused"/> when the key came with other bodies only.
    /// </summary>
    public SignalAnswer? Find(long recorderId, string key, UInt128 bodyHash, long now, out bool isReused)
    {
        var oldest = now - EngineLimits.RepeatKeyAge;
        var name = NameOf(recorderId, key);
        isReused = false;
        if (!PartOf(name).TryGetValue(name, out var first)) return null;
        if (first.At >= oldest && first.BodyHash == bodyHash) return first.Answer;
        isReused = first.At >= oldest;
        if (!_laterOf.TryGetValue(name, out var later)) return null;
        if (_later.TryGetValue((name, bodyHash), out var known) && known.At >= oldest)
        {
            isReused = false;
            return known.Answer;
        }
        isReused = later.NewestAt >= oldest;
        return null;
    }

    /// <summary>
    /// What is remembered of the deliveries at or after a moment, in the order of their inputs: as much as two memories must agree in.
    /// </summary>
    internal IEnumerable<(long RecorderId, UInt128 Key, UInt128 BodyHash, SignalAnswer Answer, long At)> Since(long oldest) =>
        _oldestOf.SelectMany(part => part).Concat(_later.Select(later => KeyValuePair.Create(later.Key.Item1, later.Value)))
            .Where(d => d.Value.At >= oldest).OrderBy(d => d.Value.Sequence)
            .Select(d => (d.Key.RecorderId, d.Key.Key, d.Value.BodyHash, d.Value.Answer, d.Value.At));

    internal void Remember(long recorderId, string key, UInt128 bodyHash, long now, SignalAnswer answer)
    {
        var (name, delivery) = (NameOf(recorderId, key), new Delivery(bodyHash, now, answer));
        // The same one may still be there, its day over: then it goes, with all before it, so that it can be a new one.
        Forget(now, Has(name, bodyHash) ? int.MaxValue : ForgottenAtOnceMax);
        if (!PartOf(name).TryAdd(name, delivery)) AddLater(name, delivery);
        _byAge.Enqueue(name);
    }

    private void AddLater(Name name, in Delivery delivery)
    {
        Invariant.Holds(PartOf(name)[name].BodyHash != delivery.BodyHash);
        Invariant.Holds(_later.TryAdd((name, delivery.BodyHash), delivery));
        ref var later = ref CollectionsMarshal.GetValueRefOrAddDefault(_laterOf, name, out _);
        later ??= new Later();
        later.Bodies.Enqueue(delivery.BodyHash);
        later.NewestAt = delivery.At;
    }

    private bool Has(Name name, UInt128 bodyHash) =>
        PartOf(name).TryGetValue(name, out var first) && (first.BodyHash == bodyHash || _later.ContainsKey((name, bodyHash)));

    private void Forget(long now, int oldMax)
    {
        for (var count = 0; _byAge.TryPeek(out var name); count++)
        {
            var isFull = _byAge.Count >= deliveriesMax;
            var isOld = PartOf(name)[name].At < now - EngineLimits.RepeatKeyAge;
            if (!isFull && (!isOld || count >= oldMax)) return;
            if (!isOld) Volatile.Write(ref _forgotten, _forgotten + 1);
            _byAge.TryDequeue(out _);
            ForgetOldest(name);
        }
    }

    private void ForgetOldest(Name name)
    {
        if (!_laterOf.TryGetValue(name, out var later))
        {
            PartOf(name).Remove(name);
            return;
        }
        _later.Remove((name, later.Bodies.Dequeue()), out var next);
        PartOf(name)[name] = next;
        if (later.Bodies.Count == 0) _laterOf.Remove(name);
    }

    private Dictionary<Name, Delivery> PartOf(Name name) => _oldestOf[(int)((ulong)name.Key % Parts)];

    private static Name NameOf(long recorderId, string key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(key.AsSpan()), hash);
        return new Name(recorderId, BinaryPrimitives.ReadUInt128LittleEndian(hash));
    }
}
