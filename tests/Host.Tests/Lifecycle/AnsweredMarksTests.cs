using StreamRecorder.Host.Start;
using StreamRecorder.Ingest.Webhooks;

namespace StreamRecorder.Host.Tests.Lifecycle;

/// <summary>Which answers are certain to have left before a process ended.</summary>
public sealed class AnsweredMarksTests : IDisposable
{
    private const long Second = 1_000_000;

    private readonly string _path = Path.GetTempFileName();
    private readonly PushedTime _time = new();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Answers_BeforeAKill_AreCertainButForTheLastSecond()
    {
        using var killed = new AnsweredMarks(_path, _time);
        killed.Mark(new WrittenAnswer(1, 1, 0));
        killed.Mark(new WrittenAnswer(2, 2, 3 * Second));
        _time.Push(TimeSpan.FromSeconds(3));
        using var next = new AnsweredMarks(_path, _time);
        Assert.Equal((true, false, false), (next.WasSent(1), next.WasSent(2), next.WasSent(3)));
        Assert.Equal((0, 3 * Second, null), (next.TimeOf(1), next.TimeOf(2), next.TimeOf(3)));
    }

    [Fact]
    public void Answers_BeforeAnOrderlyStop_AreAllCertain()
    {
        using (var stopped = new AnsweredMarks(_path, _time)) stopped.Mark(new WrittenAnswer(1, 1, 0));
        using var next = new AnsweredMarks(_path, _time);
        Assert.True(next.WasSent(1));
    }

    [Fact]
    public void Repeat_Answered_MarksTheFirstToo()
    {
        using (var marks = new AnsweredMarks(_path, _time))
        {
            marks.Mark(new WrittenAnswer(7, 3, 5));
            marks.Mark(new WrittenAnswer(8, 3, 6));
            marks.Mark(new WrittenAnswer(9, 0, 7));
            _time.Push(TimeSpan.FromSeconds(1));
            Assert.Equal((5, 5, 6, 7), (marks.TimeOf(3), marks.TimeOf(7), marks.TimeOf(8), marks.TimeOf(9)));
        }
        using var next = new AnsweredMarks(_path, _time);
        Assert.True(next.WasSent(3) && next.WasSent(7) && next.WasSent(8));
    }

    [Fact]
    public void Repeat_OfAnOldOne_DoesNotTakeANewerOnesPlace()
    {
        using var marks = new AnsweredMarks(_path, _time);
        marks.Mark(new WrittenAnswer(3 + (1 << 17), 3 + (1 << 17), 5));
        marks.Mark(new WrittenAnswer(4 + (1 << 17), 3, 6));
        Assert.Equal((5, null), (marks.TimeOf(3 + (1 << 17)), marks.TimeOf(3)));
    }

    /// <summary>A clock that stands until it is pushed, and then lets its timers fire once.</summary>
    private sealed class PushedTime : TimeProvider
    {
        private readonly List<Action> _timers = [];
        private DateTimeOffset _now = DateTimeOffset.UnixEpoch;

        public void Push(TimeSpan by)
        {
            _now += by;
            foreach (var fire in _timers) fire();
        }

        public override DateTimeOffset GetUtcNow() => _now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _timers.Add(() => callback(state));
            return new NoTimer();
        }

        private sealed class NoTimer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
