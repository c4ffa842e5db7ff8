using StreamRecorder.Host.Start;
using StreamRecorder.Ingest.Webhooks;

namespace StreamRecorder.Host.Tests.Lifecycle;

/// <summary>Which answers are certain to have left before a process ended.</summary>
public sealed class AnsweredMarksTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Answers_BeforeAKill_AreCertain()
    {
        using var killed = new AnsweredMarks(_path);
        killed.Mark(new WrittenAnswer(1, 1, 0));
        killed.Mark(new WrittenAnswer(2, 2, 30));
        using var next = new AnsweredMarks(_path);
        Assert.Equal((true, true, false), (next.WasSent(1), next.WasSent(2), next.WasSent(3)));
        Assert.Equal((0, 30, null), (next.TimeOf(1), next.TimeOf(2), next.TimeOf(3)));
    }

    [Fact]
    public void Answers_BeforeAnOrderlyStop_AreAllCertain()
    {
        using (var stopped = new AnsweredMarks(_path)) stopped.Mark(new WrittenAnswer(1, 1, 0));
        using var next = new AnsweredMarks(_path);
        Assert.True(next.WasSent(1));
    }

    [Fact]
    public void Repeat_Answered_MarksTheFirstToo()
    {
        using (var marks = new AnsweredMarks(_path))
        {
            marks.Mark(new WrittenAnswer(7, 3, 5));
            marks.Mark(new WrittenAnswer(8, 3, 6));
            marks.Mark(new WrittenAnswer(9, 0, 7));
            Assert.Equal((5, 5, 6, 7), (marks.TimeOf(3), marks.TimeOf(7), marks.TimeOf(8), marks.TimeOf(9)));
        }
        using var next = new AnsweredMarks(_path);
        Assert.True(next.WasSent(3) && next.WasSent(7) && next.WasSent(8));
    }

    [Fact]
    public void Repeat_OfAnOldOne_DoesNotTakeANewerOnesPlace()
    {
        using var marks = new AnsweredMarks(_path);
        marks.Mark(new WrittenAnswer(3 + (1 << 17), 3 + (1 << 17), 5));
        marks.Mark(new WrittenAnswer(4 + (1 << 17), 3, 6));
        Assert.Equal((5, null), (marks.TimeOf(3 + (1 << 17)), marks.TimeOf(3)));
    }
}
