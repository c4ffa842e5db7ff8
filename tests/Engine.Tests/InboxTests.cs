using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Prices;
using StreamRecorder.Engine.Queries;
using StreamRecorder.Engine.Tests.Support;
using Xunit;

namespace StreamRecorder.Engine.Tests;

/// <summary>One order, a quota for each kind; none takes the places of another.</summary>
public sealed class InboxTests : IDisposable
{
    private readonly EngineRig _rig = new(inbox: new Inbox(signalsMax: 2, tickBatchesMax: 3, queriesMax: 4));
    private readonly Symbol _symbol;
    private readonly long _recorder;

    public InboxTests()
    {
        _rig.WithInstruments(Some.Future("MNQ", 0.25m, 0.5m));
        _recorder = _rig.AddRecorder("r");
        _symbol = _rig.Symbol("MNQZ2025");
    }

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Signals_BeyondTheirQuota_AreRefusedAlone()
    {
        var first = _rig.Offer(_recorder, Some.Buy(_symbol, 1, 1));
        var second = _rig.Offer(_recorder, Some.Buy(_symbol, 1, 2));
        Assert.Equal(Rejection.InboxFull, _rig.Inbox.Offer(Signal())!.Kind);
        Assert.Equal(2, _rig.Inbox.SignalCount);
        Assert.Null(_rig.Inbox.Offer(new RemoveRecorder(77)));
        _rig.OfferTicks(null, ATick());
        _rig.Run();
        Assert.True(first.Answer.IsCompletedSuccessfully && second.Answer.IsCompletedSuccessfully);
        Assert.Null(_rig.Inbox.Offer(Signal()));
    }

    [Fact]
    public void QueriesAndCommands_BeyondTheirQuota_AreRefusedAlone()
    {
        for (var i = 0; i < 4; i++)
            Assert.Null(i % 2 == 0 ? _rig.Inbox.Offer(new OpenPositionsQuery(new OpenFilter())) : _rig.Inbox.Offer(new RemoveRecorder(77)));
        Assert.Equal(Rejection.InboxFull, _rig.Inbox.Offer(new OpenPositionsQuery(new OpenFilter()))!.Kind);
        Assert.Equal(Rejection.InboxFull, _rig.Inbox.Offer(new RemoveRecorder(77))!.Kind);
        Assert.Null(_rig.Inbox.Offer(Signal()));
        _rig.OfferTicks(null, ATick());
        _rig.Run();
        Assert.Equal(0, _rig.Inbox.QueryCount);
        Assert.Null(_rig.Inbox.Offer(new RemoveRecorder(77)));
    }

    [Fact]
    public async Task TickBatches_BeyondTheirQuota_WaitAlone()
    {
        for (var i = 0; i < 3; i++) _rig.OfferTicks(null, ATick());
        var waiting = _rig.Inbox.OfferAsync(TickBatch.Rent(_rig.Session, _rig.Now), TestContext.Current.CancellationToken).AsTask();
        Assert.False(waiting.IsCompleted);
        var signal = _rig.Offer(_recorder, Some.Buy(_symbol, 1, 1));
        Assert.Null(_rig.Inbox.Offer(new RemoveRecorder(77)));
        Assert.Equal(3, _rig.Inbox.TickBatchCount);
        _rig.Run();
        await waiting.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.True(signal.Answer.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task TickBatch_WaitingWhenItsRequestBreaksOff_IsCancelled()
    {
        for (var i = 0; i < 3; i++) _rig.OfferTicks(null, ATick());
        using var cancel = new CancellationTokenSource();
        var waiting = _rig.Inbox.OfferAsync(TickBatch.Rent(_rig.Session, _rig.Now), cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        _rig.Run();
        Assert.Equal(3, _rig.Session.Applied);
        // The place was not lost with it.
        for (var i = 0; i < 3; i++) _rig.OfferTicks(null, ATick());
    }

    [Fact]
    public async Task Close_WithMessagesWaiting_TakesNoMoreAndHandlesTheRest()
    {
        var signal = _rig.Offer(_recorder, Some.Buy(_symbol, 1, 1));
        for (var i = 0; i < 3; i++) _rig.OfferTicks(null, ATick());
        var waiting = _rig.Inbox.OfferAsync(TickBatch.Rent(_rig.Session, _rig.Now), TestContext.Current.CancellationToken).AsTask();
        _rig.Inbox.Close();
        Assert.Equal(Rejection.ShuttingDown, _rig.Inbox.Offer(Signal())!.Kind);
        Assert.Equal(Rejection.ShuttingDown, _rig.Inbox.Offer(new RemoveRecorder(77))!.Kind);
        _rig.Run();
        Assert.True(signal.Answer.IsCompletedSuccessfully);
        await Assert.ThrowsAsync<InboxClosedException>(() => waiting);
        await Assert.ThrowsAsync<InboxClosedException>(
            () => _rig.Inbox.OfferAsync(TickBatch.Rent(_rig.Session, 1), TestContext.Current.CancellationToken).AsTask());
        Assert.Equal(3, _rig.Session.Applied);
    }

    private SignalMessage Signal() => new(_recorder, Some.Buy(_symbol, 1, 1)) { ReceivedAt = _rig.Now };

    private Tick ATick() => new(_symbol.Id, 1, _rig.Now);
}
