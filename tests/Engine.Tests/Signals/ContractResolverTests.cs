using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Signals;
using StreamRecorder.Engine.Tests.Support;
using Xunit;

namespace StreamRecorder.Engine.Tests.Signals;

/// <summary>Which contract's ticks a position of a continuous symbol takes.</summary>
public sealed class ContractResolverTests : IDisposable
{
    private readonly EngineRig _rig =
        new EngineRig().WithInstruments(Some.Future("MNQ", 0.25m, 0.5m), Some.Future("ES", 0.25m, 12.5m), Some.Spot("AAPL"));
    private readonly long _recorder;
    private readonly Symbol _front;
    private readonly Symbol _december;
    private readonly Symbol _march;

    public ContractResolverTests()
    {
        _recorder = _rig.AddRecorder("r");
        (_front, _december, _march) = (_rig.Symbol("MNQ1!"), _rig.Symbol("MNQZ2025"), _rig.Symbol("MNQH2026"));
    }

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Front_InTheTable_WinsOverEverythingElse()
    {
        _rig.Ticks(_front, 1);
        _rig.Ticks(_march, 1);
        SetFront("MNQZ2025", 0);
        Open(_front);
        _rig.Ticks(_march, 50);
        _rig.Ticks(_front, 50);
        Assert.Equal(("MNQZ2025", 0), (View().Contract, View().TickCount));
        _rig.Ticks(_december, 99);
        Assert.Equal((1, "-2"), (View().TickCount, View().WorstUnrealizedPnl.ToString()));
    }

    [Fact]
    public void Front_OfALaterDate_HoldsFromThenOn()
    {
        SetFront("MNQZ2025", 0);
        SetFront("MNQH2026", _rig.Now + 1);
        Assert.Equal("MNQZ2025", ContractOf(_front));
        _rig.Time.Advance(TimeSpan.FromMicroseconds(1));
        Assert.Equal("MNQH2026", ContractOf(_front));
    }

    [Fact]
    public void Front_SetByTheApiAtTheSameMoment_WinsOverTheFile()
    {
        _rig.Do(new SetFrontContracts([new FrontContract("MNQ", "MNQZ2025", 5)], fromFile: true));
        SetFront("MNQH2026", 5);
        Assert.Equal("MNQH2026", ContractOf(_front));
    }

    [Fact]
    public void OwnTicks_WithoutATable_WinOverADatedContract()
    {
        _rig.Ticks(_december, 1);
        _rig.Ticks(_front, 1);
        Assert.Equal("MNQ1!", ContractOf(_front));
    }

    [Fact]
    public void OneDatedContract_TickedInTheLastDay_IsTaken()
    {
        _rig.Ticks(_rig.Symbol("ESZ2025"), 1);
        _rig.Ticks(_december, 1);
        _rig.Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal("MNQZ2025", ContractOf(_front));
        _rig.Time.Advance(TimeSpan.FromMicroseconds(1));
        Assert.Null(ContractOf(_front));
    }

    [Fact]
    public void TwoDatedContracts_InTheLastDay_AreNone()
    {
        _rig.Ticks(_december, 1);
        _rig.Ticks(_march, 1);
        Assert.Null(ContractOf(_front));
    }

    [Fact]
    public void TwoDatedContracts_OneSilentForADay_LeaveTheOther()
    {
        _rig.Ticks(_december, 1);
        _rig.Time.Advance(TimeSpan.FromHours(25));
        _rig.Ticks(_march, 1);
        Assert.Equal("MNQH2026", ContractOf(_front));
    }

    [Fact]
    public void SecondMonth_KnowsOnlyItsOwnTicks()
    {
        var second = _rig.Symbol("MNQ2!");
        _rig.Ticks(_december, 1);
        SetFront("MNQZ2025", 0);
        Assert.Null(ContractOf(second));
        _rig.Ticks(second, 1);
        Assert.Equal("MNQ2!", ContractOf(second));
    }

