using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Prices;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Engine.Signals;
using StreamRecorder.Engine.Tests.Support;
using Xunit;

namespace StreamRecorder.Engine.Tests.Signals;

/// <summary>Where a fill's price comes from, and what a recorder's settings and hands change about a signal.</summary>
public sealed class SignalPriceTests : IDisposable
{
    private readonly EngineRig _rig = new EngineRig().WithInstruments(Some.Future("MNQ", 0.25m, 0.5m));
    private readonly long _recorder;
    private readonly Symbol _symbol;

    public SignalPriceTests()
    {
        _recorder = _rig.AddRecorder("r");
        _symbol = _rig.Symbol("MNQZ2025");
    }

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void NoPrice_FreshTick_IsTaken()
    {
        _rig.Ticks(_symbol, 90);
        _rig.Time.Advance(TimeSpan.FromSeconds(60));
        _rig.Send(_recorder, Some.Buy(_symbol, 1));
        Assert.Equal("90", View().AvgEntryPrice.ToString());
    }

    [Fact]
    public void NoPrice_TickOlderThanTheAge_IsRefusedNamingTheField()
    {
        _rig.Ticks(_symbol, 90);
        _rig.Time.Advance(TimeSpan.FromSeconds(60) + TimeSpan.FromMicroseconds(1));
        var refusal = _rig.Send(_recorder, Some.Buy(_symbol, 1)).Refusal!;
        Assert.Equal((Rejection.PriceUnknown, "price"), (refusal.Kind, refusal.Field));
        Assert.Equal(Rejection.PriceUnknown, _rig.Send(_recorder, Some.Buy(_rig.Symbol("MNQH2026"), 1)).Refusal!.Kind);
    }

    [Theory]
    [InlineData(0, null, 1000, null)]
    [InlineData(10, null, 10, null)]
    [InlineData(10, null, 11, "signal_too_old")]
    [InlineData(0, 10, 11, "signal_too_old")]
    [InlineData(5, 10, 6, "signal_too_old")]
    [InlineData(20, 10, 11, "signal_too_old")]
    [InlineData(10, null, -60, null)]
    [InlineData(10, null, null, null)]
    public void Alert_OlderThanItMayBe_IsRefused(int settingSeconds, int? ownSeconds, int? age, string? refusal)
    {
        var recorder = _rig.AddRecorder("aged", s => s with { MaxAge = settingSeconds * Timestamp.Second });
        var answer =
            _rig.Send(recorder, Some.Buy(_symbol, 1, 90) with { At = _rig.Now - age * Timestamp.Second, MaxAge = ownSeconds * Timestamp.Second });
        Assert.Equal(refusal, answer.Refusal?.Kind.Label);
    }

    [Fact]
    public void Target_ThatDoesNotAddUp_FlagsAnswerFillAndPosition()
    {
        var answer = _rig.Send(_recorder, Some.Buy(_symbol, 1, 90) with { PreviousPosition = 0, TargetPosition = 2 * Fixed9.One });
        Assert.Equal(Flags.Inconsistent, answer.Flags);
        Assert.Equal(Flags.Inconsistent, View().Flags & Flags.Position & ~Flags.Unpriced);
        Assert.Equal(Flags.Inconsistent, _rig.TakeReleased().SelectMany(g => g.Outputs).OfType<FillOutput>().Single().Flags);
    }

    [Fact]
    public void NoPrice_NothingToDo_IsIgnoredRatherThanRefused() =>
        Assert.Equal(IgnoreReason.Flat, _rig.Send(_recorder, Some.Order(_symbol, SignalAction.CloseAll)).Reason);

    [Fact]
    public void FillPriceTick_SignalWithAPrice_TakesTheTick()
    {
        var recorder = _rig.AddRecorder("tick", s => s with { FillPrice = FillPrice.Tick });
        Assert.Equal(Rejection.PriceUnknown, _rig.Send(recorder, Some.Buy(_symbol, 1, 100)).Refusal!.Kind);
        _rig.Ticks(_symbol, 90);
        _rig.Send(recorder, Some.Buy(_symbol, 1, 100));
        Assert.Equal("90", View().AvgEntryPrice.ToString());
    }

