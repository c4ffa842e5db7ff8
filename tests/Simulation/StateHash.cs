using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using StreamRecorder.Engine;
using StreamRecorder.Engine.Positions;

namespace StreamRecorder.Simulation;

/// <summary>
/// All state of an engine as of a sequence in one value: equal before a crash and after the start that follows, when that comes to the same
/// sequence. Figures are folded first, so that it does not matter how epochs and rows were cut. Ticks that are not folded yet are no state.
/// </summary>
internal static class StateHash
{
    public static string Of(StateMachine state)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var line in Lines(state)) hash.AppendData(Encoding.UTF8.GetBytes(line + "\n"));
        for (var i = 0; i < state.Open.Length; i++)
        {
            if (state.Open[i].IsHole) continue;
            Invariant.Holds(state.Store.TryRead(state.Open[i].Key, out var record));
            hash.AppendData(Encoding.UTF8.GetBytes(state.NamesOf(state.Open[i].Key, record).ToString()));
            hash.AppendData(PositionCodec.Write(state.Figures(record)));
        }
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static IEnumerable<string> Lines(StateMachine state)
    {
        yield return string.Create(
            CultureInfo.InvariantCulture, $"{state.Sequence} {state.Now} {state.TotalGap} {state.NextRecorderId} {state.Open.Count}");
        foreach (var recorder in state.Directory.Recorders) yield return GroupText.Of(recorder);
        foreach (var key in state.Directory.Keys) yield return key.ToString();
        foreach (var row in state.Instruments.FromFiles.Values.OrderBy(i => i.Root, StringComparer.Ordinal)) yield return row.ToString();
        foreach (var row in state.Instruments.FromApi.Values.OrderBy(i => i.Root, StringComparer.Ordinal)) yield return row.ToString();
        foreach (var row in state.FrontContracts.All) yield return row.ToString();
        foreach (var stream in state.Prices.All.Where(s => s.HasTicked).OrderBy(s => s.Symbol.Name, StringComparer.Ordinal))
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{stream.Symbol} {stream.LastPrice} {stream.LastAt} {stream.FoldedAt} {stream.ChangedAt} {stream.OpenCount} {stream.OutagesAt(state.Now)}");
        yield return string.Join(',', state.Bodies.Since(state.Now - EngineLimits.DoubtAge));
    }
}
