using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Signals;

namespace StreamRecorder.Engine.Messages;

/// <summary>
/// Applies a rejected body of the ledger as of now, flagged late. <paramref name="signal"/> is what the body says now that its cause is
/// mended. Refused when a later signal of that recorder and symbol was applied, unless forced. Its value is the <see cref="SignalAnswer"/>.
/// </summary>
public sealed class RetrySignal(LedgerEntry rejected, Signal signal, bool isForced) : Command
{
    internal override string? RootOf(StateMachine state) => signal.Symbol.Root;

    internal override CommandPlan Plan(StateMachine state)
    {
        if (state.Directory.Find(rejected.RecorderId) is not { } recorder)
            return CommandPlan.Refuse(Rejection.Conflict.Because("Its recorder was deleted."));
        if (!recorder.Settings.Enabled)
            return CommandPlan.Refuse(Rejection.Conflict.Because($"Recorder \"{recorder.Name}\" is paused; enable it first."));
        var flags = Flags.Late;
        if (signal.Key is { } key)
        {
            if (state.Repeats.Find(rejected.RecorderId, key, rejected.BodyHash, state.Now, out var isReused) is { } applied)
                return CommandPlan.Refuse(Rejection.Conflict.Because($"The same body under the same id was applied as signal {applied.Sequence}."));
            if (isReused) flags |= Flags.IdReused;
        }
        var isKnown = state.Store.TryRead(new PositionKey(rejected.RecorderId, signal.Symbol.Id), out var position);
        if (isKnown && !isForced && position.Sequence > rejected.Id)
            return CommandPlan.Refuse(Rejection.Conflict.Because(
                $"Signal {position.Sequence} of this recorder and symbol was applied after it. Use force=true to apply it all the same.", "force"));
        // Without a key nobody sends it again: it must not make a later order of the same text look like a repeat.
        var late = signal with { BodyHash = signal.Key is null ? 0 : rejected.BodyHash, IsForced = isForced };
        var receipt = rejected.Receipt with { ReceivedAt = ReceivedAt };
        var (input, refusal) = SignalResolver.Resolve(state, rejected.RecorderId, late, ReceivedAt, flags, receipt: receipt);
        return new CommandPlan(refusal, input is null ? null : input with { RetryOf = rejected.Id }, null);
    }
}
