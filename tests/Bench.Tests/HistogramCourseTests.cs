using StreamRecorder.Load.Running;
using Xunit;

namespace StreamRecorder.Bench.Tests;

public sealed class HistogramCourseTests
{
    [Fact]
    public void Course_CountsOnBothSides_IsTheDifference()
    {
        var course = new HistogramCourse(
            [(0.001, 10), (0.002, 10), (double.PositiveInfinity, 20)], [(0.001, 100), (0.002, 105), (double.PositiveInfinity, 120)]);
        Assert.Equal(0.9, course.Within(0.001));
        Assert.Equal(0.001, course.BoundOf(0.9));
        Assert.Equal(0.002, course.BoundOf(0.91));
        Assert.Equal(double.PositiveInfinity, course.BoundOf(0.96));
    }

    [Fact]
    public void Course_NothingCounted_IsAnError() =>
        Assert.Throws<InvalidOperationException>(() => new HistogramCourse([(double.PositiveInfinity, 5)], [(double.PositiveInfinity, 5)]));
}
