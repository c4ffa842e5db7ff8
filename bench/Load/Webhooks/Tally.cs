using StreamRecorder.Load.Reporting;

namespace StreamRecorder.Load.Webhooks;

/// <summary>Counts of one phase, under the driver's lock.</summary>
internal sealed class Tally(double seconds)
{
    private readonly Dictionary<int, long> _statuses = [];
    private readonly Latencies _latencies = new();
    private long _due;
    private long _broken;

    public void Due() => _due++;

    public void Answered(int status, long nanoseconds)
    {
        System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_statuses, status, out _)++;
        if (status == 200) _latencies.Add(nanoseconds);
    }

    public void Broke() => _broken++;

    public PhaseResult Result() => new(seconds, _statuses, _broken, _due - _broken - _statuses.Values.Sum(), _latencies.Summary());
}
