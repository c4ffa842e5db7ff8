using StreamRecorder.Engine;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Recorders;

namespace StreamRecorder.Sink;

/// <summary>
/// Rows of recorders, tokens, keys, instruments, front contracts and feeds, and of deliveries that came again.
/// Rare, so each change is applied by itself and in order.
/// </summary>
internal sealed class TableWriter(Statements statements, DeliveryWriter deliveries)
{
    private readonly Statement _upsertRecorder = statements.Prepare("""
        INSERT INTO recorders (id, name, on_opposite, default_quantity, default_quantity_e9, duplicate_window, duplicate_window_us,
          price_max_age, price_max_age_us, fill_price, max_age, max_age_us, field_mapping, commission, commission_e9,
          drawdown_limit, drawdown_limit_e9, enabled, created_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET name = excluded.name, on_opposite = excluded.on_opposite,
          default_quantity = excluded.default_quantity, default_quantity_e9 = excluded.default_quantity_e9,
          duplicate_window = excluded.duplicate_window, duplicate_window_us = excluded.duplicate_window_us,
          price_max_age = excluded.price_max_age, price_max_age_us = excluded.price_max_age_us, fill_price = excluded.fill_price,
          max_age = excluded.max_age, max_age_us = excluded.max_age_us, field_mapping = excluded.field_mapping,
          commission = excluded.commission, commission_e9 = excluded.commission_e9,
          drawdown_limit = excluded.drawdown_limit, drawdown_limit_e9 = excluded.drawdown_limit_e9, enabled = excluded.enabled
        """);

    // A recorder's id is never given twice, even when the last one made is deleted.
    private readonly Statement _nextRecorderId = statements.Prepare("UPDATE state SET next_recorder_id = max(next_recorder_id, ?1 + 1)");
    private readonly Statement _deleteTokens = statements.Prepare("DELETE FROM recorder_tokens WHERE recorder_id = ?");

    private readonly Statement _insertToken = statements.Prepare(
        "INSERT INTO recorder_tokens (hash, recorder_id, ordinal, label, created_at) VALUES (?, ?, ?, ?, ?)");

    private readonly Statement _rememberName = statements.Prepare(
        "INSERT INTO deleted_recorders (id, name, deleted_at) SELECT id, name, ?1 FROM recorders WHERE id = ?2");

    private readonly Statement _deleteRecorder = statements.Prepare("DELETE FROM recorders WHERE id = ?");

    // All flat: a recorder with open positions is not deleted. No signal can reach them again.
    private readonly Statement _deleteKeys = statements.Prepare("DELETE FROM position_keys WHERE recorder_id = ?");

    private readonly Statement _upsertApiKey = statements.Prepare(
        "INSERT OR REPLACE INTO api_keys (hash, name, scope, created_at) VALUES (?, ?, ?, ?)");

    private readonly Statement _deleteApiKey = statements.Prepare("DELETE FROM api_keys WHERE hash = ?");

    private readonly Statement _upsertInstrument = statements.Prepare("""
        INSERT OR REPLACE INTO instruments (root, from_files, exchange, name, tick_size, tick_size_e9, tick_value, tick_value_e9, currency, kind)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """);

    private readonly Statement _deleteFileFronts = statements.Prepare("DELETE FROM front_contracts WHERE from_file = 1");
    private readonly Statement _deleteFront = statements.Prepare("DELETE FROM front_contracts WHERE from_file = 0 AND root = ? AND from_utc = ?");
    private readonly Statement _insertFront =
        statements.Prepare("INSERT INTO front_contracts (root, contract, from_utc, from_file) VALUES (?, ?, ?, ?)");

    private readonly Statement _upsertFeed = statements.Prepare("INSERT OR REPLACE INTO feeds (name, sequence, seen_at) VALUES (?, ?, ?)");
    private readonly Statement _deleteFeed = statements.Prepare("DELETE FROM feeds WHERE name = ?");

