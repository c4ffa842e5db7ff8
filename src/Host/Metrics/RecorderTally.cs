using System.Collections.Concurrent;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Positions;

namespace StreamRecorder.Host.Metrics;

/// <summary>What one recorder's closed positions come to since the start. Written by the engine's thread, sampled by the scraper.</summary>
public sealed class RecorderTally(string name)
{
    private static readonly CloseReason[] Reasons = [.. Enum.GetValues<CloseReason>().Where(reason => reason != CloseReason.None)];
    private static readonly string[] Outcomes = ["LOSS", "EVEN", "WIN"];

    private readonly long[] _closed = new long[Outcomes.Length * Reasons.Length];
    private readonly ConcurrentDictionary<string, MoneyTally> _money = new(StringComparer.Ordinal);
    private long _overLimit;

    /// <summary>The label: the recorder's name when its series began.</summary>
    public string Name { get; } = name;

    public long OverLimit => Volatile.Read(ref _overLimit);

    public IEnumerable<KeyValuePair<string, MoneyTally>> Money => _money;

    /// <summary>Every combination, those at 0 too.</summary>
    public IEnumerable<(string Outcome, string Reason, long Count)> Closed =>
        _closed.Select((_, i) => (Outcomes[i / Reasons.Length], Words.Of(Reasons[i % Reasons.Length]), Volatile.Read(ref _closed[i])));

    /// <summary>Makes the currency's sums appear at 0.</summary>
    public MoneyTally Of(string currency) => _money.GetOrAdd(currency, _ => new MoneyTally());

    public void Count(CloseReason reason, Amount realized, string currency, bool isOverLimit)
    {
        _closed[(realized.Sign + 1) * Reasons.Length + (int)reason - 1]++;
        if (isOverLimit) _overLimit++;
        Of(currency).Add(realized);
    }
}

/// <summary>Money won and lost in one currency, exactly; a sum becomes a binary number only when it is read.</summary>
public sealed class MoneyTally
{
    // One object each: a sum of 128 bits cannot be written at once, a reference can.
    private volatile Sum _profit = new(Amount.Zero);
    private volatile Sum _loss = new(Amount.Zero);

    private sealed record Sum(Amount Amount);

    public double Profit => _profit.Amount.ToDouble();

    /// <summary>As a positive number.</summary>
    public double Loss => _loss.Amount.ToDouble();

    public void Add(Amount realized)
    {
        if (realized.Sign > 0) _profit = new Sum(new Amount(_profit.Amount.Units + realized.Units));
        else if (realized.Sign < 0) _loss = new Sum(new Amount(_loss.Amount.Units - realized.Units));
    }
}

/// <summary>
/// The recorders that have series of their own, as many as the limit allows in the order of their appearance; all others share
/// one. A recorder that is renamed begins new series, one that is removed keeps its old ones until a restart, as counters must.
/// </summary>
public sealed class RecorderTallies(int max)
{
    /// <summary>Label of the recorders beyond the limit.</summary>
    public const string Others = "(others)";

    private readonly ConcurrentDictionary<string, RecorderTally> _all = new(StringComparer.Ordinal);
    private int _count;

    public IEnumerable<RecorderTally> All => _all.Values;

    /// <summary>Engine's thread.</summary>
    public RecorderTally Of(string name)
    {
        if (_all.TryGetValue(name, out var known)) return known;
        if (_count == max) return _all.GetOrAdd(Others, new RecorderTally(Others));
        _count++;
        return _all[name] = new RecorderTally(name);
    }
}
