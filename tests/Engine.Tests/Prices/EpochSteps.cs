using StreamRecorder.Engine.Prices;
using Xunit;

namespace StreamRecorder.Engine.Tests.Prices;

/// <summary>The four doors of <see cref="PriceEpochs"/>, so that the same property also runs over an implementation with a planted fault.</summary>
internal sealed record EpochsUnderTest(Action<Excursion> Append, Func<long> Start, Action<long> End, Func<long, Excursion> FoldFrom)
{
    public static EpochsUnderTest Of(PriceEpochs epochs) => new(e => epochs.Append(e), epochs.Start, epochs.End, epochs.FoldFrom);
}

/// <summary>
/// One step: 0 … 3 a tick, 4 a merged stretch of ticks, 5 and 6 a start, 7 and 8 an end, 9 a restart. <paramref name="Pick"/> chooses whom or what.
/// </summary>
internal readonly record struct EpochStep(int Kind, int Pick);

/// <summary>Takes steps on epochs and on the list of all ticks, and compares the two.</summary>
internal sealed class EpochSteps(EpochsUnderTest epochs)
{
    private readonly List<(long Price, long At)> _ticks = [];
    private readonly List<(long Id, int FromTick)> _live = [];

    public int LiveCount => _live.Count;

    public void Take(EpochStep step)
    {
        switch (step.Kind)
        {
            case < 4:
                Append(step.Pick);
                break;
            case 4:
                AppendMerged(step.Pick);
                break;
            case 5 or 6:
                Start();
                break;
            case 7 or 8:
                if (_live.Count > 0) End(step.Pick % _live.Count);
                break;
            default:
                if (_live.Count == 0) break;
                End(step.Pick % _live.Count);
                Start();
                break;
        }
    }

    public void CheckAll()
    {
        for (var i = 0; i < _live.Count; i++) Check(i);
    }

    public void Check(int live)
    {
        var (id, from) = _live[live];
        var expected = NaivePath.Text(NaivePath.Of(_ticks[from..]));
        Assert.Equal(expected, NaivePath.Text(epochs.FoldFrom(id)));
    }

    public void End(int live)
    {
        epochs.End(_live[live].Id);
        _live[live] = _live[^1];
        _live.RemoveAt(_live.Count - 1);
    }

    private void Start() => _live.Add((epochs.Start(), _ticks.Count));

    private void Append(int pick)
    {
        _ticks.Add(TickOf(pick));
        epochs.Append(Excursion.Of(_ticks[^1].Price, _ticks[^1].At));
    }

    private void AppendMerged(int pick)
    {
        var merged = default(Excursion);
        for (var i = 0; i < pick % 5; i++)
        {
            _ticks.Add(TickOf(pick + i * 7));
            merged.Observe(_ticks[^1].Price, _ticks[^1].At);
        }
        epochs.Append(merged);
    }

    /// <summary>Small prices, so that ties are common; now and then an end of the range.</summary>
    private static (long Price, long At) TickOf(int pick) =>
        (pick % 11 == 0 ? NaivePath.Extremes[pick % NaivePath.Extremes.Length] : pick % 9 - 4, pick % 13);
}
