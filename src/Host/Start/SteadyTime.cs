namespace StreamRecorder.Host.Start;

/// <summary>
/// The system's clock, except that it never goes back: when it is set back it stands still until it is overtaken. Ticks without a time of their
/// own are stamped by it, and must not all look late because somebody corrected the clock. Durations come from the monotonic clock anyway.
/// </summary>
public sealed class SteadyTime(TimeProvider system) : TimeProvider
{
    private long _latest;

    public override long TimestampFrequency => system.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow()
    {
        var now = system.GetUtcNow().UtcTicks;
        while (true)
        {
            var latest = Interlocked.Read(ref _latest);
            if (now <= latest) return new DateTimeOffset(latest, TimeSpan.Zero);
            if (Interlocked.CompareExchange(ref _latest, now, latest) == latest) return new DateTimeOffset(now, TimeSpan.Zero);
        }
    }

    public override long GetTimestamp() => system.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        system.CreateTimer(callback, state, dueTime, period);
}
