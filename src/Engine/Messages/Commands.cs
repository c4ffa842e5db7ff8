using StreamRecorder.Engine.Instruments;
using StreamRecorder.Engine.Prices;
using StreamRecorder.Engine.Recorders;

namespace StreamRecorder.Engine.Messages;

/// <summary>Makes a recorder with its first token. The caller made the token and knows its text; here is only its hash.</summary>
public sealed class AddRecorder(RecorderSettings settings, RecorderToken token) : Command
{
    internal override CommandPlan Plan(StateMachine state)
    {
        if (state.Directory.RecorderCount >= EngineLimits.RecordersMax)
            return CommandPlan.Refuse(Rejection.Conflict.Because($"There are {EngineLimits.RecordersMax} recorders already."));
        if (state.Directory.FindByName(settings.Name) is not null)
            return CommandPlan.Refuse(Rejection.Conflict.Because($"A recorder named \"{settings.Name}\" exists.", "name"));
        var recorder = new Recorder(state.NextRecorderId, settings, [token], ReceivedAt);
        return new CommandPlan(null, new RecorderSet(recorder), recorder);
    }
}

/// <summary>Changes settings: <paramref name="change"/> gets the present ones and returns the wanted ones, already checked for range.</summary>
public sealed class ChangeRecorder(long id, Func<RecorderSettings, RecorderSettings> change) : Command
{
    internal override CommandPlan Plan(StateMachine state)
    {
        if (state.Directory.Find(id) is not { } recorder) return CommandPlan.Refuse(Rejection.NotFound.Because("There is no such recorder."));
        var settings = change(recorder.Settings);
        if (state.Directory.FindByName(settings.Name) is { } other && other.Id != id)
            return CommandPlan.Refuse(Rejection.Conflict.Because($"A recorder named \"{settings.Name}\" exists.", "name"));
        var changed = recorder with { Settings = settings };
        return new CommandPlan(null, new RecorderSet(changed), changed);
    }
}

/// <summary>Removes a recorder. Refused while it has open positions; its closed ones stay.</summary>
public sealed class RemoveRecorder(long id) : Command
{
    internal override CommandPlan Plan(StateMachine state)
    {
        if (state.Directory.Find(id) is not { } recorder) return CommandPlan.Refuse(Rejection.NotFound.Because("There is no such recorder."));
        return state.OpenCountOf(id) is var open and > 0
            ? CommandPlan.Refuse(Rejection.Conflict.Because($"Recorder \"{recorder.Name}\" has {open} open position(s); close them first."))
            : new CommandPlan(null, new RecorderRemoved(id), recorder);
    }
}

/// <summary>One more token for a recorder; labels are unique within it.</summary>
public sealed class AddToken(long recorderId, RecorderToken token) : Command
{
    internal override CommandPlan Plan(StateMachine state)
    {
        if (state.Directory.Find(recorderId) is not { } recorder) return CommandPlan.Refuse(Rejection.NotFound.Because("There is no such recorder."));
        if (recorder.Tokens.Count >= EngineLimits.TokensPerRecorderMax)
            return CommandPlan.Refuse(
                Rejection.Conflict.Because($"A recorder has at most {EngineLimits.TokensPerRecorderMax} tokens; revoke one first."));
        if (recorder.Tokens.Any(t => t.Label == token.Label))
            return CommandPlan.Refuse(Rejection.Conflict.Because($"A token labelled \"{token.Label}\" exists.", "label"));
        var changed = recorder with { Tokens = [.. recorder.Tokens, token] };
        return new CommandPlan(null, new RecorderSet(changed), changed);
    }
}

/// <summary>Revokes the token with that label: from its commit on the path answers 404.</summary>
public sealed class RevokeToken(long recorderId, string label) : Command
{
    internal override CommandPlan Plan(StateMachine state)
    {
        if (state.Directory.Find(recorderId) is not { } recorder) return CommandPlan.Refuse(Rejection.NotFound.Because("There is no such recorder."));
        if (recorder.Tokens.All(t => t.Label != label))
            return CommandPlan.Refuse(Rejection.NotFound.Because($"There is no token labelled \"{label}\".", "label"));
        var changed = recorder with { Tokens = [.. recorder.Tokens.Where(t => t.Label != label)] };
        return new CommandPlan(null, new RecorderSet(changed), changed);
    }
}

public sealed class AddApiKey(ApiKey key) : Command
{
    internal override CommandPlan Plan(StateMachine state)
    {
        if (state.Directory.KeyCount >= EngineLimits.ApiKeysMax)
            return CommandPlan.Refuse(Rejection.Conflict.Because($"There are {EngineLimits.ApiKeysMax} keys already; revoke one first."));
        return state.Directory.FindKeyByName(key.Name) is not null
            ? CommandPlan.Refuse(Rejection.Conflict.Because($"A key named \"{key.Name}\" exists.", "name"))
            : new CommandPlan(null, new ApiKeySet(key), key);
    }
}

public sealed class RevokeApiKey(string name) : Command
{
    internal override CommandPlan Plan(StateMachine state) => state.Directory.FindKeyByName(name) is { } key
        ? new CommandPlan(null, new ApiKeyRemoved(key.HashHex), key)
        : CommandPlan.Refuse(Rejection.NotFound.Because($"There is no key named \"{name}\".", "name"));
}

