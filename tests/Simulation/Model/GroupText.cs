using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Recorders;
using StreamRecorder.Tests.Shared;

namespace StreamRecorder.Simulation;

/// <summary>A group as text with every byte that counts: two are equal when the texts are.</summary>
internal static class GroupText
{
    public static string Of(OutputGroup group) => $"{group.Sequence} {group.At}: {string.Join(" | ", group.Outputs.Select(Of))}";

    public static string Of(Recorder recorder) => StateHash.TextOf(recorder);

    private static string Of(Output output) => output switch
    {
        PositionChanged changed => $"changed {changed.Names} {Hex(changed.Position)}",
        PositionClosed closed => $"closed {closed.Names} {closed.Reason} {closed.ClosedAt} {Hex(closed.Position)}",
        SignalApplied applied => $"signal {applied.Input.RecorderId} {applied.Input.Signal.Label} {applied.Answer}",
        FoldApplied { Ticks: var t } fold =>
            $"fold {fold.Symbol} {t.Count} {t.First} {t.Last} {t.Min} {t.MinAt} {t.Max} {t.MaxAt} {t.Drop} {t.Rise} {t.NewestAt}",
        RecorderChanged changed => "recorder " + Of(changed.Recorder),
        InstrumentsChanged changed => $"instruments {changed.FromFiles} {string.Join(",", changed.Rows)}",
        FrontContractsChanged changed => $"fronts {changed.FromFile} {string.Join(",", changed.Rows)}",
        _ => output.ToString(),
    };

    private static string Hex(in Position position) => Convert.ToHexString(PositionCodec.Write(position));
}
