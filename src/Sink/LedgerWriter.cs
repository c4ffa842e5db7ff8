using System.Buffers.Binary;
using Microsoft.Data.Sqlite;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Signals;

namespace StreamRecorder.Sink;

/// <summary>Rows of <c>signals</c>, within the transaction of <see cref="WriterSession"/>.</summary>
internal sealed class LedgerWriter(SqliteConnection connection) : IDisposable
{
    private readonly TimeText _times = new();

    private readonly Statement _insert = new(connection, """
        INSERT INTO signals (id, at, recorder_id, recorder, status, reason, detail, field, effect, action, symbol, price, price_e9, quantity, quantity_e9,
          position_id, closed_position_id, flags, label, key, first_id, signal_at, received_at, decided_at, committed_at, answered_at, body_hash, body, is_cut)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """);

    public void Write(LedgerEntry entry)
    {
        var gist = entry.Gist;
        _insert.Add(entry.Id).Add(_times.Of(entry.At)).Add(entry.RecorderId).Add(entry.Recorder)
            .Add(Words.Of(entry.Status)).Add(entry.Reason).Add(entry.Detail).Add(entry.Field)
            .Add(entry.Effect == Effect.None ? null : Words.Of(entry.Effect)).Add(Words.Of(gist.Action)).Add(gist.Symbol)
            .Add(gist.Price is { } price ? Columns.Real(price) : null).Add(gist.Price)
            .Add(gist.Quantity is { } quantity ? Columns.Real(quantity) : null).Add(gist.Quantity)
            .Add(entry.PositionId).Add(entry.ClosedPositionId).Add((long)entry.Flags).Add(gist.Label).Add(gist.Key).Add(entry.FirstId)
            .Add(_times.Of(gist.At)).Add(_times.Of(entry.Receipt.ReceivedAt))
            .Add(_times.Of(entry.DecidedAt)).Add(_times.Of(entry.CommittedAt)).Add(_times.Of(entry.AnsweredAt));
        Add(entry.BodyHash).AddText(entry.Receipt.Body.Span).Add(entry.Receipt.IsCut).Run();
    }

    public void Dispose() => _insert.Dispose();

    private Statement Add(UInt128 hash)
    {
        if (hash == 0) return _insert.AddNull();
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, hash);
        return _insert.Add(bytes);
    }
}
