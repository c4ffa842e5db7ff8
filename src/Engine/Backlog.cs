using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Prices;

namespace StreamRecorder.Engine;

/// <summary>
/// Messages taken from the inbox while nothing can be journalled (the disk or the database is behind), in their order.
/// Batches of ticks with no other message between them become one (<see cref="MergedTicks"/>) and give their places
/// back, so that feeds go on through an outage; everything else keeps its place in its quota. The engine's thread alone.
/// </summary>
internal sealed class Backlog(Inbox inbox, PriceBook prices)
{
    private readonly Queue<Message> _messages = new();
    private MergedTicks? _last;

    public bool IsEmpty => _messages.Count == 0;

    /// <summary>The oldest message; ticks give their place back.</summary>
    public bool TryTake(out Message? message)
    {
        if (!_messages.TryDequeue(out message)) return false;
        if (message == _last) _last = null;
        inbox.Leave(message);
        return true;
    }

    /// <summary>Takes what waits in the inbox, up to so many messages; returns how many.</summary>
    public int Absorb(int max)
    {
        var count = 0;
        for (; count < max && inbox.TryPull(out var message); count++) Add(message!);
        return count;
    }

    private void Add(Message message)
    {
        if (message is not TickBatch batch)
        {
            _messages.Enqueue(message);
            _last = null;
        }
        else if (_last?.HasRoomFor(batch) == true)
        {
            _last.Add(batch, prices);
            inbox.Leave(_last);
        }
        else
        {
            // The place of the first batch is the whole's.
            _last = new MergedTicks();
            _last.Add(batch, prices);
            _messages.Enqueue(_last);
        }
    }
}
