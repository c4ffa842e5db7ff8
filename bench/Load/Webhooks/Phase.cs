using StreamRecorder.Load.Reporting;

namespace StreamRecorder.Load.Webhooks;

/// <summary>
/// A stretch of load. <paramref name="Rate"/> 0: every connection sends its next alert when the last one is answered. Above 0: so many a second are
/// due whatever the server does, a millisecond's worth at the beginning of each, and a duration counts from when an alert was due, not from when a
/// connection was free to send it.
/// </summary>
public sealed record Phase(double Seconds, double Rate = 0);

/// <summary>What became of the alerts that were due in a phase.</summary>
/// <param name="Statuses">Answers by HTTP status.</param>
/// <param name="Broken">Connections that ended under a request.</param>
/// <param name="Unanswered">Sent, and no answer within the limit; or never sent because none was free.</param>
/// <param name="Latency">Of those answered 200.</param>
public sealed record PhaseResult(double Seconds, IReadOnlyDictionary<int, long> Statuses, long Broken, long Unanswered, Latency? Latency)
{
    public long Accepted => Statuses.GetValueOrDefault(200);

    /// <summary>All that did not end with 200.</summary>
    public long Refused => Statuses.Where(s => s.Key != 200).Sum(s => s.Value) + Broken + Unanswered;

    public double Rate => Accepted / Seconds;
}
