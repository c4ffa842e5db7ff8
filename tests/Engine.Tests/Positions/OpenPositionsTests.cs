using StreamRecorder.Engine.Positions;
using StreamRecorder.Engine.Tests.Support;
using Xunit;

namespace StreamRecorder.Engine.Tests.Positions;

public sealed class OpenPositionsTests
{
    [Fact]
    public void List_RandomOpeningsAndClosings_IsASortedSetWithFewHoles() => Seeds.Run(3, random =>
    {
        var open = new OpenPositions();
        var expected = new SortedDictionary<long, PositionKey>();
        for (var id = 1L; id <= 20_000; id++)
        {
            var isClosing = expected.Count > 0 && random.Next(1000) < (id / 3000 % 2 == 0 ? 300 : 700);
            if (isClosing) Close(expected.Keys.ElementAt(random.Next(Math.Min(expected.Count, 50))));
            else Open(id);
            Assert.InRange(open.Length, expected.Count, expected.Count * 2 + 64);
        }
        Assert.Equal(expected.Count, open.Count);
        Assert.Equal(expected.Keys, Enumerable.Range(0, open.Length).Select(i => open[i]).Where(e => !e.IsHole).Select(e => e.Id));
        foreach (var (id, key) in expected) Assert.True(open.TryFind(id, out var found) && found == key);
        Assert.False(open.TryFind(20_001, out _));

        void Open(long id)
        {
            expected[id] = new PositionKey(id % 10 + 1, id % 3);
            open.Add(id, expected[id]);
        }

        void Close(long id)
        {
            expected.Remove(id);
            open.Remove(id);
            Assert.False(open.TryFind(id, out _));
        }
    });

    [Fact]
    public void Add_IdThatDoesNotRise_BreaksTheInvariant()
    {
        var open = new OpenPositions();
        open.Add(5, new PositionKey(1, 1));
        Assert.Throws<InvariantException>(() => open.Add(5, new PositionKey(2, 1)));
        Assert.Throws<InvariantException>(() => open.Remove(4));
    }
}
