using System.Numerics;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Signals;
using StreamRecorder.Engine.Tests.Support;
using Xunit;

namespace StreamRecorder.Engine.Tests.Positions;

/// <summary>At the ends of the ranges sums refuse, and never wrap.</summary>
public sealed class PositionLimitTests : IDisposable
{
    private const decimal PriceMax = 4_600_000_000m;
    private const decimal QuantityMax = 1_000_000_000m;

    private readonly EngineRig _rig = new EngineRig().WithInstruments(Some.Future("HUGE", 0.000000001m, 0.1m));
    private readonly long _recorder;
    private readonly Symbol _symbol;

    public PositionLimitTests()
    {
        _recorder = _rig.AddRecorder("r");
        _symbol = _rig.Symbol("HUGEZ2025");
    }

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Entry_BeyondTheMostHeld_IsRefusedAndChangesNothing()
    {
        for (var i = 0; i < 4; i++) Assert.Equal(SignalStatus.Accepted, _rig.Send(_recorder, Some.Buy(_symbol, QuantityMax, 1)).Status);
        var before = Assert.Single(_rig.OpenViews());
        var refused = _rig.Send(_recorder, Some.Buy(_symbol, 0.000000001m, 1));
        Assert.Equal((SignalStatus.Refused, Rejection.PositionTooLarge), (refused.Status, refused.Refusal!.Kind));
        Assert.Equal("quantity", refused.Refusal.Field);
        ViewAssert.Equal(before, Assert.Single(_rig.OpenViews()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void LargestPosition_PriceFromEndToEnd_IsExact(int side)
    {
        for (var i = 0; i < 4; i++)
            _rig.Send(_recorder, Some.Order(_symbol, side > 0 ? SignalAction.Buy : SignalAction.Sell, QuantityMax, side * PriceMax));
        _rig.Ticks(_symbol, -side * PriceMax, side * PriceMax, -side * PriceMax);
        var view = Assert.Single(_rig.OpenViews());
        // 9.2e9 points × 4e9 held × 1e8 a point, in units of 10⁻¹⁰.
        var expected = (Int128)(BigInteger.Pow(10, 10) * 9_200_000_000 * 4_000_000_000 * 100_000_000);
        Assert.Equal((-expected, expected), (view.WorstUnrealizedPnl.Units, view.MaxDrawdown.Units));
        Assert.Equal((-expected, -expected, Amount.Zero), (view.UnrealizedPnl.Units, view.WorstTotalPnl.Units, view.BestTotalPnl));
    }

    [Fact]
    public void Realized_BeyondItsBound_IsRefusedWhileTheRestStaysExact()
    {
        for (var i = 0; i < 4; i++) _rig.Send(_recorder, Some.Buy(_symbol, QuantityMax, -PriceMax));
        var answers = Enumerable.Range(0, 3).Select(_ => _rig.Send(_recorder, Some.Sell(_symbol, QuantityMax, PriceMax))).ToList();
        Assert.Equal([SignalStatus.Accepted, SignalStatus.Accepted, SignalStatus.Refused], answers.Select(a => a.Status));
        Assert.Equal(Rejection.PositionTooLarge, answers[2].Refusal!.Kind);
        var view = Assert.Single(_rig.OpenViews());
        Assert.Equal((Int128)(BigInteger.Pow(10, 10) * 9_200_000_000 * 2_000_000_000 * 100_000_000), view.RealizedPnl.Units);
        // At another price it closes.
        Assert.Equal(Effect.Closed, _rig.Send(_recorder, Some.Sell(_symbol, 2 * QuantityMax, -PriceMax)).Effect);
    }

    [Fact]
    public void Sums_OfManyRoundTripsInOnePosition_AreRefusedAtTheBoundOnly()
    {
        _rig.Send(_recorder, Some.Buy(_symbol, 1, PriceMax));
        var accepted = 0;
        for (; accepted < 100; accepted++)
        {
            if (_rig.Send(_recorder, Some.Buy(_symbol, QuantityMax, PriceMax)).Status != SignalStatus.Accepted) break;
            Assert.Equal(Effect.Reduced, _rig.Send(_recorder, Some.Sell(_symbol, QuantityMax, PriceMax)).Effect);
        }
        // Each adds 4.6e36 to a sum that may reach 2e37.
        Assert.Equal(4, accepted);
        Assert.Equal("0", Assert.Single(_rig.OpenViews()).RealizedPnl.ToString());
        Assert.Equal(Effect.Closed, _rig.Send(_recorder, Some.Order(_symbol, SignalAction.CloseAll, price: PriceMax)).Effect);
    }

    [Fact]
    public void Reversal_ToTheLargestSize_IsJudgedByTheNewPositionAlone()
    {
        for (var i = 0; i < 4; i++) _rig.Send(_recorder, Some.Buy(_symbol, QuantityMax, 1));
        var answer = _rig.Send(_recorder, Some.Order(_symbol, SignalAction.Reverse, price: 1));
        Assert.Equal((SignalStatus.Accepted, Effect.Reversed), (answer.Status, answer.Effect));
        Assert.Equal("4000000000", Assert.Single(_rig.OpenViews()).TotalQuantity.ToString());
    }

    [Fact]
    public void Positions_BeyondTheConfiguredNumber_AreRefusedAndKnownKeysServed()
    {
        using var rig = new EngineRig(positionsMax: 2).WithInstruments(Some.Future("MNQ", 0.25m, 0.5m));
        var (first, second, third) = (rig.AddRecorder("1"), rig.AddRecorder("2"), rig.AddRecorder("3"));
        var symbol = rig.Symbol("MNQZ2025");
        rig.Send(first, Some.Buy(symbol, 1, 1));
        rig.Send(second, Some.Buy(symbol, 1, 1));
        Assert.Equal(Rejection.PositionsFull, rig.Send(third, Some.Buy(symbol, 1, 1)).Refusal!.Kind);
        Assert.Equal(Effect.Added, rig.Send(first, Some.Buy(symbol, 1, 1)).Effect);
    }
}
