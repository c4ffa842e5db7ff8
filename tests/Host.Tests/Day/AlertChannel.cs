using StreamRecorder.Engine;
using StreamRecorder.Engine.Messages;
using StreamRecorder.Engine.Numbers;
using StreamRecorder.Engine.Signals;

namespace StreamRecorder.Host.Tests.Day;

/// <summary>
/// The way of alerts from a chart to the service, as TradingView goes it: delayed by up to 2 s; sent again 5 s after a 5xx, three times at
/// most; never after a timeout. It fails in every way that a seed chooses: a relay answers 502 in the service's place before or (for alerts
/// with an id) after it handed them on, commits are too slow for the 2.5 s in which the service answers. Without a seed it is perfect.
/// </summary>
internal sealed class AlertChannel(DayEngine engine, int? seed)
{
    private const int TriesMax = 4;
    private const long AnswerTime = 2_500_000;
    private const long ResendAfter = 5 * Timestamp.Second;

    private static readonly SignalAnswer TooSlow = SignalAnswer.Refused(Rejection.CommitSlow.Because("2.5 s"));

    private readonly Random _random = new(seed ?? 0);
    private readonly PriorityQueue<Action<long>, (long At, int Order)> _due = new();
    private int _order;
    private int _holds;

    public int Resent { get; private set; }

    public int Duplicates { get; private set; }

    /// <summary>For a test of the test: every alert is sent again although it was answered.</summary>
    public bool ResendsAll { get; init; }

    public void Send(DayStrategy strategy, string body, long at) =>
        At(at + (seed is null ? 0 : _random.Next(2_000_000)), now => Try(strategy, body, now, 1));

    /// <summary>Lets everything happen that is due by then.</summary>
    public void AdvanceTo(long now)
    {
        while (_due.TryPeek(out var action, out var due) && due.At <= now)
        {
            _due.Dequeue();
            action(due.At);
        }
    }

    private void At(long at, Action<long> action) => _due.Enqueue(action, (at, _order++));

    private void Try(DayStrategy strategy, string body, long now, int number)
    {
        if (number > 1) Resent++;
        var luck = seed is null ? 99 : _random.Next(100);
        if (luck < 15 && number < TriesMax)
        {
            Again(strategy, body, now, number);
            return;
        }
        if (luck is >= 15 and < 35) Hold(now);
        var message = engine.Deliver(strategy.Name, body, now);
        if (message.Answer.IsCompleted) Answered(strategy, body, now, number, message, isLost: strategy.HasIds && luck is >= 35 and < 50);
        else At(now + AnswerTime, then => Late(strategy, body, then, number, message));
    }

    private void Late(DayStrategy strategy, string body, long now, int number, SignalMessage message)
    {
        if (message.TryAbandon(TooSlow)) Again(strategy, body, now, number);
        else Answered(strategy, body, now, number, message, isLost: false);
    }

    private void Answered(DayStrategy strategy, string body, long now, int number, SignalMessage message, bool isLost)
    {
        var status = message.Answer.Result.Status;
        Assert.Contains(status, (SignalStatus[])[SignalStatus.Accepted, SignalStatus.Ignored, SignalStatus.Duplicate]);
        if (status == SignalStatus.Duplicate) Duplicates++;
        if (isLost || (ResendsAll && number == 1)) Again(strategy, body, now, number);
    }

    private void Again(DayStrategy strategy, string body, long now, int number)
    {
        if (number < TriesMax) At(now + ResendAfter, then => Try(strategy, body, then, number + 1));
    }

    /// <summary>The disk stalls for up to 8 s.</summary>
    private void Hold(long now)
    {
        _holds++;
        engine.IsHeld = true;
        At(now + _random.Next(8_000_000), _ => engine.IsHeld = --_holds > 0);
    }
}
