using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Prices;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Engine.Recovery;

namespace StreamRecorder.Engine.Tests.Recovery;

/// <summary>
/// What a database would hold of released groups: the last record of each key, folds by symbol, last prices and tables, as of the last group.
/// </summary>
internal sealed class ModelDatabase(IEnumerable<OutputGroup> groups)
{
    private readonly List<OutputGroup> _groups = [.. groups];

    /// <summary>Neighbouring folds between which no open key starts are merged now and then, as the random numbers have it.</summary>
    public StoredState Stored(Random random)
    {
        var keys = Outputs<PositionChanged>().GroupBy(c => (c.Output.Names.RecorderId, c.Output.Names.Symbol))
            .Select(g => g.Last().Output).Select(StoredOf).ToList();
        var recorders = Outputs<RecorderChanged>().GroupBy(c => c.Output.Recorder.Id).Select(g => g.Last().Output.Recorder).ToList();
        return new StoredState
        {
            Sequence = _groups[^1].Sequence,
            Now = _groups[^1].At,
            TotalGap = Outputs<GapCounted>().Select(g => g.Output.TotalGap).LastOrDefault(),
            NextRecorderId = recorders.Count + 1,
            Recorders = recorders,
            ApiKeys = [],
            InstrumentsFromFiles = [.. Outputs<InstrumentsChanged>().SelectMany(c => c.Output.Rows)],
            InstrumentsFromApi = [],
            FrontContractsFromFile = [],
            FrontContractsFromApi = [],
            Feeds = [.. Outputs<FeedSeen>().GroupBy(f => f.Output.Feed.Name).Select(g => g.Last().Output.Feed)],
            Prices = Folds().GroupBy(f => f.Output.Symbol).Select(PriceOf),
            Keys = keys.Where(k => k.Record.IsOpen).OrderBy(k => k.Contract.Name, StringComparer.Ordinal).ThenBy(k => k.Record.Sequence)
                .Concat(keys.Where(k => !k.Record.IsOpen)),
            Folds = Folds().GroupBy(f => f.Output.Symbol.Name).OrderBy(g => g.Key, StringComparer.Ordinal).SelectMany(g => Merged(g, keys, random)),
            Repeats = [],
        };
    }

    private IEnumerable<(long Sequence, long At, FoldApplied Output)> Folds() => Outputs<FoldApplied>();

    private IEnumerable<(long Sequence, long At, T Output)> Outputs<T>() where T : Output =>
        from g in _groups from output in g.Outputs.OfType<T>() select (g.Sequence, g.At, output);

    /// <summary>Through the bytes of the record, so that ids of the process are lost as they are in a file.</summary>
    private static StoredKey StoredOf(PositionChanged changed)
    {
        if (!PositionCodec.TryRead(PositionCodec.Write(changed.Position), out var record)) throw new InvalidDataException("record");
        var names = changed.Names;
        return new StoredKey(names.RecorderId, StoredSymbol.Of(names.Symbol, names.Root), StoredSymbol.Of(names.Contract, names.Root), record);
    }

    private StoredPrice PriceOf(IGrouping<Symbol, (long Sequence, long At, FoldApplied Output)> folds)
    {
        var (_, at, last) = folds.Last();
        var outage = Outputs<OutageChanged>().LastOrDefault(o => o.Output.Contract == folds.Key).Output;
        return new StoredPrice(StoredSymbol.Of(folds.Key.Name, folds.Key.Root), last.Ticks.Last, last.Ticks.LastAt,
            folds.Max(f => f.Output.Ticks.NewestAt), at)
        {
            OutageTotal = outage?.Total ?? 0,
            OutageSince = outage?.Since ?? 0,
        };
    }

    private static List<StoredFold> Merged(
        IGrouping<string, (long Sequence, long At, FoldApplied Output)> folds, List<StoredKey> keys, Random random)
    {
        var starts = keys.Where(k => k.Record.IsOpen && k.Contract.Name == folds.Key).Select(k => k.Record.Sequence).ToList();
        var merged = new List<StoredFold>();
        foreach (var (sequence, _, fold) in folds)
        {
            var ticks = fold.Ticks;
            if (merged.Count > 0 && random.Next(4) > 0 && !starts.Exists(s => s > merged[^1].ToSequence && s < sequence))
                merged[^1] = merged[^1] with { ToSequence = sequence, Ticks = Excursion.Combine(merged[^1].Ticks, ticks) };
            else merged.Add(new StoredFold(folds.Key, sequence, sequence, ticks));
        }
        return merged;
    }
}
