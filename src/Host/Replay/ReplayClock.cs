using StreamRecorder.Engine.Numbers;

namespace StreamRecorder.Host.Replay;

/// <summary>
/// The engine's time during a replay: that of the newest line. It moves only
/// when told to and never goes back, so that two runs fold at the same places.
/// </summary>
internal sealed class ReplayClock : TimeProvider
{
    private long _now;

    public override long TimestampFrequency => Timestamp.Second;

    public override long GetTimestamp() => _now;

    public override DateTimeOffset GetUtcNow() => Timestamp.ToDateTime(_now);

    public void MoveTo(long time) => _now = Math.Max(_now, time);
}
