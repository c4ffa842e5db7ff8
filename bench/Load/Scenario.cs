using StreamRecorder.Load.Reporting;

namespace StreamRecorder.Load;

/// <summary>
/// One question asked of the program beside a rival that does less, in the same run. A scenario starts what
/// it needs, lets its contenders take turns through <see cref="Bench.AlternateAsync"/>, and says what was
/// to be reached. Listed in <see cref="Scenarios"/>; the tests run each once at <see cref="Size.Tiny"/>.
/// </summary>
public abstract class Scenario
{
    /// <summary>Short, for <c>--only</c>.</summary>
    public abstract string Name { get; }

    /// <summary>What the program is measured against.</summary>
    public abstract string Rival { get; }

    public abstract Task<Result> RunAsync(Bench bench);
}

/// <summary>Somebody who is measured; <paramref name="MeasureAsync"/> is one round of it.</summary>
public sealed record Contender(string Name, Func<Task<Sample>> MeasureAsync);

/// <summary>One round: how much a second, how long each took (null: not asked), and what else was seen.</summary>
public sealed record Sample(double Rate, Latency? Latency = null)
{
    public IReadOnlyDictionary<string, double> Notes { get; init; } = new Dictionary<string, double>();
}
