using StreamRecorder.Engine.Numbers;

namespace StreamRecorder.Simulation;

/// <summary>
/// The only clock of a run: it stands until the run advances it; timers that are due fire inside <see cref="Advance"/>, on the caller's thread.
/// </summary>
internal sealed class SimClock : TimeProvider
{
    private const long Start = 1_764_860_400L * Timestamp.Second; // 2025-12-04T15:00:00Z

    private readonly Lock _gate = new();
    private readonly List<SimTimer> _timers = [];
    private long _micros = Start;

    /// <summary>Now, µs UTC.</summary>
    public long Micros => Interlocked.Read(ref _micros);

    public override long TimestampFrequency => Timestamp.Second;

    public override long GetTimestamp() => Micros;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddMicroseconds(Micros);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new SimTimer(this, callback, state);
        timer.Change(dueTime, period);
        lock (_gate) _timers.Add(timer);
        return timer;
    }

    public void Advance(long micros)
    {
        var now = Interlocked.Add(ref _micros, micros);
        SimTimer[] timers;
        lock (_gate) timers = [.. _timers];
        foreach (var timer in timers) timer.FireIfDue(now);
    }

    private void Forget(SimTimer timer)
    {
        lock (_gate) _timers.Remove(timer);
    }

    private sealed class SimTimer(SimClock clock, TimerCallback callback, object? state) : ITimer
    {
        private long _due = long.MaxValue;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Interlocked.Exchange(
                ref _due, dueTime == Timeout.InfiniteTimeSpan ? long.MaxValue : clock.Micros + (dueTime.Ticks / TimeSpan.TicksPerMicrosecond));
            return true;
        }

        public void FireIfDue(long now)
        {
            var due = Interlocked.Read(ref _due);
            if (due <= now && Interlocked.CompareExchange(ref _due, long.MaxValue, due) == due) callback(state);
        }

        public void Dispose()
        {
            Interlocked.Exchange(ref _due, long.MaxValue);
            clock.Forget(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
