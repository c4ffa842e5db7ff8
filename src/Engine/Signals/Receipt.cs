namespace StreamRecorder.Engine.Signals;

/// <summary>
/// A body that arrived under a valid token, as the ledger keeps it: UTF-8, secrets masked,
/// some KiB of it at most (<paramref name="IsCut"/>: there was more). Compared by content.
/// </summary>
public sealed record Receipt(ReadOnlyMemory<byte> Body, bool IsCut, long ReceivedAt)
{
    public bool Equals(Receipt? other) =>
        other is not null && IsCut == other.IsCut && ReceivedAt == other.ReceivedAt && Body.Span.SequenceEqual(other.Body.Span);

    public override int GetHashCode() => HashCode.Combine(ReceivedAt, Body.Length);
}
