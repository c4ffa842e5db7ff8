using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Engine.Tests.Support;
using Xunit;

namespace StreamRecorder.Engine.Tests.Positions;

/// <summary>The examples of the contract, worked out there by hand.</summary>
public sealed class KnownAnswerTests : IDisposable
{
    private readonly EngineRig _rig = new EngineRig().WithInstruments(Some.Future("MNQ", 0.25m, 0.5m), Some.Spot("ONE", 0.01m, 0.01m));
    private readonly long _recorder;
    private readonly Symbol _mnq;

    public KnownAnswerTests()
    {
        _recorder = _rig.AddRecorder("r");
        _mnq = _rig.Symbol("MNQZ5");
    }

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void LongOne_TickTwoBelow_WorstIsMinusFour()
    {
        _rig.Send(_recorder, Some.Buy(_mnq, 1, 25600));
        _rig.Ticks(_mnq, 25598);
        Assert.Equal("-4", Open().WorstUnrealizedPnl.ToString());
        _rig.Send(_recorder, Some.Sell(_mnq, 1, 25602));
        Assert.Equal(("4", "-4", "WIN"), (Closed().RealizedPnl.ToString(), Closed().WorstUnrealizedPnl.ToString(), Closed().Outcome));
    }

    [Fact]
    public void LongThree_ScaledIn_AveragesAndKeepsTheWorst()
    {
        _rig.Send(_recorder, Some.Buy(_mnq, 1, 25600));
        _rig.Send(_recorder, Some.Buy(_mnq, 1, 25598));
        Assert.Equal(("2", "25599"), (Open().TotalQuantity.ToString(), Open().AvgEntryPrice.ToString()));
        _rig.Ticks(_mnq, 25594);
        Assert.Equal("-20", Open().WorstUnrealizedPnl.ToString());
        _rig.Send(_recorder, Some.Buy(_mnq, 1, 25594));
        Assert.Equal(("3", "25597.3333333333"), (Open().TotalQuantity.ToString(), Open().AvgEntryPrice.ToString()));
    }

    [Fact]
    public void ShortOne_TickTwoAbove_WorstIsMinusFour()
    {
        _rig.Send(_recorder, Some.Sell(_mnq, 1, 25600));
        _rig.Ticks(_mnq, 25602);
        Assert.Equal((Side.Short, "-4"), (Open().Side, Open().WorstUnrealizedPnl.ToString()));
    }

    [Fact]
    public void FourEntries_LowestTick_DrawdownIs21()
    {
        foreach (var price in (decimal[])[25621.5m, 25620.5m, 25619.5m, 25619m]) _rig.Send(_recorder, Some.Buy(_mnq, 1, price));
        _rig.Ticks(_mnq, 25617.50m, 25619);
        Assert.Equal(("4", "25620.125", "21"), (Open().TotalQuantity.ToString(), Open().AvgEntryPrice.ToString(), Open().Drawdown.ToString()));
        // As a page shows it.
        Assert.Equal(("25620.13", "-21.00"), (Open().AvgEntryPrice.ToString(2), Open().WorstUnrealizedPnl.ToString(2)));
    }

    [Fact]
    public void LongOne_ThreeTicksBelow_DrawdownIsOneAndAHalf()
    {
        _rig.Send(_recorder, Some.Buy(_mnq, 1, 25616.50m));
        _rig.Ticks(_mnq, 25615.75m);
        Assert.Equal("1.5", Open().Drawdown.ToString());
    }

    [Fact]
    public void ScaledOutAndInAgain_FiguresAddUp()
    {
        var one = _rig.Symbol("ONE");
        _rig.Send(_recorder, Some.Buy(one, 2, 100));
        _rig.Send(_recorder, Some.Sell(one, 1, 110));
        Assert.Equal("100", Open().AvgEntryPrice.ToString());
        _rig.Send(_recorder, Some.Buy(one, 1, 120));
        _rig.Send(_recorder, Some.Sell(one, 2, 115));
        var closed = Closed();
        Assert.Equal(
            ("20", "3", "106.6666666667", "113.3333333333"),
            (closed.RealizedPnl.ToString(), closed.EntryQuantity.ToString(), closed.AvgEntryPrice.ToString(), closed.ExitPrice?.ToString()));
    }