    [Fact]
    public void NoContract_Unpriced_ThenPricedByItsOwnContinuousSymbol()
    {
        Open(_front);
        Assert.Equal((null, Flags.Unpriced), (View().Contract, View().Flags));
        _rig.Ticks(_december, 50);
        Assert.Equal((null, 0, "100"), (View().Contract, View().TickCount, View().CurrentPrice.ToString()));
        _rig.Ticks(_front, 98);
        Assert.Equal(("MNQ1!", Flags.None, 1, "-4"), (View().Contract, View().Flags, View().TickCount, View().UnrealizedPnl.ToString()));
        // Also in the record that an add writes.
        Open(_front);
        Assert.Equal(("MNQ1!", Flags.None), (View().Contract, View().Flags));
    }

    [Fact]
    public void NoContract_ClosedUnpriced_IsShownSo()
    {
        Open(_front);
        _rig.Send(_recorder, Some.Order(_front, SignalAction.CloseAll, price: 101));
        var closed = Assert.Single(_rig.Outbox.PendingClosed());
        Assert.Equal((null, Flags.Unpriced, "2"), (closed.Contract, closed.Flags, closed.RealizedPnl.ToString()));
    }

    [Fact]
    public void Contract_KeptWhileAnotherBeginsToTick()
    {
        _rig.Ticks(_december, 1);
        Open(_front);
        _rig.Ticks(_march, 50);
        _rig.Ticks(_front, 40);
        Open(_front);
        Assert.Equal(("MNQZ2025", 0, Flags.None), (View().Contract, View().TickCount, View().Flags));
    }

    [Fact]
    public void FrontChanged_AddsAndExits_AreFlaggedAndTheContractStays()
    {
        SetFront("MNQZ2025", 0);
        Assert.Equal(Flags.None, Open(_front).Flags);
        SetFront("MNQH2026", _rig.Now);
        Assert.Equal(Flags.None, View().Flags);
        Assert.Equal(Flags.ContractChanged, Open(_front).Flags);
        var exit = _rig.Send(_recorder, Some.Sell(_front, 1, 100));
        Assert.Equal((Effect.Reduced, Flags.ContractChanged), (exit.Effect, exit.Flags));
        Assert.Equal(("MNQZ2025", Flags.ContractChanged), (View().Contract, View().Flags));
        var fills = _rig.Outbox.PendingFills(View().Id);
        Assert.Equal([Flags.None, Flags.ContractChanged, Flags.ContractChanged], fills.Select(f => f.Fill.Flags));
    }

    [Fact]
    public void FrontChanged_Reversal_OpensOnTheNewFrontUnflagged()
    {
        SetFront("MNQZ2025", 0);
        Open(_front);
        SetFront("MNQH2026", _rig.Now);
        var reversed = _rig.Send(_recorder, Some.Order(_front, SignalAction.Reverse, price: 100));
        Assert.Equal((Effect.Reversed, Flags.ContractChanged), (reversed.Effect, reversed.Flags));
        Assert.Equal(Flags.ContractChanged, Assert.Single(_rig.Outbox.PendingClosed()).Flags);
        Assert.Equal(("MNQH2026", Flags.None), (View().Contract, View().Flags));
        Assert.Equal(Flags.None, Assert.Single(_rig.Outbox.PendingFills(View().Id)).Fill.Flags);
    }

    [Fact]
    public void DatedAndSpot_TakeTheirOwnTicksAlone()
    {
        SetFront("MNQH2026", 0);
        Assert.Equal("MNQZ2025", ContractOf(_december));
        Assert.Equal("AAPL", ContractOf(_rig.Symbol("AAPL")));
    }

    [Fact]
    public void Price_OfAnExitWithoutOne_IsThePositionsContracts()
    {
        _rig.Ticks(_december, 90);
        Open(_front);
        _rig.Ticks(_front, 50);
        _rig.Send(_recorder, Some.Order(_front, SignalAction.CloseAll));
        Assert.Equal("90", Assert.Single(_rig.Outbox.PendingClosed()).ExitPrice?.ToString());
    }

    private void SetFront(string contract, long from) => _rig.Do(new SetFrontContracts([new FrontContract("MNQ", contract, from)], fromFile: false));

    private SignalAnswer Open(Symbol symbol) => _rig.Send(_recorder, Some.Buy(symbol, 1, 100));

    private PositionView View() => Assert.Single(_rig.OpenViews());

    private string? ContractOf(Symbol symbol) => ContractResolver.Resolve(symbol, _rig.State, _rig.Now)?.Name;
}
