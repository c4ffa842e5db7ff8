namespace StreamRecorder.Engine;

/// <summary>Plain counts, written by the loop's thread and sampled by the scraper (a torn read is impossible on 64-bit).</summary>
public sealed class EngineCounters
{
    public long InputsApplied;
    public long TicksApplied;
    public long TicksLate;
}
