using StreamRecorder.Engine.Prices;
using StreamRecorder.Sink;
using static System.FormattableString;

namespace StreamRecorder.Host.Verify;

/// <summary>
/// Rows of <c>symbol_folds</c> against the journal: the union of a symbol's journalled
/// folds between a row's sequences must be that row. Holds one row a symbol.
/// </summary>
internal sealed class FoldChecks(VerificationReader database, Findings findings, long first)
{
    private readonly Dictionary<string, Run> _runs = new(StringComparer.Ordinal);

    /// <summary>Rows compared in full.</summary>
    public long ComparedCount { get; private set; }

    /// <summary>A journalled fold and its engine time, in the order of the journal.</summary>
    public void Add(string symbol, in Excursion ticks, long at, Place place)
    {
        // The sink keeps no row of nothing.
        if (ticks.IsEmpty) return;
        if (!_runs.TryGetValue(symbol, out var run))
        {
            run = new Run(symbol) { Row = database.FoldReaching(symbol, first) };
            _runs.Add(symbol, run);
        }
        run.Saw(ticks, at);
        while (run.Row is { } row && row.ToSequence < place.Sequence) Finish(run, row);
        if (run.Row is null || place.Sequence < run.Row.FromSequence) findings.Add($"symbol_folds, {symbol}: no row holds the ticks of {place}");
        else run.Take(ticks, place);
    }

    /// <summary>All folds up to the database's sequence were added.</summary>
    public void End()
    {
        foreach (var run in _runs.Values)
        {
            while (run.Row is { } row) Finish(run, row);
            CheckSymbol(run);
        }
        foreach (var symbol in database.FoldSymbols(first))
        {
            if (_runs.ContainsKey(symbol)) continue;
            for (var row = database.FoldAfter(symbol, first - 1); row is not null; row = database.FoldAfter(symbol, row.FromSequence))
                AddUnknown(row);
        }
    }

    private void Finish(Run run, StoredFoldRow row)
    {
        // A row that begins before the journal does cannot be made again of what is left.
        if (row.FromSequence >= first) Compare(run, row);
        run.Next(database.FoldAfter(run.Symbol, row.FromSequence));
    }

    private void Compare(Run run, StoredFoldRow row)
    {
        ComparedCount++;
        if (run.Ticks.IsEmpty)
        {
            AddUnknown(row);
            return;
        }
        if (row.FromSequence != run.From.Sequence || row.ToSequence != run.To.Sequence)
            findings.Add(Invariant($"{PlaceOf(row)}: the journal's folds in it are of sequences {run.From.Sequence} to {run.To.Sequence}"));
        if (RecordDifference.Of(row.Ticks, run.Ticks) is { } difference)
            findings.Add($"{PlaceOf(row)}: {difference}, which the journal gives from {run.From} to {run.To}");
    }

    /// <summary>The symbol's own row has the last of its ticks. Its newest may be older than the journal.</summary>
    private void CheckSymbol(Run run)
    {
        var place = $"symbols, {run.Symbol}";
        if (database.Symbol(run.Symbol) is not { } row)
        {
            findings.Add($"{place}: the row is missing or has no price; the journal has its ticks");
            return;
        }
        var newest = first == 1 ? run.NewestAt : Math.Max(run.NewestAt, row.NewestAt);
        var expected = row with { LastPrice = run.Last.Last, LastAt = run.Last.LastAt, NewestAt = newest, ChangedAt = run.ChangedAt };
        if (row != expected) findings.Add($"{place}: {row} instead of {expected}, which the journal gives");
        if (!row.IsReadable) findings.Add(Invariant($"{place}, last_price: is not what last_price_e9 says, {row.LastPrice}"));
    }

    private void AddUnknown(StoredFoldRow row) => findings.Add($"{PlaceOf(row)}: the journal has no ticks of it");

    private static string PlaceOf(StoredFoldRow row) =>
        Invariant($"symbol_folds, {row.Symbol}, from_seq {row.FromSequence}, to_seq {row.ToSequence}");

    /// <summary>Where one symbol stands: its row, and the union of the folds in it so far.</summary>
    private sealed class Run(string symbol)
    {
        private Excursion _ticks;

        public string Symbol { get; } = symbol;

        public StoredFoldRow? Row { get; set; }

        public ref readonly Excursion Ticks => ref _ticks;

        /// <summary>The newest fold, the greatest own time of all, and the newest's engine time.</summary>
        public Excursion Last { get; private set; }

        public long NewestAt { get; private set; }

        public long ChangedAt { get; private set; }

        public Place From { get; private set; }

        public Place To { get; private set; }

        public void Saw(in Excursion ticks, long at)
        {
            Last = ticks;
            NewestAt = Math.Max(NewestAt, ticks.NewestAt);
            ChangedAt = at;
        }

        public void Take(in Excursion ticks, Place place)
        {
            if (_ticks.IsEmpty) From = place;
            To = place;
            _ticks.Append(ticks);
        }

        public void Next(StoredFoldRow? row)
        {
            Row = row;
            _ticks = default;
        }
    }
}
