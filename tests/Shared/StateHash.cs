using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Recorders;

namespace StreamRecorder.Tests.Shared;

/// <summary>
/// All state of an engine in one value: positions, flat keys and their newest alerts, recorders, API keys, instruments, fronts, last prices, feeds,
/// and what repeats are known by. Figures are folded first, so that it does not matter how epochs and rows were cut. Ticks that are not folded yet
/// are no state.
/// </summary>
internal static class StateHash
{
    /// <summary>As of its sequence: equal before a crash and after the start that follows, when that comes to the same sequence.</summary>
    public static string Of(StateMachine state)
    {
        var moment = string.Create(CultureInfo.InvariantCulture, $"{state.Sequence} {state.Now}");
        return Of(state, moment, state.Now - EngineLimits.DoubtAge, state.Now - EngineLimits.RepeatKeyAge);
    }

    /// <summary>
    /// Without the sequence, the time and what has aged: equal before and after whatever may change nothing but the ledger, while no feed is out.
    /// </summary>
    public static string OfAllButTheMoment(StateMachine state) => Of(state, "", long.MinValue, long.MinValue);

    public static string TextOf(Recorder recorder) => $"{recorder.Id} {recorder.Settings} {string.Join(",", recorder.Tokens)} {recorder.CreatedAt}";

    private static string Of(StateMachine state, string moment, long bodiesSince, long keysSince)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var line in Tables(state).Concat(Prices(state)).Concat(Repeats(state, bodiesSince, keysSince)).Prepend(moment))
            hash.AppendData(Encoding.UTF8.GetBytes(line + "\n"));
        AddPositions(hash, state);
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static IEnumerable<string> Tables(StateMachine state)
    {
        yield return string.Create(CultureInfo.InvariantCulture, $"{state.TotalGap} {state.NextRecorderId} {state.Open.Count}");
        foreach (var recorder in state.Directory.Recorders) yield return TextOf(recorder);
        foreach (var key in state.Directory.Keys) yield return key.ToString();
        foreach (var row in state.Instruments.FromFiles.Values.OrderBy(i => i.Root, StringComparer.Ordinal)) yield return row.ToString();
        foreach (var row in state.Instruments.FromApi.Values.OrderBy(i => i.Root, StringComparer.Ordinal)) yield return row.ToString();
        foreach (var row in state.FrontContracts.All) yield return row.ToString();
        foreach (var feed in state.Feeds.All.OrderBy(f => f.Name, StringComparer.Ordinal)) yield return feed.ToString();
    }

    private static IEnumerable<string> Prices(StateMachine state) =>
        state.Prices.All.Where(s => s.HasTicked || s.OpenCount > 0).OrderBy(s => s.Symbol.Name, StringComparer.Ordinal).Select(s =>
            FormattableString.Invariant($"{s.Symbol} {s.LastPrice} {s.LastAt} {s.FoldedAt} {s.ChangedAt} {s.OpenCount}")
            + FormattableString.Invariant($" {s.OutageTotal} {s.OutageSince}"));

    private static IEnumerable<string> Repeats(StateMachine state, long bodiesSince, long keysSince)
    {
        yield return string.Join(',', state.Bodies.Since(bodiesSince));
        yield return string.Join('\n', state.Repeats.Since(keysSince));
    }

    /// <summary>By name: the numbers of symbols are another process's others.</summary>
    private static void AddPositions(IncrementalHash hash, StateMachine state)
    {
        var symbols = Enumerable.Range(0, state.Symbols.Count).Select(id => state.Symbols[id]).OrderBy(s => s.Name, StringComparer.Ordinal).ToList();
        foreach (var recorder in state.Directory.Recorders)
        {
            foreach (var symbol in symbols)
            {
                var key = new PositionKey(recorder.Id, symbol.Id);
                if (!state.Store.TryRead(key, out var record)) continue;
                hash.AppendData(Encoding.UTF8.GetBytes(state.NamesOf(key, record).ToString()));
                hash.AppendData(PositionCodec.Write(state.Figures(record)));
            }
        }
    }
}
