using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Recovery;

namespace StreamRecorder.Engine.Recorders;

/// <summary>
/// What people set, as of the last input applied: recorders with their tokens, API keys, instruments, front contracts. A part of
/// <see cref="StateMachine"/>, which alone calls it.
/// </summary>
internal sealed class SettingTables(SymbolTable symbols)
{
    public RecorderDirectory Directory { get; private set; } = RecorderDirectory.Empty;

    public InstrumentTable Instruments { get; private set; } = InstrumentTable.Empty;

    public FrontContractTable FrontContracts { get; private set; } = FrontContractTable.Empty;

    public long NextRecorderId { get; private set; } = 1;

    /// <summary>Once, before the first input.</summary>
    public void Load(StoredState stored)
    {
        Directory = stored.Recorders.Aggregate(Directory, (directory, recorder) => directory.With(recorder));
        Directory = stored.ApiKeys.Aggregate(Directory, (directory, key) => directory.WithKey(key));
        Instruments = new InstrumentTable(stored.InstrumentsFromFiles, stored.InstrumentsFromApi);
        symbols.Publish(Instruments);
        FrontContracts = new FrontContractTable(stored.FrontContractsFromFile, stored.FrontContractsFromApi);
        NextRecorderId = stored.NextRecorderId;
    }

    /// <summary>Applies one input that sets something; what it leaves for the sink.</summary>
    public Output Apply(Input input)
    {
        switch (input)
        {
            case RecorderSet set:
                Directory = Directory.With(set.Recorder);
                NextRecorderId = Math.Max(NextRecorderId, set.Recorder.Id + 1);
                return new RecorderChanged(set.Recorder);
            case RecorderRemoved removed:
                Directory = Directory.Without(Directory.Find(removed.RecorderId)!);
                return new RecorderDeleted(removed.RecorderId);
            case ApiKeySet set:
                Directory = Directory.WithKey(set.Key);
                return new ApiKeyChanged(set.Key);
            case ApiKeyRemoved removed:
                Directory = Directory.WithoutKey(Directory.FindKey(removed.HashHex)!);
                return new ApiKeyDeleted(removed.HashHex);
            case InstrumentsSet set:
                Instruments = set.FromFiles ? Instruments.WithFiles(Merge(Instruments.FromFiles.Values, set.Rows)) : Instruments.WithApi(set.Rows);
                symbols.Publish(Instruments);
                return new InstrumentsChanged(set.Rows, set.FromFiles);
            case FrontContractsSet set:
                FrontContracts = set.FromFile ? FrontContracts.WithFile(set.Rows) : FrontContracts.WithApi(set.Rows);
                return new FrontContractsChanged(set.Rows, set.FromFile);
            default:
                throw new InvariantException("invariant broken: input of unknown kind");
        }
    }

    /// <summary>A root once known stays known, whatever a file leaves out later: positions may be open on it.</summary>
    private static IEnumerable<Instrument> Merge(IEnumerable<Instrument> old, IReadOnlyList<Instrument> rows)
    {
        var changed = rows.Select(r => r.Root).ToHashSet(StringComparer.Ordinal);
        return old.Where(i => !changed.Contains(i.Root)).Concat(rows);
    }
}