/// <summary>
/// Rows of the instrument table, checked already: of the files at a start, or set by the API. Rows that change nothing are left out.
/// </summary>
public sealed class SetInstruments(IReadOnlyList<Instrument> rows, bool fromFiles) : Command
{
    internal override CommandPlan Plan(StateMachine state)
    {
        var known = fromFiles ? state.Instruments.FromFiles : state.Instruments.FromApi;
        var changed = rows.Where(row => !known.TryGetValue(row.Root, out var old) || old != row).ToArray();
        if (known.Count + changed.Length > EngineLimits.InstrumentsMax)
            return CommandPlan.Refuse(Rejection.Conflict.Because($"At most {EngineLimits.InstrumentsMax} instruments are kept."));
        return new CommandPlan(null, changed.Length == 0 ? null : new InstrumentsSet(changed, fromFiles), changed.Length);
    }
}

/// <summary>Front contracts: the whole file at a start, or rows set by the API.</summary>
public sealed class SetFrontContracts(IReadOnlyList<FrontContract> rows, bool fromFile) : Command
{
    internal override CommandPlan Plan(StateMachine state)
    {
        if (rows.Count + state.FrontContracts.FromApi.Count > EngineLimits.InstrumentsMax)
            return CommandPlan.Refuse(Rejection.Conflict.Because($"At most {EngineLimits.InstrumentsMax} front contracts are kept."));
        var same = fromFile ? state.FrontContracts.FromFile.SequenceEqual(rows) : rows.All(state.FrontContracts.FromApi.Contains);
        return new CommandPlan(null, same ? null : new FrontContractsSet(rows, fromFile), rows.Count);
    }
}

/// <summary>
/// A connection gives the name of its feed. Everything that the name's earlier connections sent is in the journal when this is done;
/// its value is the sequence (long) of the newest batch, behind which the feed goes on. The earlier connections must have ended.
/// </summary>
public sealed class OpenFeed(FeedSession session) : Command
{
    internal override CommandPlan Plan(StateMachine state)
    {
        var feed = state.Feeds.Find(session.Name!);
        if (feed is null && !state.Feeds.HasRoom(Math.Max(state.Now, ReceivedAt)))
            return CommandPlan.Refuse(
                Rejection.Conflict.Because(
                    $"The names of {EngineLimits.FeedsMax} feeds are remembered already; the one that is silent longest is forgotten in time."));
        session.Resume(feed?.Sequence ?? 0);
        return new CommandPlan(null, new FeedOpened(session.Name!), feed?.Sequence ?? 0);
    }
}

/// <summary>
/// Journals that this process begins to take inputs: the end of a gap, if there was one. <paramref name="wasAnswered"/> tells
/// of an answer's sequence whether it is known to have been written before the last process ended; null: nothing is known.
/// </summary>
public sealed class StartService(Func<long, bool>? wasAnswered = null) : Command
{
    internal override CommandPlan Plan(StateMachine state)
    {
        var doubtful = wasAnswered is null ? null : state.Bodies.Since(state.Now - EngineLimits.DoubtAge).Where(s => !wasAnswered(s)).ToList();
        // More than fit a record: a start after a power cut, or more answers a second than there are marks for. Then all are in doubt.
        return new CommandPlan(null, new ServiceStarted(doubtful?.Count > EngineLimits.DoubtfulMax ? null : doubtful), null);
    }
}

/// <summary>
/// Nobody sends ticks of these contracts any more (at most <see cref="EngineLimits.ContractsPerLoss"/>). Those of
/// a connection that broke are unknown since their last tick: it may have been dead long before anybody noticed.
/// <paramref name="withProcess"/>: the last process ended, and their feeds with it, at the last journalled moment.
/// </summary>
public sealed class LoseContracts(IReadOnlyList<int> symbolIds, bool withProcess = false) : Command
{
    internal override CommandPlan Plan(StateMachine state)
    {
        // One with pending ticks has another sender.
        var lost = symbolIds.Select(state.Prices.Find).OfType<PriceStream>().Where(s => s.HasTicked && !s.IsOut && s.Pending.IsEmpty)
            .Select(s => new LostContract(s.Symbol, withProcess ? state.Now : Math.Max(s.ChangedAt, state.StartedAt))).ToArray();
        return new CommandPlan(null, lost.Length == 0 ? null : new ContractsLost(lost), lost.Length);
    }
}

/// <summary>
/// The answer with that sequence was not written whole: an identical body within a
/// minute is a repeat. No input: a restart doubts all of the last minute anyway.
/// </summary>
public sealed class DoubtDelivery(long recorderId, UInt128 bodyHash, long sequence) : Command
{
    internal override CommandPlan Plan(StateMachine state)
    {
        state.Bodies.Doubt(recorderId, bodyHash, sequence);
        return new CommandPlan(null, null, null);
    }
}

/// <summary>
/// Lets the journal give up what is old and in the database, as of <paramref name="durableSequence"/>,
/// which the caller has just read from the file as it is on disk. Its value is the first sequence kept.
/// </summary>
public sealed class TruncateJournal(long durableSequence) : Command
{
    internal long DurableSequence { get; } = durableSequence;

    /// <summary>Changes the journal, not the state: the loop does it.</summary>
    internal override CommandPlan Plan(StateMachine state) => new(null, null, null);
}
