using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Signals;

namespace StreamRecorder.Engine;

/// <summary>What waits for the commit of a sequence: a group for the sink, and whom to answer.</summary>
internal readonly record struct Release(long Sequence, OutputGroup? Group, object? Asker, object? Result)
{
    public void Complete()
    {
        switch (Asker)
        {
            case SignalMessage signal:
                BodyMemory.Released(signal, signal.Complete((SignalAnswer)Result!));
                break;
            case BodyMessage body:
                body.Complete((SignalAnswer)Result!);
                break;
            case Command command:
                command.Complete((CommandResult)Result!);
                break;
            case Query query:
                query.Complete();
                break;
            case TaskCompletionSource waiter:
                waiter.TrySetResult();
                break;
            case FeedSession session:
                session.Tell((FeedReport)Result!);
                break;
        }
    }

    public void Fail(Exception fault)
    {
        switch (Asker)
        {
            case BodyMessage body:
                body.Fail(fault);
                break;
            case Command command:
                command.Fail(fault);
                break;
            case Query query:
                query.Fail(fault);
                break;
            case TickBatch batch:
                batch.Durable?.TryFail(fault);
                break;
            case MergedTicks merged:
                foreach (var held in merged.DurableWaiters) held.TryFail(fault);
                break;
            case TaskCompletionSource waiter:
                waiter.TryFail(fault);
                break;
        }
    }
}