    [Fact]
    public void Paused_AnySignal_IsIgnoredAndFillsNothing()
    {
        var recorder = _rig.AddRecorder("paused", s => s with { Enabled = false });
        var answer = _rig.Send(recorder, Some.Buy(_symbol, 1, 100));
        Assert.Equal((SignalStatus.Ignored, IgnoreReason.Paused), (answer.Status, answer.Reason));
        Assert.Empty(_rig.OpenViews());
    }

    [Fact]
    public void Unknown_RecorderOrRoot_IsRefused()
    {
        Assert.Equal(Rejection.TokenUnknown, _rig.Send(77, Some.Buy(_symbol, 1, 1)).Refusal!.Kind);
        var foreign = _rig.State.Symbols.FromCanonical("XYZZ2025", "XYZ", SymbolKind.Dated, 0);
        Assert.Equal(Rejection.InstrumentUnknown, _rig.Send(_recorder, Some.Buy(foreign, 1, 1)).Refusal!.Kind);
    }

    [Fact]
    public void DefaultQuantity_OfTheRecorder_IsUsedWithoutOne()
    {
        var recorder = _rig.AddRecorder("three", s => s with { DefaultQuantity = Some.E9(3m) });
        _rig.Send(recorder, Some.Buy(_symbol, null, 1));
        Assert.Equal("3", View().TotalQuantity.ToString());
    }

    [Fact]
    public void CloseByHand_WithAPrice_ClosesAsManual()
    {
        var id = _rig.Send(_recorder, Some.Buy(_symbol, 2, 100)).PositionId;
        var result = _rig.Do(new ClosePosition(id, Some.E9(101)) { ReceivedAt = _rig.Now });
        Assert.Equal((Effect.Closed, id), (((SignalAnswer)result.Value!).Effect, ((SignalAnswer)result.Value!).ClosedPositionId));
        var closed = Assert.Single(_rig.Outbox.PendingClosed());
        Assert.Equal((CloseReason.Manual, "4"), (closed.CloseReason, closed.RealizedPnl.ToString()));
        Assert.Equal(Rejection.NotFound, _rig.Do(new ClosePosition(id, null)).Refusal!.Kind);
    }

    [Fact]
    public void CloseByHand_WithoutAPrice_TakesTheLastTickHoweverOldAndThoughPaused()
    {
        var id = _rig.Send(_recorder, Some.Buy(_symbol, 1, 100)).PositionId;
        Assert.Equal(Rejection.PriceUnknown, _rig.Do(new ClosePosition(id, null) { ReceivedAt = _rig.Now }).Refusal!.Kind);
        _rig.OfferTicks(null, new Tick(_symbol.Id, Some.E9(97m), _rig.Now));
        _rig.Do(new ChangeRecorder(_recorder, s => s with { Enabled = false }));
        _rig.Time.Advance(TimeSpan.FromHours(1));
        Assert.Null(_rig.Do(new ClosePosition(id, null) { ReceivedAt = _rig.Now }).Refusal);
        var closed = Assert.Single(_rig.Outbox.PendingClosed());
        Assert.Equal(("97", 1, "-6"), (closed.ExitPrice?.ToString(), closed.TickCount, closed.WorstUnrealizedPnl.ToString()));
    }

    [Fact]
    public void Clock_SetBack_NeitherTurnsEngineTimeNorRefusesFreshPrices()
    {
        _rig.Send(_recorder, Some.Buy(_symbol, 1, 100));
        var before = _rig.State.Now;
        var message = new SignalMessage(_recorder, Some.Buy(_symbol, 1, 99)) { ReceivedAt = before - 10 * Timestamp.Second };
        Assert.Null(_rig.Inbox.Offer(message));
        _rig.Run();
        Assert.Equal(Effect.Added, EngineRig.Done(message.Answer).Effect);
        Assert.Equal((before, before), (_rig.State.Now, View().UpdatedAt));
    }

    private PositionView View() => Assert.Single(_rig.OpenViews());
}
