using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Signals;

namespace StreamRecorder.Engine.Messages;

/// <summary>Closes a position by hand, at the price given (E9) or else at the last tick. Its value is the <see cref="SignalAnswer"/>.</summary>
public sealed class ClosePosition(long positionId, long? price) : Command
{
    internal override string? RootOf(StateMachine state) =>
        state.Open.TryFind(positionId, out var key) ? state.Symbols[(int)key.SymbolId].Root : null;

    internal override CommandPlan Plan(StateMachine state)
    {
        if (!state.Open.TryFind(positionId, out var key))
            return CommandPlan.Refuse(Rejection.NotFound.Because("There is no open position with this id."));
        var signal = new Signal { Symbol = state.Symbols[(int)key.SymbolId], Action = SignalAction.CloseAll, Price = price };
        var (input, refusal) = SignalResolver.Resolve(state, key.RecorderId, signal, state.Now, reason: CloseReason.Manual);
        return new CommandPlan(refusal, input, null);
    }
}