    [Fact]
    public void FractionsOfAThird_FullExit_LeavesNoDust()
    {
        var one = _rig.Symbol("ONE");
        _rig.Send(_recorder, Some.Buy(one, 1m, 100.000000001m));
        for (var i = 0; i < 3; i++) _rig.Send(_recorder, Some.Sell(one, 0.333333333m, 100));
        Assert.Equal("0.000000001", Open().TotalQuantity.ToString());
        _rig.Send(_recorder, Some.Sell(one, 0.000000001m, 100));
        Assert.Empty(_rig.OpenViews());
        Assert.Equal("-0.000000001", Closed().RealizedPnl.ToString());
    }

    [Fact]
    public void Reversal_AtOnePrice_ObservesItForBothPositions()
    {
        var recorder = _rig.AddRecorder("reverse", s => s with { OnOpposite = OnOpposite.Reverse });
        _rig.Send(recorder, Some.Buy(_mnq, 2, 100));
        _rig.Send(recorder, Some.Sell(_mnq, 1, 90));
        Assert.Equal(("-40", "90", 0), (Closed().WorstUnrealizedPnl.ToString(), Closed().CurrentPrice.ToString(), Closed().TickCount));
        Assert.Equal(
            (Side.Short, "1", "90", "0"),
            (Open().Side, Open().TotalQuantity.ToString(), Open().CurrentPrice.ToString(), Open().UnrealizedPnl.ToString()));
    }

    [Fact]
    public void NegativePrices_OfCrudeOil_AreOrdinaryPrices()
    {
        _rig.Send(_recorder, Some.Buy(_mnq, 1, 5));
        _rig.Ticks(_mnq, 0, -37.63m, -10);
        Assert.Equal(
            ("-85.26", "-37.63", "85.26"), (Open().WorstUnrealizedPnl.ToString(), Open().WorstPrice?.ToString(), Open().MaxDrawdown.ToString()));
    }

    [Fact]
    public void Commission_PerContractAndSide_IsInItsOwnField()
    {
        var recorder = _rig.AddRecorder("paying", s => s with { Commission = Some.E9(0.37m) });
        _rig.Send(recorder, Some.Buy(_mnq, 2, 100));
        Assert.Equal(("0.74", "-0.74", "0"), (Open().Commission.ToString(), Open().NetPnl.ToString(), Open().UnrealizedPnl.ToString()));
        _rig.Send(recorder, Some.Sell(_mnq, 2, 101));
        Assert.Equal(("1.48", "2.52", "4"), (Closed().Commission.ToString(), Closed().NetPnl.ToString(), Closed().RealizedPnl.ToString()));
    }

    [Fact]
    public void MaxDrawdown_PeakBeforeAnExit_FallsFromTheTotal()
    {
        _rig.Send(_recorder, Some.Buy(_mnq, 2, 100));
        _rig.Ticks(_mnq, 110);
        _rig.Send(_recorder, Some.Sell(_mnq, 1, 105));
        _rig.Ticks(_mnq, 104, 103, 106);
        var view = Open();
        Assert.Equal(("10", "12"), (view.RealizedPnl.ToString(), view.UnrealizedPnl.ToString()));
        Assert.Equal(("24", "40", "0"), (view.MaxDrawdown.ToString(), view.BestTotalPnl.ToString(), view.WorstTotalPnl.ToString()));
    }

    [Fact]
    public void PointValue_ChangedWhileOpen_StaysAsItWasAtTheOpening()
    {
        _rig.Send(_recorder, Some.Buy(_mnq, 1, 100));
        _rig.Do(new SetInstruments([Some.Future("MNQ", 0.25m, 5m)], fromFiles: false));
        _rig.Send(_recorder, Some.Buy(_mnq, 1, 100));
        _rig.Ticks(_mnq, 101);
        Assert.Equal("4", Open().UnrealizedPnl.ToString());
        _rig.Send(_recorder, Some.Order(_mnq, Engine.Signals.SignalAction.CloseAll, price: 101));
        _rig.Send(_recorder, Some.Buy(_mnq, 1, 100));
        _rig.Ticks(_mnq, 101);
        Assert.Equal("20", Open().UnrealizedPnl.ToString());
    }

    private PositionView Open() => _rig.OpenViews()[0];

    private PositionView Closed() => _rig.Outbox.PendingClosed()[^1];
}
