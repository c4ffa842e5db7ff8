using System.Collections.Concurrent;
using StreamRecorder.Engine;

namespace StreamRecorder.Ingest.Webhooks;

/// <summary>
/// The hard rate: a token bucket per recorder that holds one second's worth. Asked by the endpoint on any thread; one lock per recorder, held for
/// some arithmetic.
/// </summary>
public sealed class SignalRate(int signalsPerSecond, TimeProvider time)
{
    private readonly ConcurrentDictionary<long, Bucket> _buckets = [];

    /// <summary>False: this one is too many.</summary>
    public bool TryTake(long recorderId)
    {
        // Buckets of removed recorders: the whole lot is dropped once in a very long while; a full bucket is what a new one is anyway.
        if (_buckets.Count > EngineLimits.RecordersMax) _buckets.Clear();
        var now = time.GetTimestamp();
        var bucket = _buckets.GetOrAdd(recorderId, static (_, at) => new Bucket(at), now);
        return bucket.TryTake(signalsPerSecond, now, time.TimestampFrequency);
    }

    /// <summary>Counted in clock ticks × signals, so that nothing is lost to rounding.</summary>
    private sealed class Bucket(long now)
    {
        private readonly Lock _lock = new();
        private Int128 _credit = -1;
        private long _at = now;

        public bool TryTake(int perSecond, long now, long frequency)
        {
            lock (_lock)
            {
                var full = (Int128)perSecond * frequency;
                if (_credit < 0) _credit = full;
                if (now > _at)
                {
                    _credit = Int128.Min(full, _credit + (Int128)(now - _at) * perSecond);
                    _at = now;
                }
                if (_credit < frequency) return false;
                _credit -= frequency;
                return true;
            }
        }
    }
}
