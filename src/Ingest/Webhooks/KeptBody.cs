using System.Text;
using StreamRecorder.Engine.Signals;
using StreamRecorder.Ingest.Webhooks.Secrets;

namespace StreamRecorder.Ingest.Webhooks;

/// <summary>What the ledger keeps of a body: its text, secrets masked, cut.</summary>
public static class KeptBody
{
    /// <param name="body">As it arrived.</param>
    /// <param name="isWhole">False when the rest of it was not read.</param>
    /// <param name="receivedAt">Arrival, µs.</param>
    public static Receipt Of(ReadOnlySpan<byte> body, bool isWhole, long receivedAt)
    {
        if (BodyMask.IsPlain(body)) return new Receipt(body.ToArray(), IsCut: !isWhole, receivedAt);
        if (body.Length > IngestLimits.KeptBodyBytesMax) return new Receipt(Encoding.UTF8.GetBytes(BodyMask.Of(body)), IsCut: true, receivedAt);
        // Masks may be longer than what they hide: whether the whole of it fits is known only afterwards.
        var kept = Encoding.UTF8.GetBytes(BodyMask.Of(body, IngestLimits.BodyBytesMax));
        return kept.Length <= IngestLimits.KeptBodyBytesMax
            ? new Receipt(kept, IsCut: !isWhole, receivedAt)
            : new Receipt(Encoding.UTF8.GetBytes(BodyMask.Of(body)), IsCut: true, receivedAt);
    }
}
