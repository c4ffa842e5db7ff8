using Xunit;

namespace StreamRecorder.Sink.Tests;

public sealed class BatchPolicyTests
{
    private readonly FakeTime _time = new();

    [Fact]
    public void Wait_NothingInHand_IsForEver() => Assert.Equal(Timeout.InfiniteTimeSpan, Policy().Wait());

    [Fact]
    public void Wait_NotFull_IsWhatIsLeftOfTheLinger()
    {
        var policy = Policy();
        policy.Took(1);
        Assert.Equal(TimeSpan.FromMilliseconds(10), policy.Wait());
        _time.Advance(TimeSpan.FromMilliseconds(4));
        policy.Took(1);
        Assert.Equal(TimeSpan.FromMilliseconds(6), policy.Wait());
        _time.Advance(TimeSpan.FromMilliseconds(60));
        Assert.Equal(TimeSpan.Zero, policy.Wait());
    }

    [Theory]
    [InlineData(1, 100)]
    [InlineData(5, 20)]
    public void Wait_FullOfRowsOrGroups_IsOver(int groups, int rows)
    {
        var policy = Policy();
        for (var i = 0; i < groups; i++)
        {
            Assert.False(policy.IsFull);
            policy.Took(rows);
        }
        Assert.True(policy.IsFull);
        Assert.Equal(TimeSpan.Zero, policy.Wait());
        policy.Written();
        Assert.False(policy.IsFull);
    }

    [Fact]
    public void Failed_AgainAndAgain_DoublesThePauseToItsBound()
    {
        var policy = Policy();
        var pauses = Enumerable.Range(0, 100).Select(_ => policy.Failed()).ToList();
        Assert.Equal(SinkLimits.BackoffMin, pauses[0]);
        Assert.Equal(SinkLimits.BackoffMin * 2, pauses[1]);
        Assert.Equal(SinkLimits.BackoffMax, pauses[^1]);
        Assert.Equal(pauses.Order(), pauses);
        policy.Written();
        Assert.Equal(SinkLimits.BackoffMin, policy.Failed());
    }

    private BatchPolicy Policy() => new(_time, rowsMax: 100, groupsMax: 5, TimeSpan.FromMilliseconds(10));
}
