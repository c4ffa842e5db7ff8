using StreamRecorder.Engine.Feeds;
using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Prices;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Engine.Signals;

namespace StreamRecorder.Engine.Recovery;

/// <summary>A symbol by name, as journal and database hold it.</summary>
public readonly record struct StoredSymbol(string Name, string Root, SymbolKind Kind, int ContinuousIndex)
{
    /// <summary>A canonical name says what it is: <c>ROOT1!</c> is continuous, a spot symbol is its own root, the rest is dated.</summary>
    public static StoredSymbol Of(string name, string root)
    {
        if (name == root) return new(name, root, SymbolKind.Spot, 0);
        return name[^1] == '!' ? new(name, root, SymbolKind.Continuous, name[^2] - '0') : new(name, root, SymbolKind.Dated, 0);
    }
}

/// <summary>Last price, newest tick and outages of a symbol; times µs.</summary>
public readonly record struct StoredPrice(StoredSymbol Symbol, long LastPrice, long LastAt, long NewestAt, long ChangedAt)
{
    public long OutageTotal { get; init; }
    public long OutageSince { get; init; }
}

/// <summary>The record of a key as of its last change, flat ones too.</summary>
public readonly record struct StoredKey(long RecorderId, StoredSymbol Symbol, StoredSymbol Contract, Position Record);

/// <summary>Neighbouring folds of one symbol between which no open key starts, as one.</summary>
public readonly record struct StoredFold(string Symbol, long FromSequence, long ToSequence, Excursion Ticks);

/// <summary>
/// A delivery and what it was answered: under its repeat key, or by its body alone and then
/// only <paramref name="Until"/> a moment. <paramref name="LastAt"/>: when it came last.
/// </summary>
public readonly record struct StoredRepeat(
    long RecorderId, string? Key, UInt128 BodyHash, long At, long LastAt, SignalAnswer Answer, long Until, bool HasFiringTime);

/// <summary>
/// All that the database holds as of one sequence. The large parts are streams
/// in a fixed order, read once: a million keys never stand in memory twice.
/// </summary>
public sealed record StoredState
{
    public required long Sequence { get; init; }

    /// <summary>Of the journal's record of that sequence, which covers all before it; 0: not known.</summary>
    public uint Checksum { get; init; }
    public required long Now { get; init; }
    public required long TotalGap { get; init; }
    public required long NextRecorderId { get; init; }
    public required IReadOnlyList<Recorder> Recorders { get; init; }
    public required IReadOnlyList<ApiKey> ApiKeys { get; init; }
    public required IReadOnlyList<Instrument> InstrumentsFromFiles { get; init; }
    public required IReadOnlyList<Instrument> InstrumentsFromApi { get; init; }
    public required IReadOnlyList<FrontContract> FrontContractsFromFile { get; init; }
    public required IReadOnlyList<FrontContract> FrontContractsFromApi { get; init; }
    public required IReadOnlyList<Feed> Feeds { get; init; }
    public required IEnumerable<StoredPrice> Prices { get; init; }

    /// <summary>Open ones ordered by contract name (ordinal), then by the record's sequence; flat ones after them in any order.</summary>
    public required IEnumerable<StoredKey> Keys { get; init; }

    /// <summary>
    /// Of contracts with open keys: ordered by symbol name (ordinal), then by first sequence. May begin before the oldest open key.
    /// </summary>
    public required IEnumerable<StoredFold> Folds { get; init; }

    /// <summary>Oldest first, those with a key and those without each for themselves.</summary>
    public required IEnumerable<StoredRepeat> Repeats { get; init; }
}
