namespace StreamRecorder.Ingest.Tests;

/// <summary>A stopwatch that moves when the test says so; the wall clock is the real one.</summary>
internal sealed class StandingTime : TimeProvider
{
    private long _timestamp;

    public override long GetTimestamp() => Volatile.Read(ref _timestamp);

    public void Advance(TimeSpan by) => _timestamp += by.Ticks * TimestampFrequency / TimeSpan.TicksPerSecond;
}