    private readonly Statement _setGap = statements.Prepare("UPDATE state SET total_gap_us = ?");

    public void Write(in TableChange change)
    {
        switch (change.Output)
        {
            case RecorderChanged changed:
                Write(changed.Recorder);
                break;
            case RecorderDeleted deleted:
                Delete(deleted.RecorderId, change.At);
                break;
            case ApiKeyChanged changed:
                _upsertApiKey.Add(changed.Key.HashHex).Add(changed.Key.Name).Add(Words.Of(changed.Key.Scope))
                    .AddTime(changed.Key.CreatedAt).Run();
                break;
            case ApiKeyDeleted deleted:
                _deleteApiKey.Add(deleted.HashHex).Run();
                break;
            case InstrumentsChanged changed:
                foreach (var row in changed.Rows) Write(row, changed.FromFiles);
                break;
            case FrontContractsChanged changed:
                Write(changed);
                break;
            case FeedSeen seen:
                _upsertFeed.Add(seen.Feed.Name).Add(seen.Feed.Sequence).AddTime(seen.Feed.SeenAt).Run();
                break;
            case FeedForgotten forgotten:
                _deleteFeed.Add(forgotten.Name).Run();
                break;
            case BodyNoted noted:
                deliveries.Write(noted, change.At);
                break;
            case GapCounted gap:
                _setGap.Add(gap.TotalGap).Run();
                break;
            default:
                throw new InvariantException($"invariant broken: the sink knows no row for {change.Output.GetType().Name}");
        }
    }

    private void Write(Recorder recorder)
    {
        var settings = recorder.Settings;
        _upsertRecorder.Add(recorder.Id).Add(settings.Name).Add(Words.Of(settings.OnOpposite))
            .Add(Columns.Real(settings.DefaultQuantity)).Add(settings.DefaultQuantity)
            .Add(Columns.Seconds(settings.DuplicateWindow)).Add(settings.DuplicateWindow)
            .Add(Columns.Seconds(settings.PriceMaxAge)).Add(settings.PriceMaxAge)
            .Add(Words.Of(settings.FillPrice)).Add(Columns.Seconds(settings.MaxAge)).Add(settings.MaxAge).Add(settings.FieldMapping)
            .Add(Columns.Real(settings.Commission)).Add(settings.Commission)
            .Add(settings.DrawdownLimit is { } limit ? Columns.Real(limit) : null).Add(settings.DrawdownLimit)
            .Add(settings.Enabled).AddTime(recorder.CreatedAt).Run();
        _nextRecorderId.Add(recorder.Id).Run();
        _deleteTokens.Add(recorder.Id).Run();
        for (var i = 0; i < recorder.Tokens.Count; i++)
            _insertToken.Add(recorder.Tokens[i].HashHex).Add(recorder.Id).Add((long)i).Add(recorder.Tokens[i].Label)
                .AddTime(recorder.Tokens[i].CreatedAt).Run();
    }

    private void Delete(long recorderId, long at)
    {
        _rememberName.AddTime(at).Add(recorderId).Run();
        _deleteRecorder.Add(recorderId).Run();
        _deleteKeys.Add(recorderId).Run();
    }

    private void Write(Instrument row, bool fromFiles) =>
        _upsertInstrument.Add(row.Root).Add(fromFiles).Add(row.Exchange).Add(row.Name).Add(Columns.Real(row.TickSize)).Add(row.TickSize)
            .Add(Columns.Real(row.TickValue)).Add(row.TickValue).Add(row.Currency).Add(Words.Of(row.Kind)).Run();

    private void Write(FrontContractsChanged changed)
    {
        if (changed.FromFile) _deleteFileFronts.Run();
        else foreach (var row in changed.Rows) _deleteFront.Add(row.Root).AddTime(row.FromUtc).Run();
        foreach (var row in changed.Rows)
            _insertFront.Add(row.Root).Add(row.Contract).AddTime(row.FromUtc).Add(changed.FromFile).Run();
    }
}
