using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Prices;

namespace StreamRecorder.Engine.Recovery;

/// <summary>
/// Rebuilds positions and epochs out of the database as of one sequence. For each contract, keys (by the sequence of their last change) and folds
/// (by theirs) are merged like two sorted lists: a key starts before the first fold after its sequence, exactly as it did when it was alive. A row
/// of folds never spans the start of an open key, because the sink merges neighbours only where none starts; if one does, the database is damaged.
/// </summary>
internal sealed class StateLoader(SymbolTable symbols, PriceBook prices, PositionStore store)
{
    private readonly List<(long Id, PositionKey Key)> _open = [];

    /// <summary>Stream of the fold read last: rows of one symbol stand together.</summary>
    private PriceStream? _stream;

    /// <summary>Open positions in the order of their opening.</summary>
    public IEnumerable<(long Id, PositionKey Key)> Open => _open.OrderBy(p => p.Id);

    public void Load(StoredState stored)
    {
        foreach (var price in stored.Prices) prices.Load(Intern(price.Symbol), price);
        using var folds = stored.Folds.GetEnumerator();
        var hasFold = folds.MoveNext();
        foreach (var key in stored.Keys)
        {
            if (key.Record.IsOpen)
            {
                for (; hasFold && IsBefore(folds.Current, key); hasFold = folds.MoveNext()) Append(folds.Current, key);
            }
            Add(key);
        }
        for (; hasFold; hasFold = folds.MoveNext()) Append(folds.Current, default);
    }

    private Symbol Intern(StoredSymbol symbol) => symbols.FromCanonical(symbol.Name, symbol.Root, symbol.Kind, symbol.ContinuousIndex);

    private static bool IsBefore(in StoredFold fold, in StoredKey key)
    {
        var order = string.CompareOrdinal(fold.Symbol, key.Contract.Name);
        return order < 0 || (order == 0 && fold.FromSequence <= key.Record.Sequence);
    }

    private void Append(in StoredFold fold, in StoredKey next)
    {
        if (fold.Symbol == next.Contract.Name && fold.ToSequence > next.Record.Sequence)
            throw new StateDamagedException(
                $"symbol_folds of {fold.Symbol}, sequences {fold.FromSequence} to {fold.ToSequence}, spans a change at {next.Record.Sequence}");
        if (_stream?.Symbol.Name != fold.Symbol)
            _stream = prices.Find(fold.Symbol)
                ?? throw new StateDamagedException($"symbol_folds has ticks of {fold.Symbol}, which symbols does not know");
        _stream.Epochs.Append(fold.Ticks);
    }

    private void Add(in StoredKey stored)
    {
        var key = new PositionKey(stored.RecorderId, Intern(stored.Symbol).Id);
        var record = stored.Record;
        record.ContractId = Intern(stored.Contract).Id;
        if (record.IsOpen)
        {
            var stream = prices[record.ContractId];
            record.EpochId = stream.Epochs.Start();
            prices.Hold(stream, record.OpenedAt);
            _open.Add((record.Id, key));
        }
        store.Write(key, record, isNew: true);
    }
}

/// <summary>What the database holds cannot be what was written: the start is refused and nothing was changed.</summary>
public sealed class StateDamagedException(string message) : Exception(message);
