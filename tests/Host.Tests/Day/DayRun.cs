using StreamRecorder.Engine.Positions;

namespace StreamRecorder.Host.Tests.Day;

/// <summary>One position of a day, and before which ticks its fills came.</summary>
internal sealed record DayPosition(PositionView View, string Window)
{
    /// <summary>What no delay may change: fills take the alert's price, so sides, quantities, prices and results are those of the alerts.</summary>
    public string Trade =>
        $"{View.Recorder} {View.Side} {View.Outcome} {View.TotalQuantity} {View.MaxQuantity} {View.EntryQuantity} {View.AvgEntryPrice} " +
        $"{View.ExitPrice} {View.RealizedPnl} {View.CloseReason} {View.Flags}";

    /// <summary>
    /// All but the moments of arrival. Drawdown and its like count the ticks that were applied between two fills, so they are the same where the
    /// windows are.
    /// </summary>
    public PositionView Figures =>
        View with { Id = 0, OpenedAt = 0, ClosedAt = null, UpdatedAt = 0, CurrentPriceAt = 0, WorstAt = null, BestAt = null };
}

/// <summary>A day of three strategies through an alert channel, and what came of it.</summary>
internal sealed record DayRun(List<DayPosition> Positions, AlertChannel Channel, string Engine, string Naive)
{
    /// <param name="seed">Of the channel's faults; null: none.</param>
    public static DayRun Of(List<(long At, long Price)> ticks, int? seed, bool resendsAll = false)
    {
        var strategies = DayStrategy.All().ToList();
        using var engine = new DayEngine(strategies.Select(s => s.Name));
        var channel = new AlertChannel(engine, seed) { ResendsAll = resendsAll };
        foreach (var (at, price) in ticks)
        {
            channel.AdvanceTo(at);
            engine.Tick(at, price);
            foreach (var strategy in strategies)
                if (strategy.Next(at, price) is { } body) channel.Send(strategy, body, at);
        }
        channel.AdvanceTo(long.MaxValue);
        var views = engine.Positions();
        var oracle = engine.Oracle();
        var positions = views.Zip(oracle.Windows, (view, window) => new DayPosition(view, window))
            .OrderBy(p => p.View.Recorder, StringComparer.Ordinal).ThenBy(p => p.View.Id).ToList();
        return new DayRun(positions, channel, DayEngine.Json(views), oracle.Json);
    }
}
