using StreamRecorder.Engine;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Queries;

namespace StreamRecorder.Host;

/// <summary>What the engine said: a value, or why not.</summary>
public readonly record struct Reply<T>(T? Value, Refusal? Refusal);

public static class Reply
{
    public static Reply<T> No<T>(Refusal refusal) => new(default, refusal);
}

/// <summary>Asks the engine and waits for its answer with a bound. Any thread; what cannot be answered in time is refused as overload.</summary>
public sealed class EngineClient(Inbox inbox, TimeProvider time)
{
    /// <summary>Arrival time for commands and time stamps of what the edges make.</summary>
    public long Now => Timestamp.From(time.GetUtcNow());

    public async Task<Reply<T>> AskAsync<T>(Query<T> query)
    {
        if (inbox.Offer(query) is { } refusal) return Reply.No<T>(refusal);
        return await WithinAsync(query.Result, HostLimits.ReadTimeout).ConfigureAwait(false);
    }

    /// <summary>Sends a change; the reply comes when it is committed.</summary>
    public async Task<Reply<CommandResult>> SendAsync(Command command)
    {
        if (inbox.Offer(command) is { } refusal) return Reply.No<CommandResult>(refusal);
        var reply = await WithinAsync(command.Result, HostLimits.ChangeTimeout).ConfigureAwait(false);
        return reply.Value?.Refusal is { } no ? Reply.No<CommandResult>(no) : reply;
    }

    /// <summary>
    /// Reads a table that the engine replaces as a whole, and waits until what was
    /// seen is committed: a reader must never see what a power cut could take back.
    /// </summary>
    public async Task<Reply<T>> LookAsync<T>(Func<T> look)
    {
        var seen = look();
        var reply = await AskAsync(new OpenPositionQuery(0)).ConfigureAwait(false);
        return reply.Refusal is null ? new Reply<T>(seen, null) : Reply.No<T>(reply.Refusal);
    }

    private async Task<Reply<T>> WithinAsync<T>(Task<T> answer, TimeSpan limit)
    {
        try
        {
            return new Reply<T>(await answer.WaitAsync(limit, time).ConfigureAwait(false), null);
        }
        catch (TimeoutException)
        {
            return Reply.No<T>(Rejection.CommitSlow.Because("The engine did not answer in time; send it again."));
        }
        catch (Exception) when (answer.IsFaulted)
        {
            return Reply.No<T>(Rejection.JournalFailed.Because("The service has failed and is stopping."));
        }
    }
}
