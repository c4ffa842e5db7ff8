using System.Text;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Prices;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Engine.Signals;
using StreamRecorder.Host.Demo;
using StreamRecorder.Host.Replay;
using StreamRecorder.Ingest.Webhooks;

namespace StreamRecorder.Host.Tests.Demo;

/// <summary>The sample strategies over an hour of the simulated market, through the parser of webhooks and the engine.</summary>
public sealed class SampleStrategyTests
{
    private const long Start = 1_764_853_200_000_000;
    private const long Hour = 3_600_000_000;

    [Fact]
    public void Scalper_OverAnHour_AveragesDownAndCloses()
    {
        var positions = Play(new DcaScalper(), OnOpposite.Auto);
        Assert.True(positions.Count > 20);
        Assert.All(positions, p => Assert.Equal(Side.Long, p.View.Side));
        Assert.Contains(positions, p => p.Fills.Count(f => f.IsEntry) == 4);
        Assert.Contains(positions, p => p.View.Outcome == "WIN");
    }

    [Fact]
    public void Swing_OverAnHour_IsAlwaysInAndTurnsRound()
    {
        var positions = Play(new SwingReversal(), OnOpposite.Reverse);
        Assert.True(positions.Count > 10);
        // Each ends where the next begins, on the other side.
        for (var i = 1; i < positions.Count; i++)
        {
            Assert.Equal(positions[i].View.ClosedAt, positions[i - 1].View.OpenedAt);
            Assert.NotEqual(positions[i].View.Side, positions[i - 1].View.Side);
        }
        Assert.True(positions[0].View.IsOpen);
    }

    [Fact]
    public void PineTarget_OverAnHour_ReachesItsTargetsWithoutASync()
    {
        var positions = Play(new PineTarget(), OnOpposite.Auto);
        Assert.True(positions.Count > 20);
        Assert.Contains(positions, p => p.View.Side == Side.Long && p.View.MaxQuantity.ToString() == "2");
        Assert.Contains(positions, p => p.View.Side == Side.Short);
        Assert.All(positions, p => Assert.Equal(Flags.None, p.View.Flags));
    }

    [Fact]
    public void Alerts_OfOneMarket_AreAlwaysTheSame() => Assert.Equal(AlertsOf(5), AlertsOf(5));

    private static List<string> AlertsOf(ulong seed)
    {
        var alerts = new List<string>();
        Play(seed, new PineTarget(), (_, _) => { }, (body, _) => alerts.Add(body));
        return alerts;
    }

    /// <summary>Its positions, newest first; every alert must have been applied.</summary>
    private static IReadOnlyList<ReplayedPosition> Play(SampleStrategy strategy, OnOpposite mode)
    {
        using var engine = new ReplayEngine(InstrumentFile.BuiltIn, mode, null);
        var parser = new WebhookParser(engine.Symbols);
        var today = DateTime.UnixEpoch.AddMicroseconds(Start);
        Assert.True(engine.Symbols.TryResolve(SimulatedMarket.Plans[strategy.Contract].TickSymbol(today), Start, out var symbol, out _));
        Play(5, strategy, (price, at) => engine.Add(new Tick(symbol.Id, price, at), at), (body, at) =>
        {
            Assert.True(parser.TryParse(Encoding.UTF8.GetBytes(body), at, null, out var signal, out var refusal), refusal?.Detail);
            Assert.Equal(SignalStatus.Accepted, engine.Apply(strategy.Name, signal, at).Status);
        });
        return engine.Finish();
    }

    private static void Play(ulong seed, SampleStrategy strategy, Action<long, long> tick, Action<string, long> alert)
    {
        var market = new SimulatedMarket(seed);
        while (market.NextAt < Hour)
        {
            var next = market.Next();
            if (next.Contract != strategy.Contract) continue;
            tick(next.Price, Start + next.At);
            if (strategy.Next(next.Price, Start + next.At) is { } body) alert(body, Start + next.At);
        }
    }
}
