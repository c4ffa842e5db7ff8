using StreamRecorder.Engine.Recorders;

namespace StreamRecorder.Host.Demo;

/// <summary>
/// A trading strategy as its chart would run it: sees every tick of one contract and now and then sends an alert. It keeps its own idea of its
/// position, as real ones do; the recorder makes another from the alerts alone. No clock, no randomness: one market gives one sequence of alerts.
/// </summary>
internal abstract class SampleStrategy
{
    /// <summary>Name of its recorder.</summary>
    public abstract string Name { get; }

    /// <summary>One line for whoever watches.</summary>
    public abstract string Summary { get; }

    /// <summary>Index of its contract in <see cref="SimulatedMarket.Plans"/>.</summary>
    public abstract int Contract { get; }

    public virtual OnOpposite OnOpposite => OnOpposite.Auto;

    protected ContractPlan Plan => SimulatedMarket.Plans[Contract];

    /// <summary>Takes a tick (price E9, time µs UTC); the body of an alert, or null.</summary>
    public abstract string? Next(long price, long at);
}
