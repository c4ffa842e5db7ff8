using System.Buffers.Binary;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Signals;

namespace StreamRecorder.Sink;

/// <summary>
/// Rows of <c>signals</c>, within the transaction of <see cref="WriterSession"/>: written, told when their answers
/// left, and deleted when they are too old or too many. How many rows and bytes there are stands in <c>state</c>.
/// </summary>
internal sealed class LedgerWriter
{
    /// <summary>What a row takes beside its texts, with its two index entries: 10 M rows with 163 bytes of text came to 508 bytes each.</summary>
    private const int RowOverhead = 345;

    private readonly LedgerSettings _settings;
    private readonly Queue<(long Id, long At)> _unanswered = new();
    private readonly Statement _insert;
    private readonly Statement _setRetried;
    private readonly Statement _setAnswered;
    private readonly Statement _oldest;
    private readonly Statement _deleteUpTo;
    private readonly Statement _count;
    private long _bytes;

    public LedgerWriter(Statements statements, LedgerSettings settings)
    {
        _settings = settings;
        _insert = statements.Prepare("""
            INSERT INTO signals (id, at, recorder_id, recorder, status, reason, detail, field, effect, action, symbol, price, price_e9, quantity, quantity_e9,
              position_id, closed_position_id, flags, label, key, brackets, first_id, retry_of, signal_at, received_at, decided_at, committed_at, answered_at,
              body_hash, body, is_cut, bytes)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """);
        _setRetried = statements.Prepare("UPDATE signals SET retried_as = ? WHERE id = ?");
        _setAnswered = statements.Prepare("UPDATE signals SET answered_at = ? WHERE id = ?");
        _oldest = statements.Prepare("SELECT id, at, bytes FROM signals ORDER BY id LIMIT ?");
        _deleteUpTo = statements.Prepare("DELETE FROM signals WHERE id <= ?");
        _count = statements.Prepare("UPDATE state SET ledger_rows = ledger_rows + ?, ledger_bytes = ledger_bytes + ?");
        var size = statements.Prepare("SELECT ledger_bytes FROM state");
        size.Step();
        _bytes = size.Int64(0);
        size.Reset();
    }

    public void Write(IReadOnlyList<LedgerEntry> entries, long now)
    {
        LookForAnswers(now);
        if (entries.Count == 0) return;
        var bytes = 0L;
        foreach (var entry in entries) bytes += Insert(entry);
        Count(entries.Count, bytes);
        if (_bytes > _settings.BytesMax) Prune(now, entries.Count * SinkLimits.LedgerPrunedPerRow);
    }

    /// <summary>Deletes up to <paramref name="rowsMax"/> of the oldest rows, as far as they are too old or too many; returns how many.</summary>
    public int Prune(long now, int rowsMax)
    {
        var tooOld = Timestamp.Format(Math.Max(0, now - _settings.Age.Ticks / TimeSpan.TicksPerMicrosecond));
        var (rows, bytes, last) = (0, 0L, 0L);
        for (_oldest.Add((long)rowsMax); _oldest.Step(); rows++)
        {
            var isTooMuch = _bytes - bytes > _settings.BytesMax;
            if (!isTooMuch && string.CompareOrdinal(_oldest.Text(1), tooOld) >= 0)
            {
                _oldest.Reset();
                break;
            }
            last = _oldest.Int64(0);
            bytes += _oldest.Int64(2);
        }
        if (rows == 0) return 0;
        _deleteUpTo.Add(last).Run();
        Count(-rows, -bytes);
        return rows;
    }

    private void Count(int rows, long bytes)
    {
        _count.Add((long)rows).Add(bytes).Run();
        _bytes += bytes;
    }

    private long Insert(LedgerEntry entry)
    {
        var (gist, receipt) = (entry.Gist, entry.Receipt);
        var bytes = (long)RowOverhead + receipt.Body.Length
            + Length(entry.Recorder) + Length(entry.Detail) + Length(gist.Key) + Length(gist.Label) + Length(gist.Symbol);
        var answeredAt = _settings.AnsweredAt(entry.Id);
        _insert.Add(entry.Id).AddTime(entry.At).Add(entry.RecorderId).Add(entry.Recorder)
            .Add(Words.Of(entry.Status)).Add(entry.Reason).Add(entry.Detail).Add(entry.Field)
            .Add(entry.Effect == Effect.None ? null : Words.Of(entry.Effect)).Add(Words.Of(gist.Action)).Add(gist.Symbol)
            .Add(Real(gist.Price)).Add(gist.Price).Add(Real(gist.Quantity)).Add(gist.Quantity)
            .Add(entry.PositionId).Add(entry.ClosedPositionId).Add((long)entry.Flags).Add(gist.Label).Add(gist.Key).Add(BracketText.Of(gist.Brackets))
            .Add(entry.FirstId).Add(entry.RetryOf)
            .AddTime(gist.At).AddTime(receipt.ReceivedAt).AddTime(entry.DecidedAt).AddTime(entry.CommittedAt)
            .AddTime(answeredAt);
        AddHash(entry.BodyHash);
        _insert.AddText(receipt.Body.Span).Add(receipt.IsCut).Add(bytes).Run();
        if (entry.RetryOf is { } retried) _setRetried.Add(entry.Id).Add(retried).Run();
        if (answeredAt is null && _unanswered.Count < SinkLimits.AnswersAwaitedMax) _unanswered.Enqueue((entry.Id, entry.At));
        return bytes;
    }

    /// <summary>Rows are often written in the moment in which their answers leave: the time is looked up again with the next batches.</summary>
    private void LookForAnswers(long now)
    {
        for (var left = _unanswered.Count; left > 0; left--)
        {
            var (id, at) = _unanswered.Dequeue();
            if (_settings.AnsweredAt(id) is { } answeredAt) _setAnswered.AddTime(answeredAt).Add(id).Run();
            else if (now - at < SinkLimits.AnswerAwaitedFor) _unanswered.Enqueue((id, at));
        }
    }

    private void AddHash(UInt128 hash)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, hash);
        if (hash == 0) _insert.AddNull();
        else _insert.Add(bytes);
    }

    private static double? Real(long? e9) => e9 is { } known ? Columns.Real(known) : null;

    private static int Length(string? text) => text?.Length ?? 0;
}
