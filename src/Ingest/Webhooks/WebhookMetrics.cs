using System.Collections.Frozen;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Signals;

namespace StreamRecorder.Ingest.Webhooks;

/// <summary>
/// How webhook requests ended, by outcome label; every label is there at 0 from
/// the start. Counted by the endpoint on any thread, sampled by the scraper.
/// </summary>
public sealed class WebhookMetrics
{
    private static readonly string[] Labels =
        [Words.Of(SignalStatus.Accepted), Words.Of(SignalStatus.Duplicate), Words.Of(SignalStatus.Ignored), .. Rejection.All.Select(r => r.Label)];

    private static readonly FrozenDictionary<string, int> Indexes =
        Labels.Index().ToFrozenDictionary(l => l.Item, l => l.Index, StringComparer.Ordinal);

    private static readonly IgnoreReason[] Reasons = [.. Enum.GetValues<IgnoreReason>().Except([IgnoreReason.None])];

    private readonly long[] _counts = new long[Labels.Length];
    private readonly long[] _ignored = new long[Enum.GetValues<IgnoreReason>().Length];
    private long _unkept;

    /// <summary>Refused bodies that came faster than the ledger keeps them.</summary>
    public long Unkept => Volatile.Read(ref _unkept);

    /// <summary>Seconds from arrival to the durable answer, of each request answered 200. Set before the first request.</summary>
    public Action<double>? Acknowledged { get; set; }

    public IEnumerable<(string Outcome, long Count)> Counts
    {
        get
        {
            for (var i = 0; i < Labels.Length; i++) yield return (Labels[i], Volatile.Read(ref _counts[i]));
        }
    }

    /// <summary>Those ignored, by why.</summary>
    public IEnumerable<(string Reason, long Count)> Ignored => Reasons.Select(r => (Words.Of(r), Volatile.Read(ref _ignored[(int)r])));

    public long Count(string outcome) => Volatile.Read(ref _counts[Indexes[outcome]]);

    internal void CountUnkept() => Interlocked.Increment(ref _unkept);

    internal void Count(Refusal refusal) => Interlocked.Increment(ref _counts[Indexes[refusal.Kind.Label]]);

    internal void Count(SignalAnswer answer, TimeSpan elapsed)
    {
        Interlocked.Increment(ref _counts[Indexes[Words.Of(answer.Status)]]);
        if (answer.Status == SignalStatus.Ignored) Interlocked.Increment(ref _ignored[(int)answer.Reason]);
        Acknowledged?.Invoke(elapsed.TotalSeconds);
    }
}
