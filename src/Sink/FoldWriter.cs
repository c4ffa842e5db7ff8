using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Prices;
using StreamRecorder.Engine.Recovery;

namespace StreamRecorder.Sink;

/// <summary>
/// Rows of <c>symbols</c> and <c>symbol_folds</c>. A fold goes into the symbol's newest row unless an open key starts between them, so a symbol
/// costs one row a transaction. Rows that only closed keys kept apart are merged once a minute (<see cref="MergeStep"/>): the table stays as long
/// as the open keys are many.
/// </summary>
internal sealed class FoldWriter(Statements statements)
{
    private const string FoldColumns = """
        symbol, from_seq, to_seq, tick_count, first_e9, first_at_us, last_e9, last_at_us, min_e9, min_at_us, max_e9, max_at_us,
        greatest_fall_e9, greatest_rise_e9, newest_at_us
        """;

    private readonly Statement _insertSymbol = statements.Prepare(
        "INSERT INTO symbols (name, root, kind, continuous_index) VALUES (?, ?, ?, ?) ON CONFLICT (name) DO NOTHING");

    private readonly Statement _updateSymbol = statements.Prepare(
        "UPDATE symbols SET last_price = ?1, last_price_e9 = ?2, last_at = ?3, "
        + "newest_at = max(coalesce(newest_at, ''), ?4), changed_at = ?5 WHERE name = ?6");

    private readonly Statement _setOutage = statements.Prepare("UPDATE symbols SET outage_total_us = ?, outage_since = ? WHERE name = ?");

    private readonly Statement _upsertFold = statements.Prepare($"""
        INSERT INTO symbol_folds ({FoldColumns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (symbol, from_seq) DO UPDATE SET to_seq = excluded.to_seq, tick_count = excluded.tick_count,
          last_e9 = excluded.last_e9, last_at_us = excluded.last_at_us, min_e9 = excluded.min_e9, min_at_us = excluded.min_at_us,
          max_e9 = excluded.max_e9, max_at_us = excluded.max_at_us, greatest_fall_e9 = excluded.greatest_fall_e9,
          greatest_rise_e9 = excluded.greatest_rise_e9, newest_at_us = excluded.newest_at_us
        """);

    private readonly Statement _deleteFold = statements.Prepare("DELETE FROM symbol_folds WHERE symbol = ? AND from_seq = ?");

    private readonly Statement _newestFold =
        statements.Prepare($"SELECT {FoldColumns} FROM symbol_folds WHERE symbol = ? ORDER BY from_seq DESC LIMIT 1");

    private readonly Statement _foldsAfter = statements.Prepare(
        $"SELECT {FoldColumns} FROM symbol_folds WHERE (symbol, from_seq) > (?, ?) ORDER BY symbol, from_seq LIMIT ?");

    private readonly Statement _keyBetween = statements.Prepare(
        "SELECT 1 FROM position_keys WHERE contract = ? AND is_open = 1 AND sequence >= ? AND sequence < ? LIMIT 1");

    // Symbols that have a row already; bounded as the engine's table of symbols is.
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>After the keys of the same batch: what starts between two folds is read from them.</summary>
    public void Write(FoldRun run)
    {
        var symbol = run.Last.Symbol;
        Know(symbol.Name, symbol.Root, symbol.Kind, symbol.ContinuousIndex);
        var ticks = run.Last.Ticks;
        _updateSymbol.Add(Columns.Real(ticks.Last)).Add(ticks.Last).AddTime(ticks.LastAt).AddTime(run.NewestAt)
            .AddTime(run.ChangedAt).Add(symbol.Name).Run();
        var first = run.Rows[0];
        if (Newest(symbol.Name) is { } newest && !StartsBetween(symbol.Name, newest, first)) first = Merged(newest, first);
        Upsert(symbol.Name, first);
        for (var i = 1; i < run.Rows.Count; i++) Upsert(symbol.Name, run.Rows[i]);
    }

    /// <summary>After the folds of the same batch: only a contract that ticked can be lost, so its row is there.</summary>
    public void Write(OutageChanged outage) =>
        _setOutage.Add(outage.Total).AddTime(outage.Since == 0 ? null : outage.Since).Add(outage.Contract.Name).Run();

