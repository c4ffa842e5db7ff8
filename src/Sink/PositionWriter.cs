using System.Buffers;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Positions;

namespace StreamRecorder.Sink;

/// <summary>
/// Rows of <c>recorder_positions</c>, <c>fills</c> and <c>position_keys</c>, within the transaction of <see cref="WriterSession"/>.
/// </summary>
internal sealed class PositionWriter(Statements statements)
{
    // What a fill changes is set anew; entries and exits are appended to, because the fills before are in the row already.
    private const string UpsertPosition = """
        INSERT INTO recorder_positions (
          id, recorder_id, recorder, symbol, contract, root, currency, side, status, outcome, total_quantity, max_quantity, entry_quantity, avg_entry_price,
          exit_price, exit_time, current_price, current_price_at, unrealized_pnl, realized_pnl, commission, net_pnl, worst_unrealized_pnl, best_unrealized_pnl,
          worst_total_pnl, best_total_pnl, max_drawdown, drawdown, worst_price, worst_at, best_price, best_at, tick_count, gap_seconds, flags,
          close_reason, opened_at, closed_at, updated_at, changed_at, exact, entries, exits)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32,
          ?33, ?34, ?35, ?36, ?37, ?38, ?39, ?39, ?40, ?41, ?42)
        ON CONFLICT (id) DO UPDATE SET
          recorder = excluded.recorder, contract = excluded.contract, status = excluded.status, outcome = excluded.outcome,
          total_quantity = excluded.total_quantity, max_quantity = excluded.max_quantity, entry_quantity = excluded.entry_quantity,
          avg_entry_price = excluded.avg_entry_price, exit_price = excluded.exit_price, exit_time = coalesce(excluded.exit_time, exit_time),
          current_price = excluded.current_price, current_price_at = excluded.current_price_at, unrealized_pnl = excluded.unrealized_pnl,
          realized_pnl = excluded.realized_pnl, commission = excluded.commission, net_pnl = excluded.net_pnl,
          worst_unrealized_pnl = excluded.worst_unrealized_pnl, best_unrealized_pnl = excluded.best_unrealized_pnl,
          worst_total_pnl = excluded.worst_total_pnl, best_total_pnl = excluded.best_total_pnl,
          max_drawdown = excluded.max_drawdown, drawdown = excluded.drawdown, worst_price = excluded.worst_price, worst_at = excluded.worst_at,
          best_price = excluded.best_price, best_at = excluded.best_at, tick_count = excluded.tick_count, gap_seconds = excluded.gap_seconds,
          flags = excluded.flags, close_reason = excluded.close_reason, closed_at = excluded.closed_at, updated_at = excluded.updated_at,
          changed_at = excluded.changed_at, exact = excluded.exact,
          entries = CASE WHEN excluded.entries = '[]' OR length(entries) > ?43 THEN entries WHEN entries = '[]' THEN excluded.entries
            ELSE substr(entries, 1, length(entries) - 1) || ',' || substr(excluded.entries, 2) END,
          exits = CASE WHEN excluded.exits = '[]' OR length(exits) > ?43 THEN exits WHEN exits = '[]' THEN excluded.exits
            ELSE substr(exits, 1, length(exits) - 1) || ',' || substr(excluded.exits, 2) END
        """;

    private const string InsertFill = """
        INSERT INTO fills (position_id, seq, ordinal, is_entry, price, price_e9, quantity, quantity_e9, at, signal_at, price_source, flags, label)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """;

    private const string UpsertKey = """
        INSERT INTO position_keys (recorder_id, symbol, contract, root, is_open, sequence, record) VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (recorder_id, symbol) DO UPDATE SET contract = excluded.contract, root = excluded.root, is_open = excluded.is_open,
          sequence = excluded.sequence, record = excluded.record
        """;

    private readonly Statement _upsertPosition = statements.Prepare(UpsertPosition);
    private readonly Statement _insertFill = statements.Prepare(InsertFill);
    private readonly Statement _upsertKey = statements.Prepare(UpsertKey);
    private readonly ArrayBufferWriter<byte> _json = new();

    public void Write(PositionChange change)
    {
        foreach (var fill in change.Fills) Write(fill);
        var view = change switch
        {
            { Closed: { } closed } => closed.View(),
            { Open: { } open } => PositionView.Of(open.Position, open.Names),
            _ => throw new InvariantException($"invariant broken: position {change.Id} was filled and its record did not follow"),
        };
        Write(view, change.Closed?.Position ?? change.Open!.Position, change.Fills);
    }

