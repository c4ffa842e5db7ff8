using StreamRecorder.Engine;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Engine.Signals;
using StreamRecorder.Ingest.Webhooks;

namespace StreamRecorder.Host.Reading;

/// <summary>
/// Applies rejected bodies of the ledger once their cause is mended. Any thread; one after the other, so that none is applied twice.
/// </summary>
public sealed class LedgerRetry(LedgerReader ledger, EngineClient engine, SymbolTable symbols, Func<RecorderDirectory> directory) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly WebhookParser _parser = new(symbols);

    /// <summary>The new entry, or why there is none; then nothing was changed.</summary>
    public async Task<Reply<LedgerEntry>> RetryAsync(long id, bool isForced)
    {
        if (!await _turn.WaitAsync(HostLimits.ChangeTimeout).ConfigureAwait(false))
            return Reply.No<LedgerEntry>(Rejection.InboxFull.Because("Other signals are being retried; send it again."));
        try
        {
            return await RetryInTurnAsync(id, isForced).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<Reply<LedgerEntry>> RetryInTurnAsync(long id, bool isForced)
    {
        if (ledger.Find(id) is not { } rejected)
            return Reply.No<LedgerEntry>(Rejection.NotFound.Because("There is no signal with this id, or it is kept no longer."));
        if (WhyNot(rejected) is { } sentence) return Reply.No<LedgerEntry>(Rejection.Conflict.Because(sentence));
        var receipt = rejected.Receipt;
        // The mapping as it is now: it may be what was mended.
        var mapping = directory().Find(rejected.RecorderId)?.Settings.FieldMapping;
        if (!_parser.TryParse(receipt.Body.Span, receipt.ReceivedAt, rejected.Gist.Key, mapping, out var signal, out var refusal, out _))
            return Reply.No<LedgerEntry>(refusal);
        var reply = await engine.SendAsync(new RetrySignal(rejected, signal, isForced) { ReceivedAt = engine.Now }).ConfigureAwait(false);
        return reply.Refusal is null
            ? new Reply<LedgerEntry>(ledger.Find(reply.Value!.Sequence), null)
            : Reply.No<LedgerEntry>(reply.Refusal);
    }

    private static string? WhyNot(LedgerEntry entry)
    {
        if (entry.Status != SignalStatus.Refused) return $"Only a rejected signal can be retried; this one was {Words.Of(entry.Status)}.";
        if (entry.RetriedAs is { } applied) return $"It was retried already and applied as signal {applied}.";
        return entry.Receipt.IsCut ? "Only the beginning of its body was kept; send the whole to the webhook again." : null;
    }
}
