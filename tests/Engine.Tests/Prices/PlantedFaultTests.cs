using StreamRecorder.Engine.Prices;
using StreamRecorder.Engine.Tests.Support;
using Xunit;

namespace StreamRecorder.Engine.Tests.Prices;

/// <summary>The property of the epochs must catch wrong ones, or its pass means nothing.</summary>
public sealed class PlantedFaultTests
{
    private delegate Excursion Combine(Excursion left, Excursion right);

    [Fact]
    public void EpochsProperty_RightCombine_Passes() => Run((left, right) => Excursion.Combine(left, right));

    [Fact]
    public void EpochsProperty_FallAcrossTheSeamForgotten_Fails() =>
        Caught((left, right) => Excursion.Combine(left, right) with { Drop = Math.Max(left.Drop, right.Drop) });

    [Fact]
    public void EpochsProperty_SeamTakenTheWrongWayRound_Fails() =>
        Caught((left, right) => right.IsEmpty || left.IsEmpty
            ? Excursion.Combine(left, right)
            : Excursion.Combine(left, right) with { Rise = Math.Max(Math.Max(left.Rise, right.Rise), left.Max - right.Min) });

    [Fact]
    public void EpochsProperty_TimeOfLastReachingKept_Fails() =>
        Caught((left, right) => Excursion.Combine(left, right) is var sum && right.Count > 0 && right.Min == sum.Min
            ? sum with { MinAt = right.MinAt }
            : sum);

    [Fact]
    public void EpochsProperty_EmptyRightLosesTheLeft_Fails() => Caught((left, right) => right.IsEmpty ? right : Excursion.Combine(left, right));

    private static void Caught(Combine combine) => Assert.ThrowsAny<Exception>(() => Run(combine));

    private static void Run(Combine combine) => Properties.ForAll(PriceEpochsTests.AnyStep, steps =>
    {
        var history = new EpochSteps(ListOfEpochs(combine));
        foreach (var step in steps)
        {
            history.Take(step);
            history.CheckAll();
        }
    });

    /// <summary>Epochs as simple as can be: one for each start, never removed; a fold combines them from the left.</summary>
    private static EpochsUnderTest ListOfEpochs(Combine combine)
    {
        var epochs = new List<Excursion> { default };
        return new EpochsUnderTest(
            ticks => epochs[^1] = combine(epochs[^1], ticks),
            () =>
            {
                epochs.Add(default);
                return epochs.Count - 1;
            },
            _ => { },
            id => epochs[(int)id..].Aggregate(default(Excursion), (left, right) => combine(left, right)));
    }
}