    /// <summary>A start must know the symbols of its keys, ticked or not.</summary>
    public void Know(in PositionNames names)
    {
        Know(names.Symbol, names.Root);
        Know(names.Contract, names.Root);
    }

    /// <summary>
    /// Merges neighbours among the next rows after a place in the table, inside the caller's transaction. Returns the place reached; null at the
    /// end of the table.
    /// </summary>
    public (string Symbol, long FromSequence)? MergeStep((string Symbol, long FromSequence) after, out int merged)
    {
        var rows = new List<(string Symbol, FoldRow Row)>();
        _foldsAfter.Add(after.Symbol).Add(after.FromSequence).Add((long)SinkLimits.ThinRowsPerStep);
        while (_foldsAfter.Step()) rows.Add((_foldsAfter.Text(0), Read(_foldsAfter)));
        merged = 0;
        for (var i = 1; i < rows.Count; i++)
        {
            var ((symbol, left), (other, right)) = (rows[i - 1], rows[i]);
            if (symbol != other || StartsBetween(symbol, left, right)) continue;
            _deleteFold.Add(symbol).Add(right.FromSequence).Run();
            rows[i] = (symbol, Merged(left, right));
            Upsert(symbol, rows[i].Row);
            merged++;
        }
        // The last row is looked at again as the next step's left neighbour would be: one seam a step waits for the next run.
        return rows.Count < SinkLimits.ThinRowsPerStep ? null : (rows[^1].Symbol, rows[^1].Row.FromSequence);
    }

    private void Know(string name, string root)
    {
        if (_known.Contains(name)) return;
        var symbol = StoredSymbol.Of(name, root);
        Know(symbol.Name, symbol.Root, symbol.Kind, symbol.ContinuousIndex);
    }

    private void Know(string name, string root, SymbolKind kind, int continuousIndex)
    {
        if (!_known.Add(name)) return;
        _insertSymbol.Add(name).Add(root).Add(Word(kind)).Add((long)continuousIndex).Run();
    }

    private FoldRow? Newest(string symbol)
    {
        _newestFold.Add(symbol);
        if (!_newestFold.Step()) return null;
        var row = Read(_newestFold);
        _newestFold.Reset();
        return row;
    }

    private bool StartsBetween(string symbol, in FoldRow left, in FoldRow right)
    {
        _keyBetween.Add(symbol).Add(left.ToSequence).Add(right.FromSequence);
        if (!_keyBetween.Step()) return false;
        _keyBetween.Reset();
        return true;
    }

    private void Upsert(string symbol, in FoldRow row)
    {
        var ticks = row.Ticks;
        _upsertFold.Add(symbol).Add(row.FromSequence).Add(row.ToSequence).Add(ticks.Count).Add(ticks.First).Add(ticks.FirstAt).Add(ticks.Last)
            .Add(ticks.LastAt)
            .Add(ticks.Min).Add(ticks.MinAt).Add(ticks.Max).Add(ticks.MaxAt).Add(ticks.Drop).Add(ticks.Rise).Add(ticks.NewestAt).Run();
    }

    private static FoldRow Merged(in FoldRow left, in FoldRow right) => new()
    {
        FromSequence = left.FromSequence,
        ToSequence = right.ToSequence,
        Ticks = Excursion.Combine(left.Ticks, right.Ticks),
    };

    private static FoldRow Read(Statement row) => new()
    {
        FromSequence = row.Int64(1),
        ToSequence = row.Int64(2),
        Ticks = new Excursion
        {
            Count = row.Int64(3),
            First = row.Int64(4),
            FirstAt = row.Int64(5),
            Last = row.Int64(6),
            LastAt = row.Int64(7),
            Min = row.Int64(8),
            MinAt = row.Int64(9),
            Max = row.Int64(10),
            MaxAt = row.Int64(11),
            Drop = row.Int64(12),
            Rise = row.Int64(13),
            NewestAt = row.Int64(14),
        },
    };

    private static string Word(SymbolKind kind) => kind switch { SymbolKind.Spot => "spot", SymbolKind.Dated => "dated", _ => "continuous" };
}
