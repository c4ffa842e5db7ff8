using System.Collections;

namespace StreamRecorder.Engine.Signals;

/// <summary>
/// What a take-profit or stop-loss of an alert is and how it is measured. Journalled: values never change. Points are a distance in the price,
/// pips and ticks one in steps of it, money an amount of the account's currency.
/// </summary>
public enum BracketKind : byte
{
    TakeProfitPrice,
    TakeProfitPoints,
    TakeProfitPercent,
    TakeProfitMoney,
    TakeProfitPips,
    StopLossPrice,
    StopLossPoints,
    StopLossPercent,
    StopLossMoney,
    StopLossPips,

    /// <summary>The limit of a stop-limit order.</summary>
    StopLimitPrice,
    TrailPoints,
    TrailPercent,
    TrailPips,

    /// <summary>Where trailing begins, and by what it moves.</summary>
    TrailTrigger,
    TrailStep,
}

/// <summary>One level, as the alert has it; the value E9.</summary>
public readonly record struct Bracket(BracketKind Kind, long Value);

/// <summary>
/// The take-profit and stop-loss levels that came with a signal, each kind once, by rising kind. Kept with it and shown; they do not act yet.
/// </summary>
public sealed class Brackets : IReadOnlyList<Bracket>, IEquatable<Brackets>
{
    private readonly Bracket[] _levels;

    public Brackets(IEnumerable<Bracket> levels)
    {
        _levels = [.. levels.OrderBy(l => l.Kind)];
        for (var i = 1; i < _levels.Length; i++) Invariant.Holds(_levels[i - 1].Kind != _levels[i].Kind);
    }

    public int Count => _levels.Length;

    public Bracket this[int index] => _levels[index];

    public bool Equals(Brackets? other) => other is not null && _levels.AsSpan().SequenceEqual(other._levels);

    public override bool Equals(object? obj) => Equals(obj as Brackets);

    public override int GetHashCode() => _levels.Length == 0 ? 0 : HashCode.Combine(_levels.Length, _levels[0]);

    public override string ToString() => string.Join(' ', _levels);

    public IEnumerator<Bracket> GetEnumerator() => _levels.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
