using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Signals;

namespace StreamRecorder.Engine.Queries;

/// <summary>What a signal would come to if it arrived now: the same resolving and deciding as in earnest, applied to nothing.</summary>
public sealed record SignalPreview
{
    /// <summary>Without ids and sequence, which only a real answer has.</summary>
    public required SignalAnswer Answer { get; init; }

    /// <summary>The contract whose ticks a position opened now takes; null: none is known.</summary>
    public string? Contract { get; init; }
    public long? Price { get; init; }
    public PriceSource PriceSource { get; init; }

    /// <summary>What is held now; null: nothing.</summary>
    public PositionView? Position { get; init; }

    /// <summary>Signed, E9.</summary>
    public long HeldAfter { get; init; }
}

/// <summary>Asks what a signal would do. Repeats of bodies are not looked for: to ask would settle them.</summary>
public sealed class SignalPreviewQuery(long recorderId, Signal signal) : Query<SignalPreview>
{
    internal override bool Step(StateMachine state, int budget)
    {
        var key = new PositionKey(recorderId, signal.Symbol.Id);
        state.Store.TryRead(key, out var position);
        var view = position.IsOpen ? PositionView.Of(state.Figures(position), state.NamesOf(key, position)) : null;
        var (input, refusal) = SignalResolver.Resolve(state, recorderId, signal, ReceivedAt);
        var contract = ContractResolver.Resolve(signal.Symbol, state, ReceivedAt)?.Name;
        Value = input is null
            ? new SignalPreview { Answer = SignalAnswer.Refused(refusal!), Contract = contract, Position = view, HeldAfter = position.Quantity }
            : Preview(input, position, view) with { Contract = contract };
        return true;
    }

    private static SignalPreview Preview(SignalInput input, in Position position, PositionView? view)
    {
        var decision = input.Ignored != IgnoreReason.None
            ? new Decision { Ignored = input.Ignored }
            : SignalMeaning.Decide(position, input.Signal, input.OnOpposite, input.DefaultQuantity);
        var isIgnored = decision.Ignored != IgnoreReason.None;
        return new SignalPreview
        {
            Answer = new SignalAnswer
            {
                Status = isIgnored ? SignalStatus.Ignored : SignalStatus.Accepted,
                Reason = decision.Ignored,
                Effect = decision.EffectOn(position),
                Flags = decision.Flags | input.Flags,
            },
            Price = isIgnored ? null : input.Price,
            PriceSource = input.PriceSource,
            Position = view,
            HeldAfter = decision.HeldAfter(position),
        };
    }
}