    public void Write(in KeyChange key)
    {
        var names = key.Change.Names;
        var position = key.Change.Position;
        Span<byte> record = stackalloc byte[PositionCodec.Size];
        PositionCodec.Write(position, record);
        _upsertKey.Add(names.RecorderId).Add(names.Symbol).Add(names.Contract).Add(names.Root)
            .Add(position.IsOpen).Add(key.Sequence).Add(record).Run();
    }

    private void Write(in SequencedFill sequenced)
    {
        var fill = sequenced.Fill;
        _insertFill.Add(fill.PositionId).Add(sequenced.Sequence).Add((long)sequenced.Ordinal).Add(fill.IsEntry)
            .Add(Columns.Real(fill.Price)).Add(fill.Price).Add(Columns.Real(fill.Quantity)).Add(fill.Quantity)
            .AddTime(fill.At).AddTime(fill.SignalAt).Add(Words.Of(fill.PriceSource)).Add((long)fill.Flags).Add(fill.Label).Run();
    }

    private void Write(PositionView view, in Position exact, List<SequencedFill> fills)
    {
        Span<byte> record = stackalloc byte[PositionCodec.Size];
        PositionCodec.Write(exact, record);
        var exitTime = fills.FindLast(f => !f.Fill.IsEntry).Fill?.At;
        _upsertPosition
            .Add(view.Id).Add(view.RecorderId).Add(view.Recorder).Add(view.Symbol).Add(view.Contract).Add(view.Root).Add(view.Currency)
            .Add(Words.Of(view.Side)).Add(view.Status).Add(view.Outcome)
            .Add(Columns.Real(view.TotalQuantity)).Add(Columns.Real(view.MaxQuantity)).Add(Columns.Real(view.EntryQuantity))
            .Add(Columns.Real(view.AvgEntryPrice)).Add(Columns.Real(view.ExitPrice)).AddTime(exitTime)
            .Add(Columns.Real(view.CurrentPrice)).AddTime(view.CurrentPriceAt)
            .Add(Columns.Real(view.UnrealizedPnl)).Add(Columns.Real(view.RealizedPnl)).Add(Columns.Real(view.Commission))
            .Add(Columns.Real(view.NetPnl))
            .Add(Columns.Real(view.WorstUnrealizedPnl)).Add(Columns.Real(view.BestUnrealizedPnl))
            .Add(Columns.Real(view.WorstTotalPnl)).Add(Columns.Real(view.BestTotalPnl))
            .Add(Columns.Real(view.MaxDrawdown)).Add(Columns.Real(view.Drawdown))
            .Add(Columns.Real(view.WorstPrice)).AddTime(view.WorstAt).Add(Columns.Real(view.BestPrice)).AddTime(view.BestAt)
            .Add(view.TickCount).Add(view.GapSeconds).Add(Columns.Words(view.Flags))
            .Add(view.IsOpen ? null : Words.Of(view.CloseReason))
            .AddTime(view.OpenedAt).AddTime(view.ClosedAt).AddTime(view.UpdatedAt)
            .Add(record);
        AddFills(fills, isEntry: true);
        AddFills(fills, isEntry: false);
        _upsertPosition.Add((long)SinkLimits.FillsTextMax).Run();
    }

    /// <summary><c>[{"price":25600.25,"qty":1,"time":"…"}]</c>, in exact decimals.</summary>
    private void AddFills(List<SequencedFill> fills, bool isEntry)
    {
        _json.ResetWrittenCount();
        _json.Write("["u8);
        foreach (var (_, _, fill) in fills)
        {
            if (fill.IsEntry != isEntry) continue;
            _json.Write(_json.WrittenCount > 1 ? ",{\"price\":"u8 : "{\"price\":"u8);
            Append(Amount.FromFixed9(fill.Price));
            _json.Write(",\"qty\":"u8);
            Append(Amount.FromFixed9(fill.Quantity));
            _json.Write(",\"time\":\""u8);
            Timestamp.Format(fill.At, _json.GetSpan(Timestamp.TextLength));
            _json.Advance(Timestamp.TextLength);
            _json.Write("\"}"u8);
        }
        _json.Write("]"u8);
        _upsertPosition.AddText(_json.WrittenSpan);
    }

    private void Append(Amount number) => _json.Advance(number.Format(_json.GetSpan(Amount.TextMax)));
}
