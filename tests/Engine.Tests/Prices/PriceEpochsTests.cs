using FsCheck;
using FsCheck.Fluent;
using StreamRecorder.Engine.Prices;
using StreamRecorder.Engine.Tests.Support;
using Xunit;

namespace StreamRecorder.Engine.Tests.Prices;

public sealed class PriceEpochsTests
{
    /// <summary>Cells may be dead as often as alive, and a few more before it is worth rebuilding the tower.</summary>
    private const int DeadCellsAllowance = 18;

    internal static readonly Gen<EpochStep> AnyStep =
        from kind in Gen.Choose(0, 9)
        from pick in Gen.Choose(0, 10_000)
        select new EpochStep(kind, pick);

    [Fact]
    public void FoldFrom_AnyHistory_EqualsAllTicksSinceTheStart() => Properties.ForAll(AnyStep, steps =>
    {
        var epochs = new PriceEpochs();
        var history = new EpochSteps(EpochsUnderTest.Of(epochs));
        foreach (var step in steps)
        {
            history.Take(step);
            history.CheckAll();
            CheckBounds(epochs, history.LiveCount);
        }
    });

    [Fact]
    public void FoldFrom_LongHistoryOfManyPositions_EqualsAllTicksSinceTheStart() => Seeds.Run(4, random =>
    {
        var epochs = new PriceEpochs();
        var history = new EpochSteps(EpochsUnderTest.Of(epochs));
        for (var i = 0; i < 30_000; i++)
        {
            // Waves of opening and of closing, so that the tower grows several levels high and is compacted many times.
            var isOpening = i / 5000 % 2 == 0;
            var kind = random.Next(10) is var k && k is 7 or 8 && isOpening ? 5 : k is 5 or 6 && !isOpening ? 7 : k;
            history.Take(new EpochStep(kind, random.Next(10_000)));
            if (history.LiveCount > 0 && i % 50 == 0) history.Check(random.Next(history.LiveCount));
            CheckBounds(epochs, history.LiveCount);
        }
        history.CheckAll();
    });

    [Fact]
    public void FoldFrom_ThousandsOfEpochs_EqualsAllTicksAtEveryLevel()
    {
        var epochs = new PriceEpochs();
        var starts = new List<long>();
        for (var i = 0; i < 5000; i++)
        {
            starts.Add(epochs.Start());
            epochs.Append(Excursion.Of(i, i));
        }
        for (var i = 0; i < starts.Count; i++)
        {
            var fold = epochs.FoldFrom(starts[i]);
            Assert.Equal((5000L - i, i, 4999L), (fold.Count, fold.Min, fold.Max));
        }
    }

    [Fact]
    public void Count_ManyStartsAtOneMoment_IsOneEpoch()
    {
        var epochs = new PriceEpochs();
        epochs.Append(Excursion.Of(1, 1));
        var ids = Enumerable.Range(0, 1000).Select(_ => epochs.Start()).ToHashSet();
        epochs.Append(Excursion.Of(2, 2));
        Assert.Single(ids);
        epochs.Start();
        Assert.Equal(2, epochs.Count);
    }

    [Fact]
    public void CellCount_OnePositionOfMillionChanges_StaysSmall()
    {
        var epochs = new PriceEpochs();
        var old = epochs.Start();
        var id = epochs.Start();
        for (var i = 0; i < 1_000_000; i++)
        {
            epochs.Append(Excursion.Of(i, i));
            epochs.End(id);
            id = epochs.Start();
            Assert.True(epochs.CellCount <= 2 * 2 + DeadCellsAllowance);
        }
        Assert.Equal(1_000_000, epochs.FoldFrom(old).Count);
        Assert.Equal(0, epochs.FoldFrom(id).Count);
    }

    [Fact]
    public void Compaction_OfThousandPositions_MakesNoLargeObjects()
    {
        const int changes = 100_000;
        var epochs = new PriceEpochs();
        var live = Enumerable.Range(0, 1000).Select(i => Started(epochs, i)).ToArray();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < changes; i++)
        {
            epochs.End(live[i * 7919 % live.Length]);
            live[i * 7919 % live.Length] = Started(epochs, i);
        }
        // The levels above the first are made anew, an eighth of the cells; with the cells themselves it was 300 B a change and full collections.
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / changes, 0, 100);
    }

    [Fact]
    public void End_OfAnUnknownStart_BreaksTheInvariant()
    {
        var epochs = new PriceEpochs();
        Assert.Throws<InvariantException>(() => epochs.End(epochs.RunningId));
        Assert.Throws<InvariantException>(() => epochs.End(77));
        Assert.Throws<InvariantException>(() => epochs.FoldFrom(77));
    }

    private static long Started(PriceEpochs epochs, int price)
    {
        var id = epochs.Start();
        epochs.Append(Excursion.Of(price, price));
        return id;
    }

    private static void CheckBounds(PriceEpochs epochs, int live)
    {
        Assert.True(epochs.Count <= live + 1, $"{epochs.Count} epochs for {live} positions");
        Assert.True(epochs.CellCount <= 2 * live + DeadCellsAllowance, $"{epochs.CellCount} cells for {live} positions");
    }
}
